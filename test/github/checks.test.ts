import type { Octokit } from "@octokit/core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { asInstallation, curiousApp, refusal } from "./caller.ts";
import { type CheckRun, createGitHub, type LocalGitHub, type Repository } from "./index.ts";

let github: LocalGitHub;
let octokit: Octokit;
let repo: Repository;
let head_sha: string;
let commits = 0;
const mesh = { owner: "acme", repo: "mesh" };

beforeAll(async () => {
  github = await createGitHub({
    app: curiousApp,
    repositories: [{ name: "mesh", files: { "a.yaml": "a: 1\n" } }],
    webhook: { secret: "s", deliverTo: () => new Response(null, { status: 202 }) },
  });
  repo = github.repository("acme/mesh");
  octokit = await asInstallation(github);
});
beforeEach(async () => {
  commits += 1;
  head_sha = await repo.commit(`branch-${commits}`, { "a.yaml": `a: ${commits}\n` });
});
afterAll(() => github.stop());

const create = async (fields: Record<string, unknown> = {}) => {
  const { data } = await octokit.request("POST /repos/{owner}/{repo}/check-runs", {
    ...mesh,
    name: "Sluice",
    head_sha,
    ...fields,
  });
  return data;
};
const update = async (id: number | bigint, fields: Record<string, unknown>) => {
  const check_run_id = Number(id);
  const { data } = await octokit.request("PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}", {
    ...mesh,
    check_run_id,
    ...fields,
  });
  return data;
};
const list = async (query = {}) => {
  const { data } = await octokit.request("GET /repos/{owner}/{repo}/commits/{ref}/check-runs", {
    ...mesh,
    ref: head_sha,
    ...query,
  });
  return data;
};
const suites = async () =>
  (await octokit.request("GET /repos/{owner}/{repo}/commits/{ref}/check-suites", { ...mesh, ref: head_sha }))
    .data.check_suites;
const annotation = {
  path: "a.yaml",
  start_line: 1,
  end_line: 1,
  annotation_level: "warning",
  message: "Mind this",
};
const output = { title: "Title", summary: "Summary" };

describe("a check run", () => {
  test("starts, gathers annotations, and is completed by its conclusion", async () => {
    const run = await create({ status: "in_progress", external_id: "v1:1" });
    expect(run).toMatchObject({
      status: "in_progress",
      conclusion: null,
      external_id: "v1:1",
      app: { slug: "sluice" },
    });
    await update(run.id, { output: { ...output, annotations: Array(50).fill(annotation) } });
    const completed = await update(run.id, {
      conclusion: "failure",
      output: { ...output, annotations: [annotation] },
    });
    expect(completed).toMatchObject({
      status: "completed",
      conclusion: "failure",
      output: { annotations_count: 51 },
    });
    expect(completed.completed_at).not.toBeNull();
    const route = "GET /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations";
    const { data } = await octokit.request(route, { ...mesh, check_run_id: Number(run.id), page: 2 });
    expect(data).toHaveLength(21);
    expect(data[0]).toMatchObject({ path: "a.yaml", start_column: null, message: "Mind this" });
  });

  test("does not open again once completed", async () => {
    const { id } = await create({ conclusion: "failure" });
    expect(await update(id, { status: "in_progress" })).toMatchObject({
      status: "completed",
      conclusion: "failure",
    });
  });

  test("needs a commit that is there, by its full SHA", async () => {
    expect((await refusal(create({ head_sha: "f".repeat(40) }))).message).toContain(
      "No commit found for SHA",
    );
    expect((await refusal(create({ head_sha: head_sha.slice(0, 10) }))).status).toBe(422);
  });

  test.each<[string, Record<string, unknown>, string]>([
    [
      "51 annotations",
      { output: { ...output, annotations: Array(51).fill(annotation) } },
      "No more than 50 items are allowed; 51 were supplied.",
    ],
    [
      "a long summary",
      { output: { title: "t", summary: "x".repeat(65_536) } },
      "Only 65535 characters are allowed; 65536 were supplied.",
    ],
    [
      "a long text",
      { output: { ...output, text: "x".repeat(65_536) } },
      "Only 65535 characters are allowed; 65536 were supplied.",
    ],
    [
      "a fourth action",
      { actions: Array(4).fill({ label: "l", description: "d", identifier: "i" }) },
      "No more than 3 items are allowed; 4 were supplied.",
    ],
    [
      "a long label",
      { actions: [{ label: "x".repeat(21), description: "d", identifier: "i" }] },
      "Only 20 characters are allowed; 21 were supplied.",
    ],
    [
      "a long description",
      { actions: [{ label: "l", description: "x".repeat(41), identifier: "i" }] },
      "Only 40 characters are allowed",
    ],
    [
      "a long identifier",
      { actions: [{ label: "l", description: "d", identifier: "x".repeat(21) }] },
      "Only 20 characters are allowed",
    ],
    [
      "columns over lines",
      { output: { ...output, annotations: [{ ...annotation, end_line: 2, start_column: 1 }] } },
      "start_column and end_column are only permitted",
    ],
    [
      "a long title",
      { output: { ...output, annotations: [{ ...annotation, title: "x".repeat(256) }] } },
      "Only 255 characters are allowed; 256",
    ],
    [
      "a long message",
      { output: { ...output, annotations: [{ ...annotation, message: "ü".repeat(32_769) }] } },
      "message is too long",
    ],
    [
      "lines backwards",
      { output: { ...output, annotations: [{ ...annotation, start_line: 3 }] } },
      "end_line",
    ],
    ["no conclusion", { status: "completed" }, '"conclusion" wasn\'t supplied.'],
    ["an unknown conclusion", { conclusion: "passed" }, '"passed" is not a member of'],
    ["an unknown field", { outputs: output }, '"outputs" is not a permitted key.'],
    ["no summary", { output: { title: "t" } }, '"summary" wasn\'t supplied.'],
  ])("is refused with %s, and nothing of it stays", async (_, fields, message) => {
    const { id } = await create({ status: "in_progress" });
    const refused = await refusal(update(id, fields));
    expect(refused.status).toBe(422);
    expect(refused.message).toContain(message);
    expect((await refusal(create(fields))).status).toBe(422);
    expect(github.checkRuns(head_sha)).toMatchObject([{ status: "in_progress", annotations: [] }]);
  });

  test("is the newest of its name in lists, which filter by name, app and status", async () => {
    const first = await create({ conclusion: "failure" });
    const second = await create({ status: "in_progress" });
    await create({ name: "Other", conclusion: "success" });
    expect((await list({ check_name: "Sluice" })).check_runs.map(({ id }) => id)).toEqual([second.id]);
    expect((await list({ check_name: "Sluice", filter: "all" })).check_runs.map(({ id }) => id)).toEqual([
      second.id,
      first.id,
    ]);
    expect((await list({ app_id: github.app.id })).total_count).toBe(2);
    expect((await list({ app_id: 1 })).total_count).toBe(0);
    expect((await list({ status: "completed" })).check_runs.map(({ name }) => name)).toEqual(["Other"]);
  });
});

describe("a check suite", () => {
  test("concludes as the worst of its newest runs", async () => {
    const { id } = await create({ status: "in_progress" });
    expect(await suites()).toMatchObject([{ status: "in_progress", conclusion: null }]);
    await update(id, { conclusion: "failure" });
    await create({ name: "Other", conclusion: "success" });
    expect(await suites()).toMatchObject([
      { status: "completed", conclusion: "failure", latest_check_runs_count: 2 },
    ]);
    await create({ conclusion: "success" });
    expect(await suites()).toMatchObject([{ conclusion: "success" }]);
  });

  test("is queued again by a re-run of one check, which itself stays as it was", async () => {
    await create({ conclusion: "failure" });
    const [run] = github.checkRuns(head_sha);
    await github.rerequest(run as CheckRun, "carol");
    expect(await suites()).toMatchObject([{ status: "queued", conclusion: null }]);
    expect((await list()).check_runs).toMatchObject([{ status: "completed", conclusion: "failure" }]);
    await create({ conclusion: "success" });
    expect(await suites()).toMatchObject([{ status: "completed", conclusion: "success" }]);
    await github.settled();
    const rerequested = github.webhooks.deliveries.filter(({ action }) => action === "rerequested").at(-1);
    expect(JSON.parse(rerequested?.request.body ?? "")).toMatchObject({
      check_run: { head_sha },
      sender: { login: "carol" },
    });
  });

  test("is asked for again as a whole, by a person or over the API", async () => {
    const run = await create({ conclusion: "failure" });
    const suite = repo.suites.find((candidate) => candidate.headSha === head_sha);
    if (suite !== undefined) await github.rerequest(suite, "carol");
    const target = { ...mesh, check_suite_id: Number(run.check_suite?.id) };
    await octokit.request("POST /repos/{owner}/{repo}/check-suites/{check_suite_id}/rerequest", target);
    await octokit.request("POST /repos/{owner}/{repo}/check-runs/{check_run_id}/rerequest", {
      ...mesh,
      check_run_id: Number(run.id),
    });
    await github.settled();
    const events = github.webhooks.deliveries.slice(-3).map(({ event, action }) => `${event}.${action}`);
    expect(events).toEqual(["check_suite.rerequested", "check_suite.rerequested", "check_run.rerequested"]);
  });
});
