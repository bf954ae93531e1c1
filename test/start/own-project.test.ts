import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createGitHub, type LocalGitHub, type PullRequest } from "../github/index.ts";
import { UsageError } from "./options.ts";
import { ownProject } from "./own-project.ts";
import type { Project } from "./project.ts";

const folder = mkdtempSync(join(tmpdir(), "own project-"));
const git = (...args: string[]) =>
  execFileSync("git", ["-C", folder, "-c", "user.name=me", "-c", "user.email=me@example.com", ...args], {
    encoding: "utf8",
  }).trim();
const commit = (weight: number) => {
  writeFileSync(join(folder, "route.yaml"), `weight: ${weight}\n`);
  git("add", ".");
  git("commit", "-qm", `weight ${weight}`);
};
const own = { path: folder, base: null, head: null, policy: null };

let project: Project;
let github: LocalGitHub;
let pull: PullRequest;

beforeAll(async () => {
  git("init", "-q", "-b", "main");
  commit(10);
  git("checkout", "-qb", "my-branch");
  commit(60);
  project = await ownProject(own);
  github = await createGitHub({ repositories: project.repositories });
  pull = await project.open(github);
});
afterAll(async () => {
  await github.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("the current branch is proposed for the default branch", () => {
  expect([pull.baseRef, pull.headRef, pull.headSha]).toEqual([
    "main",
    "my-branch",
    git("rev-parse", "my-branch"),
  ]);
});

test("the folder's name becomes one that GitHub allows", () => {
  expect(pull.repository.name).toMatch(/^own-project-[\w.-]+$/);
});

test("a button pushes what the user has committed since, and says when there is nothing", async () => {
  const push = project.head()!;
  expect(await push.push(github, pull)).toContain("no new commit");
  commit(25);
  expect(await push.push(github, pull)).toBeNull();
  expect(pull.headSha).toBe(git("rev-parse", "my-branch"));
});

test("nothing is written into the user's repository", async () => {
  const before = git("for-each-ref", "--format=%(refname) %(objectname)");
  await github.push({ repo: pull.repository, branch: "main", files: { "other.yaml": "a: 1\n" } });
  expect(git("for-each-ref", "--format=%(refname) %(objectname)")).toBe(before);
});

test.each([
  ["a folder that is no repository", { path: tmpdir() }, "is no Git repository"],
  ["a base that names nothing", { base: "nowhere" }, "--base: nowhere names no commit"],
  ["a head that names nothing", { head: "--output=x" }, "--head: --output=x names no commit"],
  ["a head with nothing new", { head: "main" }, "there is nothing to merge"],
  ["a policy that is not there", { policy: "/nowhere/policy.yaml" }, "/nowhere/policy.yaml cannot be read"],
])("%s is refused as usage", async (_name, wrong, message) => {
  const refused = ownProject({ ...own, ...wrong });
  await expect(refused).rejects.toThrow(UsageError);
  await expect(refused).rejects.toThrow(message);
});
