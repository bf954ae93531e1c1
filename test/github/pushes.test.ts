import { afterAll, beforeAll, expect, test } from "vitest";
import { asInstallation, curiousApp } from "./caller.ts";
import { createGitHub, type LocalGitHub } from "./index.ts";

let github: LocalGitHub;
const heard: string[] = [];

beforeAll(async () => {
  github = await createGitHub({
    app: curiousApp,
    repositories: [{ name: "mesh", files: { "route.yaml": "weight: 90\n" } }],
    webhook: {
      secret: "secret",
      deliverTo: async (request) => {
        const { action } = (await request.json()) as { action?: string };
        heard.push([request.headers.get("x-github-event"), action].filter(Boolean).join("."));
        return new Response(null, { status: 202 });
      },
    },
  });
});
afterAll(() => github.stop());

test("a pull request is opened, checked, pushed to and merged", async () => {
  const repo = github.repository("acme/mesh");
  await repo.commit("feature", { "route.yaml": "weight: 50\n" });
  const pull = await github.openPullRequest({ repo, head: "feature", author: "alice" });
  const octokit = await asInstallation(github);
  const { data: run } = await octokit.request("POST /repos/{owner}/{repo}/check-runs", {
    owner: "acme",
    repo: "mesh",
    name: "Sluice",
    head_sha: pull.headSha,
    conclusion: "success",
  });
  expect(run.status).toBe("completed");
  expect(github.checkRuns(pull.headSha)).toHaveLength(1);
  await github.push({ repo, branch: "feature", files: { "route.yaml": "weight: 60\n" } });
  await github.merge(pull, "bob");
  await github.settled();
  expect(heard).toEqual([
    "pull_request.opened",
    "check_run.created",
    "check_run.completed",
    "push",
    "check_suite.requested",
    "pull_request.synchronize",
    "push",
    "check_suite.requested",
    "pull_request.closed",
  ]);
  expect(github.violations).toEqual([]);
});
