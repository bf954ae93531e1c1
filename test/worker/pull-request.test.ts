import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { permissions } from "../../src/github/manifest.ts";
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
afterEach(async () => {
  await stage.settled();
  expect(stage.github.faults.unused).toBe(0);
  expect(stage.github.violations).toEqual([]);
  for (const pull of scene.repo.pulls) if (pull.state === "open") await stage.github.close(pull);
  await stage.settled();
});
afterAll(() => stage.stop());

const graphql = { path: "/graphql", body: "pullRequest(" };
const completion = { method: "PATCH", path: "/repos/*/check-runs/*" };

describe("a pull request that is opened", () => {
  test("gets one check, in progress first and completed with the verdict", async () => {
    const pull = await scene.open({ conclusion: "action_required", title: "10 points" });
    const statuses: string[] = [];
    scene.fault(
      { kind: "meanwhile", happens: () => statuses.push(scene.runs(pull.headSha)[0]?.status ?? "none") },
      completion,
    );
    await scene.look(pull);
    expect(statuses).toEqual(["in_progress"]);
    expect(scene.runs(pull.headSha)).toMatchObject([
      { name: "Sluice", status: "completed", conclusion: "action_required", output: { title: "10 points" } },
    ]);
  });

  test("costs a small constant number of requests", async () => {
    const pull = await scene.open({ comment: "Said", title: "first" });
    await scene.look(pull);
    const asked = scene.requests();
    const tokens = asked.filter((request) => request.endsWith("/access_tokens"));
    expect(tokens.length).toBeLessThanOrEqual(2);
    const others = asked.filter((request) => !tokens.includes(request));
    const kinds = others.map((request) => request.replace(/\/[0-9a-f.]{40,}$|\/\d+(?=\/|$)/g, ""));
    expect(kinds.sort()).toEqual([
      "GET /repos/acme/mesh/compare",
      "GET /repos/acme/mesh/git/trees",
      "PATCH /repos/acme/mesh/check-runs",
      "POST /graphql",
      "POST /graphql",
      "POST /repos/acme/mesh/check-runs",
      "POST /repos/acme/mesh/issues/comments",
    ]);
  });

  test("reads a blob once for all times", async () => {
    const pull = await scene.open({ title: "kept" });
    await scene.look(pull);
    scene.requests();
    const [run] = scene.runs(pull.headSha);
    await stage.github.rerequest(run!);
    await stage.settled();
    const blobs = stage.github.requests.length;
    expect(blobs).toBeGreaterThan(0);
    expect(scene.runs(pull.headSha).map(({ output }) => output.title)).toEqual(["kept", "kept"]);
    expect(scene.requests().filter((request) => request === "POST /graphql")).toHaveLength(2);
  });

  test("needs no permission that the manifest does not ask for", async () => {
    const comment = { path: "verdict.json", line: 1, fingerprint: "0123", body: "Look." };
    const pull = await scene.open({ comment: "Said", reviewComments: [comment] });
    await scene.look(pull);
    const used = stage.github.permissionsUsed();
    const asked = Object.entries(permissions).flatMap(([name, { level }]) => [
      `${name}:${level}`,
      `${name}:read`,
    ]);
    expect(used.filter((permission) => !asked.includes(permission))).toEqual([]);
    expect(used).toEqual(expect.arrayContaining(["checks:write", "contents:read", "pull_requests:write"]));
  });

  test("leaves one log line that names delivery, commits, conclusion and cost", async () => {
    const pull = await scene.open();
    await scene.look(pull);
    const line = stage.logs().findLast(({ message }) => message === "evaluated");
    expect(line).toMatchObject({
      delivery: stage.github.webhooks.deliveries.findLast(({ event }) => event === "pull_request")?.guid,
      reason: "pull_request.opened",
      repository: "acme/mesh",
      pr: pull.number,
      base: pull.baseSha,
      mergeBase: pull.baseSha,
      head: pull.headSha,
      conclusion: "success",
      requests: expect.any(Number),
      ms: expect.any(Number),
    });
  });

  test("of a fork is judged like any other", async () => {
    const fork = await stage.github.fork(scene.repo, "eve");
    await stage.github.push({
      repo: fork,
      branch: "theirs",
      files: { "verdict.json": '{"title":"from a fork"}' },
      by: "eve",
    });
    const pull = await stage.github.openPullRequest({
      repo: scene.repo,
      fork,
      head: "theirs",
      author: "eve",
    });
    await stage.settled();
    expect(scene.runs(pull.headSha)).toMatchObject([
      { conclusion: "success", output: { title: "from a fork" } },
    ]);
    await stage.github.rerequest(scene.runs(pull.headSha)[0]!);
    await stage.settled();
    expect(scene.runs(pull.headSha)).toHaveLength(2);
  });
});

describe("order and bursts", () => {
  test("a burst of pushes is one evaluation, of the newest head", async () => {
    const pull = await scene.open();
    const heads: string[] = [pull.headSha];
    for (let push = 1; push <= 4; push++)
      heads.push(await scene.push(pull.headRef, { title: `push ${push}` }));
    await scene.look(pull);
    expect(heads.map((head) => scene.runs(head).length)).toEqual([0, 0, 0, 0, 1]);
    expect(await scene.look(pull)).toBe(false);
  });

  test("the alarm waits for the end of the burst", async () => {
    const pull = await scene.open();
    expect(await scene.due(pull)).toBeGreaterThan(55_000);
  });

  test("a push that lands during an evaluation is evaluated next; each head keeps its own verdict", async () => {
    const pull = await scene.open({ title: "A" });
    const before = pull.headSha;
    const push = () =>
      stage.github.push({
        repo: scene.repo,
        branch: pull.headRef,
        files: { "verdict.json": '{"title":"B"}' },
      });
    scene.fault({ kind: "meanwhile", happens: push }, { path: "*/compare/*" });
    await scene.look(pull);
    await stage.github.settled();
    expect(scene.runs(before)).toMatchObject([{ status: "completed", output: { title: "A" } }]);
    await scene.look(pull);
    expect(scene.runs(pull.headSha)).toMatchObject([{ status: "completed", output: { title: "B" } }]);
  });

  test("a webhook that outruns its commit does not judge the old one", async () => {
    const pull = await scene.open({ conclusion: "success", title: "old" });
    await scene.look(pull);
    const old = pull.headSha;
    stage.github.visibility.hide(await scene.push(pull.headRef, { conclusion: "failure", title: "new" }), 2);
    await scene.look(pull);
    expect(await scene.due(pull)).toBeLessThanOrEqual(1_000);
    await scene.look(pull);
    expect(await scene.due(pull)).toBeLessThanOrEqual(2_000);
    expect(scene.runs(old)).toHaveLength(1);
    await scene.look(pull);
    expect(scene.runs(pull.headSha)).toMatchObject([{ conclusion: "failure", output: { title: "new" } }]);
  });

  test("an object thrown out of memory between webhook and check forgets nothing", async () => {
    const pull = await scene.open({ title: "survived" });
    await stage.evict("PULL_REQUEST", scene.name(pull));
    await scene.look(pull);
    expect(scene.runs(pull.headSha)).toMatchObject([{ output: { title: "survived" } }]);
  });

  test("a redelivery of what was evaluated is a duplicate, and of what was not, is work", async () => {
    const pull = await scene.open();
    const delivery = stage.github.webhooks.deliveries.findLast(({ event }) => event === "pull_request")!;
    await stage.github.redeliver(delivery);
    await stage.github.settled();
    expect(stage.github.webhooks.deliveries.at(-1)?.response.body).toContain("noted");
    await scene.look(pull);
    stage.github.redeliver(delivery);
    await stage.github.settled();
    expect(stage.github.webhooks.deliveries.at(-1)?.response.body).toContain("duplicate");
    expect(await scene.due(pull)).toBeNull();
  });
});

describe("when GitHub fails", () => {
  test("a read that fails once is repeated at once", async () => {
    const pull = await scene.open();
    scene.fault({ kind: "status", status: 502 }, { path: "*/compare/*" });
    scene.fault({ kind: "reset" }, graphql);
    await scene.look(pull);
    expect(scene.runs(pull.headSha)).toMatchObject([{ status: "completed", conclusion: "success" }]);
  });

  test("a longer failure postpones the look, and the run that was begun is completed then", async () => {
    const pull = await scene.open();
    scene.fault({ kind: "status", status: 503 }, { path: "*/compare/*" }, 6);
    await scene.look(pull);
    expect(scene.runs(pull.headSha)).toMatchObject([{ status: "in_progress" }]);
    expect(await scene.due(pull)).toBeGreaterThan(1_500);
    expect(await scene.due(pull)).toBeLessThanOrEqual(2_500);
    await scene.look(pull);
    expect(await scene.due(pull)).toBeGreaterThan(3_500);
    await scene.look(pull);
    expect(scene.runs(pull.headSha)).toMatchObject([{ status: "completed", conclusion: "success" }]);
  });

  test("a rate limit is waited for, and an event does not end the wait", async () => {
    const pull = await scene.open();
    scene.fault({ kind: "rate-limit", resetsInSeconds: 900 }, graphql);
    await scene.look(pull);
    expect(await scene.due(pull)).toBeGreaterThan(890_000);
    await scene.push(pull.headRef, { title: "later" });
    expect(await scene.due(pull)).toBeGreaterThan(890_000);
    expect(scene.requests().filter((request) => request === "POST /graphql")).toHaveLength(1);
    await scene.look(pull);
    expect(scene.runs(pull.headSha)).toMatchObject([{ conclusion: "success" }]);
  });

  test("a secondary limit is waited for as long as GitHub says", async () => {
    const pull = await scene.open();
    scene.fault(
      { kind: "secondary-limit", retryAfterSeconds: 120 },
      { method: "POST", path: "*/check-runs" },
    );
    await scene.look(pull);
    expect(await scene.due(pull)).toBeGreaterThan(110_000);
    await scene.look(pull);
    expect(scene.runs(pull.headSha)).toMatchObject([{ conclusion: "success" }]);
  });

  test("a run whose answer was lost is adopted, not doubled", async () => {
    const pull = await scene.open();
    scene.fault({ kind: "answer-lost" }, { method: "POST", path: "*/check-runs" });
    await scene.look(pull);
    expect(scene.runs(pull.headSha)).toMatchObject([{ status: "in_progress" }]);
    await stage.evict("HEAD_COMMIT", `${scene.repo.id}/${pull.headSha}`);
    await scene.look(pull);
    expect(scene.runs(pull.headSha)).toMatchObject([{ status: "completed", conclusion: "success" }]);
  });

  test("a completion whose answer was lost is never undone", async () => {
    const pull = await scene.open({ conclusion: "failure", annotations: 3 });
    scene.fault({ kind: "answer-lost" }, completion);
    await scene.look(pull);
    await scene.look(pull);
    const runs = scene.runs(pull.headSha);
    expect(runs.map(({ conclusion }) => conclusion)).toEqual(["failure", "failure"]);
    expect(runs.map(({ annotations }) => annotations.length)).toEqual([3, 3]);
  });

  test("a completion that never arrived is made up for on the same run", async () => {
    const pull = await scene.open({ conclusion: "failure" });
    scene.fault({ kind: "reset" }, completion);
    await scene.look(pull);
    await scene.look(pull);
    expect(scene.runs(pull.headSha)).toMatchObject([{ status: "completed", conclusion: "failure" }]);
  });

  test("a token that GitHub no longer takes is replaced", async () => {
    const pull = await scene.open();
    scene.fault({ kind: "status", status: 401 }, graphql);
    await scene.look(pull);
    expect(scene.runs(pull.headSha)).toMatchObject([{ conclusion: "success" }]);
  });

  test("a permission that is missing is named in the check", async () => {
    const pull = await scene.open();
    scene.fault({ kind: "status", status: 403 }, { path: "*/compare/*" }, 4);
    for (let attempt = 1; attempt <= 4; attempt++) await scene.look(pull);
    expect(scene.runs(pull.headSha)).toMatchObject([
      {
        conclusion: "failure",
        output: { title: expect.stringMatching(/^Could not evaluate: GitHub answered 403/) },
      },
    ]);
    expect(await scene.due(pull)).toBeNull();
  });
});

describe("when Sluice fails", () => {
  test("the check says so after a few attempts, and the next push heals it", async () => {
    const pull = await scene.open({ throws: "a bug in the judge" });
    for (let attempt = 1; attempt <= 3; attempt++) {
      await scene.look(pull);
      expect(scene.runs(pull.headSha)).toMatchObject([{ status: "in_progress" }]);
    }
    await scene.look(pull);
    expect(scene.runs(pull.headSha)).toMatchObject([
      { conclusion: "failure", output: { title: "Could not evaluate: a bug in the judge" } },
    ]);
    await scene.push(pull.headRef, { title: "healed" });
    await scene.look(pull);
    expect(scene.runs(pull.headSha)).toMatchObject([{ conclusion: "success" }]);
  });
});

describe("when the platform ends a look without any code of ours running", () => {
  test("it is repeated", async () => {
    const pull = await scene.open();
    await stage.kill(scene.name(pull), 2);
    await scene.look(pull);
    expect(scene.runs(pull.headSha)).toMatchObject([{ conclusion: "success" }]);
  });

  test("the third time the check says so", async () => {
    const pull = await scene.open();
    await stage.kill(scene.name(pull), 3);
    await scene.look(pull);
    expect(scene.runs(pull.headSha)).toMatchObject([
      {
        conclusion: "failure",
        output: { title: expect.stringMatching(/^Could not evaluate: .* than the platform allows/) },
      },
    ]);
  });
});

describe("the end of a pull request", () => {
  test("leaves no alarm, and reopening judges again", async () => {
    const pull = await scene.open();
    await scene.look(pull);
    await stage.github.close(pull);
    await stage.settled();
    expect(await scene.due(pull)).toBeNull();
    await stage.github.reopen(pull);
    await stage.settled();
    expect(scene.runs(pull.headSha)).toMatchObject([{ conclusion: "success" }, { conclusion: "success" }]);
  });

  test("before its verdict leaves no check in progress, and none that passes", async () => {
    const pull = await scene.open();
    scene.fault({ kind: "status", status: 503 }, { path: "*/compare/*" }, 3);
    await scene.look(pull);
    await stage.github.close(pull);
    await stage.settled();
    expect(scene.runs(pull.headSha)).toMatchObject([{ status: "completed", conclusion: "failure" }]);
  });
});

describe("what is said beside the check", () => {
  test("the report comment is kept up to date, and text that stays costs no request", async () => {
    const pull = await scene.open({ comment: "first words" });
    await scene.look(pull);
    await scene.push(pull.headRef, { comment: "first words", title: "same words" });
    await scene.look(pull);
    expect(stage.github.comments(pull.number)).toHaveLength(1);
    expect(stage.github.comments(pull.number)[0]?.lastEditedAt).toBeNull();
    await scene.push(pull.headRef, { comment: "other words" });
    await scene.look(pull);
    expect(stage.github.comments(pull.number)).toMatchObject([
      { body: expect.stringContaining("other words") },
    ]);
  });

  test("a stranger's comment with our marker is left alone, and ours is found behind a hundred others", async () => {
    const pull = await scene.open({ comment: "one" });
    stage.github.comment(pull, "mallory", "<!-- sluice:report v1 -->\nmine now");
    for (let comment = 1; comment <= 120; comment++) stage.github.comment(pull, "bob", `${comment}`);
    await scene.look(pull);
    await scene.push(pull.headRef, { comment: "two" });
    await scene.look(pull);
    const marked = stage.github.comments(pull.number).filter(({ body }) => body.includes("sluice:report"));
    expect(marked.map(({ author, body }) => [author.login, body.split("\n")[1]])).toEqual([
      ["mallory", "mine now"],
      ["sluice[bot]", "two"],
    ]);
  });

  test("a comment that GitHub refuses does not touch the verdict", async () => {
    const pull = await scene.open({ comment: "words" });
    scene.fault({ kind: "status", status: 403 }, { method: "POST", path: "*/comments" });
    await scene.look(pull);
    expect(scene.runs(pull.headSha)).toMatchObject([{ conclusion: "success" }]);
    expect(await scene.due(pull)).toBeNull();
  });

  test("a comment that GitHub could not take for the moment follows", async () => {
    const pull = await scene.open({ comment: "words" });
    scene.fault({ kind: "status", status: 503 }, { method: "POST", path: "*/comments" });
    await scene.look(pull);
    expect(scene.runs(pull.headSha)).toMatchObject([{ conclusion: "success" }]);
    await scene.look(pull);
    expect(stage.github.comments(pull.number)).toHaveLength(1);
  });

  test("a finding is commented on once, as a review that neither approves nor rejects", async () => {
    const comment = { path: "verdict.json", line: 1, fingerprint: "feed0123", body: "Look here." };
    const pull = await scene.open({ reviewComments: [comment] });
    await scene.look(pull);
    await scene.push(pull.headRef, { reviewComments: [comment, { ...comment, fingerprint: "beef4567" }] });
    await scene.look(pull);
    expect(stage.github.reviews(pull.number).map(({ state }) => state)).toEqual(["COMMENTED", "COMMENTED"]);
    expect(pull.reviewComments.map(({ body }) => body.split("\n")[0])).toEqual([
      "<!-- sluice:finding feed0123 -->",
      "<!-- sluice:finding beef4567 -->",
    ]);
  });

  test("more than 50 annotations arrive in batches, each once", async () => {
    const pull = await scene.open({ annotations: 120 });
    await scene.look(pull);
    expect(scene.runs(pull.headSha)[0]?.annotations).toHaveLength(120);
    expect(scene.requests().filter((request) => request.startsWith("PATCH"))).toHaveLength(3);
  });
});
