import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Stage, startStage } from "./harness.ts";
import { Scene } from "./scene.ts";

let stage: Stage;
let scene: Scene;
beforeAll(async () => {
  stage = await startStage({
    main: "test/worker/main.ts",
    repositories: [{ name: "mesh", files: { "readme.md": "hello" } }],
  });
});
beforeEach(() => {
  scene = new Scene(stage, "acme/mesh");
});
afterAll(() => stage.stop());

const attempts = () => scene.requests().filter((request) => request.endsWith("/attempts")).length;

describe("a webhook that did not reach the Worker", () => {
  test("is asked for again by the next sweep, once", async () => {
    stage.github.webhooks.plan({ kind: "fail" }, "pull_request.opened");
    const pull = await scene.open();
    expect(await scene.due(pull)).toBeNull();
    await stage.sweep();
    await stage.settled();
    expect(scene.runs(pull.headSha)).toMatchObject([{ conclusion: "success" }]);
    expect(attempts()).toBe(1);
    await stage.sweep();
    expect(attempts()).toBe(0);
  });

  test("and does not the second time either, is not asked for again at once", async () => {
    for (let time = 1; time <= 2; time++) stage.github.webhooks.plan({ kind: "fail" }, "pull_request.opened");
    const pull = await scene.open();
    await stage.sweep();
    await stage.settled();
    await stage.sweep();
    await stage.sweep();
    await stage.settled();
    expect(attempts()).toBe(1);
    expect(scene.runs(pull.headSha)).toEqual([]);
  });

  test("but did when somebody pressed Redeliver, is not asked for", async () => {
    stage.github.webhooks.plan({ kind: "fail" }, "pull_request.opened");
    const pull = await scene.open();
    const lost = stage.github.webhooks.deliveries.findLast(({ event }) => event === "pull_request");
    stage.github.redeliver(lost!);
    await stage.settled();
    scene.requests();
    await stage.sweep();
    expect(attempts()).toBe(0);
    expect(scene.runs(pull.headSha)).toHaveLength(1);
  });
});

test("a sweep without losses costs one request", async () => {
  scene.requests();
  await stage.sweep();
  expect(scene.requests()).toEqual(["GET /app/hook/deliveries"]);
});
