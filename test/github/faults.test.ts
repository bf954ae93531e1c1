import type { Octokit } from "@octokit/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { asInstallation, refusal } from "./caller.ts";
import { createGitHub, type LocalGitHub, type PullRequest, type Repository } from "./index.ts";

let github: LocalGitHub;
let octokit: Octokit;
let repo: Repository;
let pull: PullRequest;
const mesh = { owner: "acme", repo: "mesh" };

beforeEach(async () => {
  github = await createGitHub({ repositories: [{ name: "mesh", files: { "a.yaml": "a: 1\n" } }] });
  repo = github.repository("acme/mesh");
  await repo.commit("feature", { "a.yaml": "a: 2\n" });
  pull = await github.openPullRequest({ repo, head: "feature" });
  octokit = await asInstallation(github);
});
afterEach(() => github.stop());

const getRepository = () => octokit.request("GET /repos/{owner}/{repo}", mesh);
const createRun = () =>
  octokit.request("POST /repos/{owner}/{repo}/check-runs", {
    ...mesh,
    name: "Sluice",
    head_sha: pull.headSha,
  });
const getHead = async () =>
  (
    await octokit.graphql<{ repository: { pullRequest: { headRefOid: string } } }>(
      '{ repository(owner: "acme", name: "mesh") { pullRequest(number: 1) { headRefOid } } }',
    )
  ).repository.pullRequest.headRefOid;

describe("before GitHub looks at a request", () => {
  test.each([500, 502, 503])("it answers %i, as often as planned", async (status) => {
    github.faults.plan({ kind: "status", status }, { method: "POST", path: "/repos/*/check-runs" }, 2);
    await getRepository();
    expect((await refusal(createRun())).status).toBe(status);
    expect((await refusal(createRun())).status).toBe(status);
    expect(github.faults.unused).toBe(0);
    await createRun();
    expect(github.checkRuns(pull.headSha)).toHaveLength(1);
  });

  test("the connection breaks", async () => {
    github.faults.plan({ kind: "reset" }, { path: "/repos/acme/mesh/check-runs" });
    expect((await refusal(createRun())).status).toBe(500); // Octokit's word for a network error
    expect(github.checkRuns(pull.headSha)).toEqual([]);
  });
});

test("after GitHub did what was asked, the answer is lost", async () => {
  github.faults.plan({ kind: "answer-lost" }, { method: "POST" });
  expect((await refusal(createRun())).status).toBe(500);
  expect(github.checkRuns(pull.headSha)).toHaveLength(1);
});

describe("limits", () => {
  test("the hourly budget ends after so many requests", async () => {
    github.faults.limitAfter(1, 600);
    await getRepository();
    const { status, message, headers } = await refusal(getRepository());
    expect([status, message]).toEqual([403, expect.stringContaining("API rate limit exceeded")]);
    expect(headers["x-ratelimit-remaining"]).toBe("0");
    const seconds = Number(headers["x-ratelimit-reset"]) - Date.now() / 1000;
    expect(seconds).toBeGreaterThan(590);
    github.faults.clear();
    await getRepository();
  });

  test("GraphQL says so with status 200", async () => {
    github.faults.plan({ kind: "rate-limit", resetsInSeconds: 60 }, { path: "/graphql" });
    const error = await getHead().then(String, (reason: { errors: unknown }) => reason.errors);
    expect(error).toMatchObject([{ type: "RATE_LIMITED" }]);
    expect(await getHead()).toBe(pull.headSha);
  });

  test("the secondary limit says how long to wait", async () => {
    github.faults.plan({ kind: "secondary-limit", retryAfterSeconds: 30 });
    const { status, message, headers } = await refusal(getRepository());
    expect([status, headers["retry-after"]]).toEqual([403, "30"]);
    expect(message).toContain("secondary rate limit");
  });
});

describe("GitHub lags behind its webhooks", () => {
  test("a commit is not there yet for so many requests", async () => {
    const before = pull.headSha;
    const after = await github.push({ repo, branch: "feature", files: { "a.yaml": "a: 3\n" } });
    github.visibility.hide(after, 5);
    expect((await refusal(createRun())).message).toContain("No commit found for SHA");
    const tree = { ...mesh, tree_sha: after };
    expect(
      (await refusal(octokit.request("GET /repos/{owner}/{repo}/git/trees/{tree_sha}", tree))).status,
    ).toBe(404);
    const compare = { ...mesh, basehead: `main...${after}` };
    expect(
      (await refusal(octokit.request("GET /repos/{owner}/{repo}/compare/{basehead}", compare))).status,
    ).toBe(404);
    expect(await getHead()).toBe(before);
    const { data } = await octokit.request("GET /repos/{owner}/{repo}/pulls/{pull_number}", {
      ...mesh,
      pull_number: 1,
    });
    expect([data.head.sha, data.mergeable]).toEqual([before, null]);
    expect(await getHead()).toBe(after);
    await createRun();
  });

  test("an old test merge is shown until the new one is made", async () => {
    const get = async () =>
      (await octokit.request("GET /repos/{owner}/{repo}/pulls/{pull_number}", { ...mesh, pull_number: 1 }))
        .data;
    const first = await get();
    await github.push({ repo, branch: "feature", files: { "a.yaml": "a: 3\n" } });
    github.visibility.delayMergeability(1);
    expect(await get()).toMatchObject({ mergeable: null, merge_commit_sha: first.merge_commit_sha });
    const later = await get();
    expect(later.mergeable).toBe(true);
    expect(later.merge_commit_sha).not.toBe(first.merge_commit_sha);
  });
});

test("something happens at the moment a request arrives", async () => {
  const before = pull.headSha;
  const happens = () => github.push({ repo, branch: "feature", files: { "a.yaml": "a: 9\n" } });
  github.faults.plan({ kind: "meanwhile", happens }, { path: "/repos/*/check-runs" });
  const { data } = await createRun();
  expect(data.head_sha).toBe(before);
  expect(pull.headSha).not.toBe(before);
});

test("a request is slow until it is let go", async () => {
  let release = () => {};
  const until = new Promise<void>((resolve) => {
    release = resolve;
  });
  github.faults.plan({ kind: "hold", until }, { path: "/repos/*/check-runs" });
  const slow = createRun();
  await getRepository(); // others are not held up
  expect(github.checkRuns(pull.headSha)).toEqual([]);
  release();
  expect((await slow).status).toBe(201);
});

test("GraphQL answers in part", async () => {
  github.faults.plan({
    kind: "graphql-error",
    field: "repository.object",
    type: "SERVICE_UNAVAILABLE",
    message: "Something went wrong",
  });
  const query =
    '{ repository(owner: "acme", name: "mesh") { name a: object(expression: "main:a.yaml") { oid } } }';
  const failure = await octokit
    .graphql(query)
    .then(String, (reason: { errors: unknown; data: unknown }) => reason);
  expect(failure).toMatchObject({
    errors: [{ type: "SERVICE_UNAVAILABLE", path: ["repository", "a"] }],
    data: { repository: { name: "mesh", a: null } },
  });
  await octokit.graphql(query);
});

test("faults pick their request by text in its body", async () => {
  github.faults.plan({ kind: "status", status: 502 }, { path: "/graphql", body: "headRefOid" });
  await octokit.graphql('{ repository(owner: "acme", name: "mesh") { name } }');
  expect((await refusal(getHead())).status).toBe(502);
});
