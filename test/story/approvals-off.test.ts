import { afterAll, beforeAll, expect, it } from "vitest";
import { type Stage, startStage, webhookSecret } from "../worker/harness.ts";
import { approvedBy, step } from "./approving.ts";
import { destinationRule, reviews } from "./mesh.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage({
    main: "test/story/main.ts",
    secrets: (github) => ({
      GITHUB_APP_ID: String(github.app.id),
      GITHUB_PRIVATE_KEY: github.app.privateKey,
      GITHUB_WEBHOOK_SECRET: webhookSecret,
    }),
    repositories: [
      { name: ".github", files: { ".github/sluice.yaml": approvedBy("", '["@bob"]') } },
      { name: "mesh", files: { "mesh/reviews.yaml": reviews(90, 10), "mesh/rule.yaml": destinationRule } },
    ],
  });
});
afterAll(() => stage.stop());

it("without a signing key nobody can approve, and check, reply and health page say so", async () => {
  const { github } = stage;
  const repo = github.repository("acme/mesh");
  await github.push({ repo, branch: "change", files: step });
  const pull = await github.openPullRequest({ repo, head: "change" });
  await stage.settled();
  const check = () => github.checkRuns(pull.headSha).at(-1)!;
  expect(check().conclusion).toBe("failure");
  expect(check().output.summary).toContain("SLUICE_SIGNING_KEY");
  github.comment(pull, "bob", "/approve weight-step all");
  await stage.settled();
  expect(check().conclusion).toBe("failure");
  expect(pull.comments.at(-1)?.body).toContain("Approvals are off");
  const health = await stage.fetch("/healthz");
  expect(health.status).toBe(200);
  expect(await health.json()).toMatchObject({
    ok: true,
    approvals: expect.stringContaining("SLUICE_SIGNING_KEY"),
  });
});
