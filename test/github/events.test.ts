import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { curiousApp } from "./caller.ts";
import { createGitHub, type LocalGitHub, type PullRequest, type Repository } from "./index.ts";

interface Heard {
  readonly event: string;
  readonly payload: Record<string, unknown>;
}

let github: LocalGitHub;
let repo: Repository;
let pull: PullRequest;
let heard: Heard[];

beforeEach(async () => {
  heard = [];
  github = await createGitHub({
    app: curiousApp,
    repositories: [{ name: "mesh", files: { "a.yaml": "a: 1\n" } }],
    webhook: {
      secret: "secret",
      deliverTo: async (request) => {
        const payload = (await request.json()) as Record<string, unknown>;
        const event = [request.headers.get("x-github-event"), payload.action].filter(Boolean).join(".");
        heard.push({ event, payload });
        return new Response(null, { status: 202 });
      },
    },
  });
  repo = github.repository("acme/mesh");
  await repo.commit("feature", { "a.yaml": "a: 2\n" });
  pull = await github.openPullRequest({ repo, head: "feature" });
  await github.settled();
});
afterEach(() => github.stop());

const events = async () => {
  await github.settled();
  return heard.map(({ event }) => event);
};

describe("what happens is told in order", () => {
  test("a push moves the head, then tells of push, checks and pull request", async () => {
    const before = pull.headSha;
    const after = await github.push({ repo, branch: "feature", files: { "a.yaml": "a: 3\n" }, by: "bob" });
    expect(await events()).toEqual([
      "pull_request.opened",
      "push",
      "check_suite.requested",
      "pull_request.synchronize",
    ]);
    expect(heard[1]?.payload).toMatchObject({
      ref: "refs/heads/feature",
      before,
      after,
      forced: false,
      commits: [{ id: after }],
    });
    expect(heard[2]?.payload).toMatchObject({
      check_suite: { head_sha: after, head_branch: "feature", pull_requests: [{ number: 1 }] },
    });
    expect(heard[3]?.payload).toMatchObject({
      before,
      after,
      number: 1,
      pull_request: { head: { sha: after } },
      sender: { login: "bob" },
    });
  });

  test("a force-push says so", async () => {
    await github.forcePush({
      repo,
      branch: "feature",
      files: { "a.yaml": "a: 4\n" },
      onto: await repo.sha("main"),
    });
    expect((await events()).at(-1)).toBe("pull_request.synchronize");
    expect(heard[1]?.payload).toMatchObject({ forced: true });
  });

  test("a retarget is an edit that names the old base", async () => {
    await repo.branch("lax", "main");
    await github.retarget(pull, "lax", "mallory");
    expect(await events()).toContain("pull_request.edited");
    expect(heard.at(-1)?.payload).toMatchObject({
      changes: { base: { ref: { from: "main" } } },
      pull_request: { base: { ref: "lax" } },
    });
  });

  test("a merge pushes to the base and closes", async () => {
    await github.merge(pull, "carol");
    expect((await events()).slice(1)).toEqual(["push", "check_suite.requested", "pull_request.closed"]);
    expect(heard[1]?.payload).toMatchObject({ ref: "refs/heads/main", after: await repo.sha("main") });
    expect(heard[3]?.payload).toMatchObject({ pull_request: { merged: true } });
  });

  test("closing and reopening", async () => {
    await github.close(pull);
    await github.reopen(pull);
    expect((await events()).slice(1)).toEqual(["pull_request.closed", "pull_request.reopened"]);
  });

  test("a fork's push is told of in the base repository, without its pull request", async () => {
    const fork = await github.fork(repo, "mallory");
    await fork.commit("change", { "a.yaml": "a: 5\n" });
    await github.openPullRequest({ repo, head: "change", fork, author: "mallory" });
    const after = await github.push({
      repo: fork,
      branch: "change",
      files: { "a.yaml": "a: 6\n" },
      by: "mallory",
    });
    expect((await events()).slice(1)).toEqual([
      "check_suite.requested",
      "pull_request.opened",
      "check_suite.requested",
      "pull_request.synchronize",
    ]);
    expect(heard[3]?.payload).toMatchObject({
      repository: { full_name: "acme/mesh" },
      check_suite: { head_sha: after, head_branch: "change", pull_requests: [] },
    });
  });
});

test("an app hears only what it subscribed to, and always of checks asked for", async () => {
  const quiet = await createGitHub({
    app: { permissions: curiousApp.permissions, events: ["issue_comment"] },
    repositories: [{ name: "mesh", files: { "a.yaml": "a: 1\n" } }],
    webhook: { secret: "s", deliverTo: () => new Response() },
  });
  const repo = quiet.repository("acme/mesh");
  await quiet.push({ repo, branch: "feature", files: { "a.yaml": "a: 2\n" } });
  const pull = await quiet.openPullRequest({ repo, head: "feature" });
  quiet.comment(pull, "bob", "hello");
  await quiet.settled();
  expect(quiet.eventsDelivered()).toEqual(["check_suite.requested", "issue_comment.created"]);
  await quiet.stop();
});
