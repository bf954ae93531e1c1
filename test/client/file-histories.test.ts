import { afterAll, beforeAll, expect, test } from "vitest";
import { GitHubApp } from "../../src/github/app.ts";
import { connectRepository } from "../../src/github/client.ts";
import { readFileHistories } from "../../src/github/file-histories.ts";
import { permissions } from "../../src/github/manifest.ts";
import { readPrivateKey } from "../../src/github/pem.ts";
import { createGitHub, type Files, type LocalGitHub, type Repository } from "../github/index.ts";

const hour = 60 * 60_000;
let github: LocalGitHub;
let now = Date.parse("2026-11-22T12:00:00Z");
const names = Array.from({ length: 10 }, (_, index) => `mesh-${index}`);

beforeAll(async () => {
  github = await createGitHub({
    clock: () => now,
    app: {
      permissions: Object.fromEntries(Object.entries(permissions).map(([name, { level }]) => [name, level])),
    },
    repositories: names.map((name) => ({ name, files: { "a.yaml": "first", "other.yaml": "first" } })),
  });
});
afterAll(() => github.stop());

function repository(): Repository {
  return github.repository(`acme/${names.pop()}`);
}

/** The texts that the default branch had, newest first, each with how many hours ago it came; null: by no pull request. */
async function history(repo: Repository, paths: readonly string[] = ["a.yaml"]) {
  const key = readPrivateKey(github.app.privateKey);
  const app = new GitHubApp({
    appId: github.app.id,
    privateKey: "pem" in key ? key.pem : "",
    apiUrl: github.url,
  });
  const installation = github.world.installations.find(({ account }) => account === repo.owner)?.id ?? 0;
  const ref = { id: repo.id, owner: repo.owner.login, name: repo.name };
  const read = await readFileHistories(connectRepository(app, installation, ref), ref, paths);
  expect(github.violations).toEqual([]);
  const hours = (at: number) => (now - at <= 1_000 * hour ? Math.round((now - at) / hour) : null);
  return Object.fromEntries(
    [...read].map(([path, versions]) => [path, versions.map(({ text, at }) => [text, hours(at)])]),
  );
}

/** A branch with these commits becomes a pull request into `base`. */
async function opened(repo: Repository, commits: readonly Files[], head = "change", base = "main") {
  await repo.branch(head, base);
  for (const files of commits) await github.push({ repo, branch: head, files });
  return github.openPullRequest({ repo, head, base });
}

test("a change counts from its merge, whenever its commits say that they were made", async () => {
  const repo = repository();
  const pull = await opened(repo, [{ "a.yaml": "second" }]);
  now += 72 * hour;
  await github.merge(pull);
  now += hour;
  expect(await history(repo)).toEqual({
    "a.yaml": [
      ["second", 1],
      ["first", null],
    ],
  });
});

test("what a branch had in between was never on the default branch", async () => {
  const repo = repository();
  const pull = await opened(repo, [{ "a.yaml": "everything to canary" }, { "a.yaml": "second" }]);
  await github.merge(pull);
  now += 2 * hour;
  expect((await history(repo))["a.yaml"]).toEqual([
    ["second", 2],
    ["first", null],
  ]);
});

test("branches come in the order of their merges", async () => {
  const repo = repository();
  const early = await opened(repo, [{ "a.yaml": "made first" }], "early");
  const late = await opened(repo, [{ "a.yaml": "made last", "notes.md": "more" }], "late");
  await github.merge(late);
  await github.push({
    repo,
    branch: "early",
    files: { "a.yaml": "made first" },
    onto: await repo.sha("main"),
  });
  now += hour;
  await github.merge(early);
  now += hour;
  expect((await history(repo))["a.yaml"]).toEqual([
    ["made first", 1],
    ["made last", 2],
    ["first", null],
  ]);
});

test("a merge into another branch is none into the default branch", async () => {
  const repo = repository();
  await repo.branch("release");
  const inner = await opened(repo, [{ "a.yaml": "second" }], "change", "release");
  await github.merge(inner);
  now += 5 * hour;
  const outer = await github.openPullRequest({ repo, head: "release" });
  await github.merge(outer);
  now += hour;
  expect((await history(repo))["a.yaml"]?.[0]).toEqual(["second", 1]);
});

test("a push past all pull requests counts from its commit", async () => {
  const repo = repository();
  await github.push({ repo, branch: "main", files: { "a.yaml": "pushed" } });
  expect((await history(repo))["a.yaml"]).toEqual([
    ["pushed", null],
    ["first", null],
  ]);
});

test("many files take a request for ten of them, and those that were never there are left out", async () => {
  const repo = repository();
  const before = github.requests.length;
  const paths = ["a.yaml", "other.yaml", ...Array.from({ length: 9 }, (_, index) => `gone-${index}.yaml`)];
  expect(Object.keys(await history(repo, paths))).toEqual(["a.yaml", "other.yaml"]);
  expect(github.requests.slice(before).filter(({ path }) => path === "/graphql")).toHaveLength(2);
});
