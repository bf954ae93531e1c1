import { afterAll, beforeAll, expect, test } from "vitest";
import { asInstallation } from "./caller.ts";
import { createGitHub, type LocalGitHub } from "./index.ts";

let github: LocalGitHub;

beforeAll(async () => {
  github = await createGitHub({ repositories: [{ name: "mesh", files: { "a.yaml": "a: 1\n" } }] });
});
afterAll(() => github.stop());

async function control(deed: string, args: object = {}) {
  const init = { method: "POST", body: JSON.stringify(args) };
  const response = await fetch(`${github.url}/_control/${deed}`, init);
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
}

test("a story can be told over HTTP, by those who are not in this process", async () => {
  const repository = "acme/mesh";
  await control("commit", { repository, branch: "feature", files: { "a.yaml": "a: 2\n" } });
  const { json } = await control("open", { repository, head: "feature", author: "bob" });
  expect(json).toMatchObject({ number: 1, headSha: github.pull(1).headSha });
  await control("comment", { repository, pull: 1, by: "carol", body: "/recheck" });
  await control("push", { repository, branch: "feature", files: { "a.yaml": "a: 3\n" }, by: "bob" });
  const head_sha = github.pull(1).headSha;
  const completed = control("completed", { sha: head_sha });
  const octokit = await asInstallation(github);
  await octokit.request("POST /repos/{owner}/{repo}/check-runs", {
    owner: "acme",
    repo: "mesh",
    name: "Sluice",
    head_sha,
    conclusion: "success",
  });
  expect((await completed).status).toBe(200);
  const state = await fetch(`${github.url}/_control/state`);
  expect(await state.json()).toMatchObject({
    repositories: [
      {
        fullName: "acme/mesh",
        pulls: [{ number: 1, comments: [{ body: "/recheck" }] }],
        runs: [{ conclusion: "success" }],
      },
    ],
    violations: [],
  });
  await control("merge", { repository, pull: 1 });
  expect(github.pull(1).merged).not.toBeNull();
});

test("what makes no sense is refused, and changes nothing", async () => {
  expect((await control("push", { repository: "acme/mesh" })).status).toBe(400);
  expect((await control("open", { repository: "acme/none", head: "x" })).json.message).toContain(
    "no repository acme/none",
  );
  expect((await control("dance")).status).toBe(404);
});
