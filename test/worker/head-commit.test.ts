import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { PullRequest } from "../github/index.ts";
import { type Stage, startStage } from "./harness.ts";
import { Scene } from "./scene.ts";

let stage: Stage;
let scene: Scene;
beforeAll(async () => {
  stage = await startStage({
    main: "test/worker/main.ts",
    repositories: [{ name: "mesh", files: { "readme.md": "hello" } }],
  });
  await stage.github.push({
    repo: stage.github.repository("acme/mesh"),
    branch: "release",
    files: { "release.md": "1" },
  });
});
beforeEach(() => {
  scene = new Scene(stage, "acme/mesh");
});
afterEach(async () => {
  await stage.settled();
  expect(stage.github.faults.unused).toBe(0);
  for (const pull of scene.repo.pulls) if (pull.state === "open") await stage.github.close(pull);
  await stage.settled();
});
afterAll(() => stage.stop());

/** Two pull requests with one head: the judge fails the one that goes into `release`. */
async function twins(): Promise<{ lenient: PullRequest; strict: PullRequest; head: string }> {
  const lenient = await scene.open({ conclusion: "success", title: "fine", failInto: "release" });
  const { repo } = scene;
  const strict = await stage.github.openPullRequest({ repo, head: lenient.headRef, base: "release" });
  await stage.github.settled();
  return { lenient, strict, head: lenient.headSha };
}

/** Keeps a pull request from being judged until the answer is called. */
async function holdBack(pull: PullRequest): Promise<() => void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const tip = await scene.repo.sha(pull.baseRef);
  scene.fault({ kind: "hold", until: promise }, { path: `*/compare/${tip}...*` });
  return resolve;
}

describe("two pull requests with one head commit", () => {
  test("share one check, which waits for both and shows the worst", async () => {
    const { lenient, strict, head } = await twins();
    const release = await holdBack(strict);
    await scene.look(lenient);
    expect(scene.runs(head)).toMatchObject([{ status: "in_progress", conclusion: null }]);
    release();
    await stage.settled();
    const runs = scene.runs(head);
    expect(runs.at(-1)).toMatchObject({ status: "completed", conclusion: "failure" });
    expect(runs.map(({ conclusion }) => conclusion)).not.toContain("success");
    expect(runs.at(-1)?.output.title).toBe(`#${strict.number}: fine`);
    for (const { number } of [lenient, strict]) expect(runs.at(-1)?.output.summary).toContain(`#${number}`);
  });

  test("never pass while one of them has yet to be judged, in whatever order they are looked at", async () => {
    const { lenient, strict, head } = await twins();
    let release = await holdBack(lenient);
    await scene.look(strict);
    expect(scene.runs(head)).toMatchObject([{ status: "in_progress" }]);
    release();
    await stage.settled();
    expect(scene.runs(head).map(({ conclusion }) => conclusion)).not.toContain("success");

    await scene.push(lenient.headRef, { conclusion: "success" });
    release = await holdBack(strict);
    await scene.look(lenient);
    expect(scene.runs(lenient.headSha)).toMatchObject([{ status: "in_progress" }]);
    release();
    await stage.settled();
    expect(scene.runs(lenient.headSha).at(-1)).toMatchObject({ conclusion: "success" });
  });

  test("are both looked at when Sluice hears of only one", async () => {
    stage.github.webhooks.plan({ kind: "drop" }, "pull_request.opened");
    const lost = await scene.open({ failInto: "release" });
    const heard = await stage.github.openPullRequest({
      repo: scene.repo,
      head: lost.headRef,
      base: "release",
    });
    await stage.settled();
    expect(scene.runs(heard.headSha).at(-1)?.output.summary).toContain(`#${lost.number}`);
  });

  test("when one is closed, the other is judged without it", async () => {
    const { strict, head } = await twins();
    await stage.settled();
    await stage.github.close(strict);
    await stage.settled();
    expect(scene.runs(head).at(-1)).toMatchObject({
      status: "completed",
      conclusion: "success",
      output: { title: "fine" },
    });
  });

  test("when one is retargeted, its old verdict ends at once", async () => {
    const { lenient, strict, head } = await twins();
    await stage.settled();
    await stage.github.retarget(strict, "main");
    await stage.settled();
    expect(scene.runs(head).at(-1)).toMatchObject({ conclusion: "success" });
    await stage.github.retarget(lenient, "release");
    await stage.github.settled();
    await scene.look(lenient);
    await stage.settled();
    expect(scene.runs(head).at(-1)).toMatchObject({ conclusion: "failure" });
  });

  test("one that fails to be evaluated keeps the check from passing", async () => {
    const { lenient, head } = await twins();
    scene.fault({ kind: "status", status: 422 }, { path: "*/compare/*" }, 4);
    await stage.settled();
    expect(scene.runs(head).at(-1)).toMatchObject({ status: "completed", conclusion: "failure" });
    expect(lenient.state).toBe("open");
  });

  test("closing one before either was judged does not let the other wait for ever", async () => {
    const { lenient, strict, head } = await twins();
    await scene.look(lenient);
    await stage.github.close(strict);
    await stage.settled();
    expect(scene.runs(head).at(-1)).toMatchObject({ status: "completed", conclusion: "success" });
  });

  test("one of which is pushed to leaves the other's commit to the other", async () => {
    const { lenient, strict, head } = await twins();
    await stage.settled();
    const { repo } = scene;
    await stage.github.webhooks.settled();
    await repo.branch("elsewhere", head);
    const third = await stage.github.openPullRequest({ repo, head: "elsewhere" });
    await stage.settled();
    expect(scene.runs(head).at(-1)?.output.summary).toContain(`#${third.number}`);
    await stage.github.push({ repo, branch: "elsewhere", files: { "verdict.json": '{"title":"away"}' } });
    await stage.settled();
    expect(scene.runs(third.headSha)).toMatchObject([{ conclusion: "success", output: { title: "away" } }]);
    expect(scene.runs(head).at(-1)?.output.summary).not.toContain(`#${third.number}`);
    expect(scene.runs(head).at(-1)?.output.summary).toContain(`#${strict.number}`);
    expect(lenient.headSha).toBe(head);
  });
});

describe("Re-run", () => {
  test("on the suite judges every pull request of the commit again", async () => {
    const { head } = await twins();
    await stage.settled();
    const before = scene.runs(head).length;
    await stage.github.rerequest(scene.runs(head)[0]!.suite);
    await stage.settled();
    expect(scene.runs(head).length).toBe(before + 1);
    expect(scene.runs(head).at(-1)).toMatchObject({ status: "completed", conclusion: "failure" });
  });

  test("is remembered while GitHub cannot be asked", async () => {
    const pull = await scene.open();
    await scene.look(pull);
    scene.fault({ kind: "status", status: 503 }, { path: "/graphql", body: "OpenPullRequests" }, 3);
    await stage.github.rerequest(scene.runs(pull.headSha)[0]!);
    await stage.settled();
    expect(scene.runs(pull.headSha).map(({ conclusion }) => conclusion)).toEqual(["success", "success"]);
  });
});
