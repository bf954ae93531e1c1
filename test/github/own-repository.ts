import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { runGit } from "./git/process.ts";
import type { RepositoryOptions } from "./options.ts";

/** A clone of somebody's repository, ready for `createGitHub`, and the branch to open a pull request from. */
export interface OwnRepository extends RepositoryOptions {
  readonly directory: string;
  readonly defaultBranch: string;
  readonly head: string;
}

/**
 * Clones a repository of the user's into a temporary folder. Objects are shared by reference, so that a large one is there
 * at once, and nothing is ever written into the user's folder (Git may renew the time stamp of an object it meets again). `base` and `head` are any revisions; those that are no branches become branches `base` and
 * `head` of the clone. Throws with Git's words when `path` is no repository or a revision names no commit.
 */
export async function repositoryFromGit(
  path: string,
  revisions: { readonly base: string; readonly head: string },
): Promise<OwnRepository> {
  const source = resolve(path);
  const [base, head] = await Promise.all([
    commitOf(source, revisions.base),
    commitOf(source, revisions.head),
  ]);
  const directory = await mkdtemp(join(tmpdir(), "local-github-clone-"));
  const clone = ["clone", "--quiet", "--bare", "--shared", "--template=", source, directory];
  await runGit(directory, clone, { asUser: true });
  const defaultBranch = (await isBranch(directory, revisions.base)) ? revisions.base : "base";
  const headBranch = (await isBranch(directory, revisions.head)) ? revisions.head : "head";
  const updates = [`update refs/heads/${defaultBranch} ${base}`, `update refs/heads/${headBranch} ${head}`];
  await runGit(directory, ["update-ref", "--stdin"], { input: `${updates.join("\n")}\n` });
  await runGit(directory, ["symbolic-ref", "HEAD", `refs/heads/${defaultBranch}`]);
  return { name: basename(source), directory, defaultBranch, head: headBranch };
}

async function commitOf(source: string, revision: string): Promise<string> {
  const args = ["rev-parse", "--verify", "--end-of-options", `${revision}^{commit}`];
  return (await runGit(source, args, { asUser: true })).output.toString().trim();
}

async function isBranch(directory: string, name: string): Promise<boolean> {
  const args = ["show-ref", "--verify", "--quiet", `refs/heads/${name}`];
  return (await runGit(directory, args, { accept: [0, 1, 128] })).code === 0;
}
