import { afterEach, expect, test } from "vitest";
import { type Stage, startStage } from "./harness.ts";

let stage: Stage;
afterEach(() => stage.stop());

test("the Worker as it is deployed: a webhook becomes a check without anybody's help", async () => {
  stage = await startStage({
    main: "src/worker.ts",
    vars: { SLUICE_DEBOUNCE_MS: "0" },
    repositories: [{ name: "mesh", files: { "readme.md": "hello" } }],
  });
  const { github } = stage;
  const repo = github.repository("acme/mesh");
  await github.push({ repo, branch: "change", files: { "readme.md": "changed" } });
  const pull = await github.openPullRequest({ repo, head: "change" });
  await github.until(
    () => github.checkRuns(pull.headSha).some(({ status }) => status === "completed"),
    20_000,
  );
  expect(github.checkRuns(pull.headSha)).toMatchObject([
    { conclusion: "success", output: { title: "No mesh change" } },
  ]);
  expect((await stage.fetch("/healthz?deep")).status).toBe(200);
  await stage.sweep();
});

test("a Worker without secrets starts, says what is missing, and takes no webhook", async () => {
  stage = await startStage({ main: "src/worker.ts", secrets: {}, repositories: [{ name: "mesh" }] });
  const health = await stage.fetch("/healthz");
  expect(health.status).toBe(503);
  expect(await health.json()).toMatchObject({
    problems: [
      { variable: "GITHUB_APP_ID" },
      { variable: "GITHUB_PRIVATE_KEY" },
      { variable: "GITHUB_WEBHOOK_SECRET" },
    ],
  });
  expect((await stage.fetch("/")).status).toBe(200);
  expect((await stage.fetch("/webhook", { method: "POST", body: "{}" })).status).toBe(503);
  await stage.sweep();
  expect(stage.github.requests).toEqual([]);
});
