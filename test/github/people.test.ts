import type { Octokit } from "@octokit/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { asInstallation, refusal } from "./caller.ts";
import { createGitHub, type LocalGitHub, type PullRequest, type Repository } from "./index.ts";

let github: LocalGitHub;
let octokit: Octokit;
let repo: Repository;
let pull: PullRequest;

beforeAll(async () => {
  github = await createGitHub({ repositories: [{ name: "mesh", files: { "a.yaml": "a: 1\n" } }] });
  repo = github.repository("acme/mesh");
  await repo.commit("feature", { "b.yaml": "b: 2\n" });
  pull = await github.openPullRequest({ repo, head: "feature" });
  octokit = await asInstallation(github);
});
afterAll(() => github.stop());

describe("teams", () => {
  const membership = (username: string, team_slug = "traffic", org = "acme") =>
    octokit.request("GET /orgs/{org}/teams/{team_slug}/memberships/{username}", { org, team_slug, username });

  test("members, those of child teams and those who were invited", async () => {
    github.team("acme/traffic", { bob: "active", peter: "pending" });
    github.team("acme/night", { nina: "active" }, "traffic");
    expect((await membership("BOB")).data.state).toBe("active");
    expect((await membership("nina")).data.state).toBe("active");
    expect((await membership("peter")).data.state).toBe("pending");
  });

  test("nobody else, no such team, another organisation", async () => {
    for (const asked of [
      membership("carol"),
      membership("bob", "nobody"),
      membership("bob", "traffic", "other"),
    ]) {
      expect(await refusal(asked)).toMatchObject({ status: 404 });
    }
  });

  test("the permission is needed", async () => {
    const narrow = await asInstallation(github, { permissions: { contents: "read" } });
    const asked = narrow.request("GET /orgs/{org}/teams/{team_slug}/memberships/{username}", {
      org: "acme",
      team_slug: "traffic",
      username: "bob",
    });
    expect(await refusal(asked)).toMatchObject({ status: 403 });
  });
});

test("a reaction is made once", async () => {
  const comment = github.comment(pull, "bob", "look");
  const react = () =>
    octokit.request("POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions", {
      owner: "acme",
      repo: "mesh",
      comment_id: comment.id,
      content: "eyes",
    });
  expect((await react()).status).toBe(201);
  expect((await react()).status).toBe(200);
  expect(comment.reactions).toEqual(["eyes"]);
});

test("a merge group is a real merge on top of what is queued before it, and leaves the queue", async () => {
  await repo.commit("other", { "c.yaml": "c: 3\n" });
  const other = await github.openPullRequest({ repo, head: "other" });
  const first = await github.enqueue([pull]);
  const second = await github.enqueue([other]);
  expect(first.base).toBe(await repo.sha("refs/heads/main"));
  expect(second.base).toBe(first.head);
  for (const path of ["a.yaml", "b.yaml", "c.yaml"]) {
    expect(await repo.git.entry(second.head, path)).not.toBeNull();
  }
  const read = () =>
    octokit.graphql<{ repository: { mergeQueue: { entries: { nodes: unknown[] } } } }>(
      `query { repository(owner: "acme", name: "mesh") { mergeQueue(branch: "main") {
        entries(first: 10) { nodes { position headCommit { oid } baseCommit { oid } pullRequest { number } } } } } }`,
    );
  expect((await read()).repository.mergeQueue.entries.nodes).toEqual([
    expect.objectContaining({
      position: 1,
      headCommit: { oid: first.head },
      pullRequest: { number: pull.number },
    }),
    expect.objectContaining({
      position: 2,
      headCommit: { oid: second.head },
      baseCommit: { oid: first.head },
    }),
  ]);
  await github.dequeue(first);
  expect((await read()).repository.mergeQueue.entries.nodes).toHaveLength(1);
});
