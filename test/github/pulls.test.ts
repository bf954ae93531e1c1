import type { Octokit } from "@octokit/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { asInstallation, refusal } from "./caller.ts";
import { createGitHub, type LocalGitHub, type Repository } from "./index.ts";

let github: LocalGitHub;
let octokit: Octokit;
let repo: Repository;
const mesh = { owner: "acme", repo: "mesh" };
const route = (weight: number) => `hosts: [reviews]\nhttp:\n- route:\n  - weight: ${weight}\n`;

beforeAll(async () => {
  github = await createGitHub({
    repositories: [{ name: "mesh", files: { "a.yaml": route(90), "b.yaml": route(100) } }],
  });
  repo = github.repository("acme/mesh");
  octokit = await asInstallation(github);
});
afterAll(() => github.stop());

const getPull = async (pull_number: number) =>
  (await octokit.request("GET /repos/{owner}/{repo}/pulls/{pull_number}", { ...mesh, pull_number })).data;
const listFiles = async (pull_number: number, paging = {}) =>
  (
    await octokit.request("GET /repos/{owner}/{repo}/pulls/{pull_number}/files", {
      ...mesh,
      pull_number,
      ...paging,
    })
  ).data;
const compare = async (basehead: string, paging = {}) =>
  (await octokit.request("GET /repos/{owner}/{repo}/compare/{basehead}", { ...mesh, basehead, ...paging }))
    .data;

describe("a pull request", () => {
  test("shows what it changes since the merge base, and not what its base did meanwhile", async () => {
    await repo.commit("weights", { "a.yaml": route(50) });
    const pull = await github.openPullRequest({ repo, head: "weights", author: "bob", title: "Shift" });
    await github.push({ repo, branch: "main", files: { "c.yaml": route(1) } });
    const files = await listFiles(pull.number);
    expect(files.map(({ status, filename }) => `${status} ${filename}`)).toEqual(["modified a.yaml"]);
    expect(await getPull(pull.number)).toMatchObject({
      user: { login: "bob" },
      changed_files: 1,
      additions: 1,
      deletions: 1,
      commits: 1,
      mergeable: true,
      merged: false,
    });
  });

  test("keeps the base's tip of when it was opened, until it is pushed to", async () => {
    const { headRef, baseSha } = github.pull(1);
    expect((await getPull(1)).base.sha).toBe(baseSha);
    expect(baseSha).not.toBe(await repo.sha("main"));
    await github.push({ repo, branch: headRef, files: { "a.yaml": route(60) } });
    const { base, head } = await getPull(1);
    expect([base.sha, head.sha]).toEqual([await repo.sha("main"), await repo.sha(headRef)]);
  });

  test("has a test merge with the base's present tip as a real commit, and none on conflict", async () => {
    const { merge_commit_sha, head } = await getPull(1);
    const { parents } = await repo.git.commit(merge_commit_sha ?? "");
    expect(parents).toEqual([await repo.sha("main"), head.sha]);
    await github.push({ repo, branch: "main", files: { "a.yaml": route(80) } });
    expect(await getPull(1)).toMatchObject({
      mergeable: false,
      mergeable_state: "dirty",
      merge_commit_sha: null,
    });
  });

  test("follows a force-push, a retarget, closing, reopening and merging", async () => {
    await repo.branch("release", "main");
    await repo.commit("next", { "b.yaml": route(10) });
    const pull = await github.openPullRequest({ repo, head: "next" });
    const first = pull.headSha;
    await github.forcePush({
      repo,
      branch: "next",
      files: { "b.yaml": route(20) },
      onto: await repo.sha("main"),
    });
    expect((await getPull(pull.number)).head.sha).not.toBe(first);
    expect((await listCommits(pull.number)).map(({ sha }) => sha)).toEqual([pull.headSha]);
    await github.retarget(pull, "release");
    expect((await getPull(pull.number)).base.ref).toBe("release");
    await github.close(pull);
    expect((await getPull(pull.number)).state).toBe("closed");
    await github.reopen(pull);
    await github.merge(pull, "carol");
    expect(await getPull(pull.number)).toMatchObject({
      state: "closed",
      merged: true,
      merged_by: { login: "carol" },
      merge_commit_sha: await repo.sha("release"),
    });
  });

  const listCommits = async (pull_number: number) =>
    (await octokit.request("GET /repos/{owner}/{repo}/pulls/{pull_number}/commits", { ...mesh, pull_number }))
      .data;

  test("cannot be opened twice between the same branches", async () => {
    await expect(github.openPullRequest({ repo, head: "weights" })).rejects.toThrow("already exists");
  });

  test("from a fork is read through the base repository", async () => {
    const fork = await github.fork(repo, "mallory");
    await fork.commit("change", { "b.yaml": route(33) }, { author: "mallory" });
    const pull = await github.openPullRequest({ repo, head: "change", author: "mallory", fork });
    expect(await getPull(pull.number)).toMatchObject({
      head: { label: "mallory:change", repo: { full_name: "mallory/mesh", fork: true } },
    });
    expect(await repo.sha(`refs/pull/${pull.number}/head`)).toBe(pull.headSha);
    const { merge_base_commit } = await compare(`main...${pull.headSha}`);
    expect(merge_base_commit.sha).toBe(await repo.sha("main"));
    expect((await compare("main...mallory:change")).ahead_by).toBe(1);
    const path = { ...mesh, path: "b.yaml", ref: pull.headSha };
    const content = await octokit.request("GET /repos/{owner}/{repo}/contents/{path}", path);
    expect(content.data).toMatchObject({
      content: Buffer.from(route(33)).toString("base64").replace(/.{60}/g, "$&\n"),
    });
    const ofCommit = await octokit.request("GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls", {
      ...mesh,
      commit_sha: pull.headSha,
    });
    expect(ofCommit.data).toEqual([]); // GitHub does not find a fork's pull request by its commit
  });

  test("and its twin on the same commit are both found by it", async () => {
    const tip = await repo.commit("twin-a", { "b.yaml": route(44) });
    await repo.branch("twin-b", tip);
    await github.openPullRequest({ repo, head: "twin-a" });
    await github.openPullRequest({ repo, head: "twin-b" });
    const found = await octokit.request("GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls", {
      ...mesh,
      commit_sha: tip,
    });
    expect(found.data.map(({ head }) => head.ref).sort()).toEqual(["twin-a", "twin-b"]);
  });

  test("that is not there is not found", async () => {
    expect((await refusal(getPull(99))).status).toBe(404);
    expect(
      (
        await refusal(
          octokit.request("GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls", {
            ...mesh,
            commit_sha: "f".repeat(40),
          }),
        )
      ).message,
    ).toContain("No commit found for SHA");
  });
});

describe("lists", () => {
  const list = (query: object) => octokit.request("GET /repos/{owner}/{repo}/pulls", { ...mesh, ...query });

  test("of pull requests are filtered, ordered and paged with links", async () => {
    const all = await list({ state: "all", direction: "asc" });
    expect(all.data.map(({ number }) => number)).toEqual(repo.pulls.map(({ number }) => number));
    expect((await list({})).data.every(({ state }) => state === "open")).toBe(true);
    expect((await list({ state: "all", base: "release" })).data).toHaveLength(1);
    expect((await list({ head: "mallory:change" })).data.map(({ user }) => user?.login)).toEqual(["mallory"]);
    const second = await list({ state: "all", per_page: 2, page: 2 });
    expect(second.data).toHaveLength(2);
    const relations = [...(second.headers.link ?? "").matchAll(/[?&]page=(\d+)[^>]*>; rel="(\w+)"/g)];
    expect(Object.fromEntries(relations.map(([, page, name]) => [name, page]))).toEqual({
      prev: "1",
      next: "3",
      last: "3",
      first: "1",
    });
  });

  test("of files stop at 3,000, a page at 100", async () => {
    const files = Object.fromEntries(
      Array.from({ length: 3_010 }, (_, index) => [`many/${index}.yaml`, "a: 1\n"]),
    );
    await repo.commit("many", files);
    const { number } = await github.openPullRequest({ repo, head: "many" });
    expect(await listFiles(number, { per_page: 1000 })).toHaveLength(100);
    expect(await listFiles(number, { per_page: 100, page: 30 })).toHaveLength(100);
    expect(await listFiles(number, { per_page: 100, page: 31 })).toEqual([]);
    const comparison = await compare("main...many");
    expect(comparison.files).toHaveLength(300);
    expect((await compare("main...many", { page: 2, per_page: 1 })).files).toEqual([]);
  });
});

describe("a comparison", () => {
  test("names the merge base and says who is ahead", async () => {
    const tip = await repo.sha("main");
    await repo.commit("left", { "l.yaml": "a: 1\n" }, { onto: tip });
    await repo.commit("right", { "r.yaml": "a: 1\n" }, { onto: tip });
    expect(await compare("left...right")).toMatchObject({
      status: "diverged",
      ahead_by: 1,
      behind_by: 1,
      merge_base_commit: { sha: tip },
      files: [{ filename: "r.yaml", status: "added", patch: "@@ -0,0 +1 @@\n+a: 1" }],
    });
    expect((await compare(`${tip}...left`)).status).toBe("ahead");
    expect((await compare(`left...${tip}`)).status).toBe("behind");
    expect((await compare("left...left")).status).toBe("identical");
  });

  test("needs commits, and a common ancestor", async () => {
    expect((await refusal(compare("main...nowhere"))).status).toBe(404);
    await repo.commit("orphan", { x: "y" }, { onto: null });
    expect((await refusal(compare("main...orphan"))).message).toContain("No common ancestor");
  });
});

test("nothing in this story broke GitHub's contract", () => {
  expect(github.violations).toEqual([]);
});
