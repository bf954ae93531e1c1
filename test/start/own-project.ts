import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { GitRepository as UsersRepository } from "../../src/cli/git.ts";
import { runGit } from "../github/git/process.ts";
import { type LocalGitHub, type PullRequest, repositoryFromGit } from "../github/index.ts";
import { type OwnOptions, UsageError } from "./options.ts";
import type { Project, Push } from "./project.ts";

/** Who the user is on the local GitHub. */
const user = "you";

/**
 * The user's own repository with a pull request from one of its branches into another. A clone is served, which shares the
 * user's objects and has its own branches: the user's folder is read only. Throws a `UsageError` when there is nothing to show.
 */
export async function ownProject({ path, base, head, policy }: OwnOptions): Promise<Project> {
  const users = await UsersRepository.containing(path);
  if (users === null) throw new UsageError(`${path} is no Git repository`);
  const revisions = {
    base: base ?? (await defaultBranch(users)),
    head: head ?? (await currentBranch(users)),
  };
  await assertDiffer(users, revisions);
  const policyText = policy === null ? null : await readPolicy(policy);
  const own = await repositoryFromGit(users.folder, revisions);
  const name = repositoryName(users.folder);
  const headPush = follow(users, revisions.head, own.head, "head");
  const basePush = follow(users, revisions.base, own.defaultBranch, "base");

  return {
    repositories: [
      { ...own, name, roles: { [user]: "admin" } },
      ...(policyText === null ? [] : [{ name: ".github", files: { ".github/sluice.yaml": policyText } }]),
    ],
    people: [user, "reviewer"],
    open(github) {
      const repo = github.repository(`acme/${name}`);
      return github.openPullRequest({
        repo,
        base: own.defaultBranch,
        head: own.head,
        author: user,
        title: `Merge ${revisions.head} into ${revisions.base}`,
        body: "Served from your repository. What you have not committed is not part of it.",
      });
    },
    head: () => headPush,
    base: () => basePush,
  };
}

/** Pushes what the user's branch has become since. */
function follow(users: UsersRepository, revision: string, branch: string, end: "head" | "base"): Push {
  return {
    label: end === "head" ? "Push again" : `Update ${branch}`,
    explanation: `Take what ${revision} is now in your repository`,
    async push(github: LocalGitHub, { repository }: PullRequest) {
      const before = await repository.git.tip(branch);
      const after = await users.commit(revision);
      if (after === null) return `${revision} names no commit in your repository any more.`;
      if (after === before) return `${revision} has no new commit in your repository.`;
      await repository.git.updateRefs([`update refs/heads/${branch} ${after}`]);
      const forced = before !== null && (await repository.git.mergeBase(before, after)) !== before;
      await github.moved(repository, { branch, before, after, forced }, user);
      return null;
    },
  };
}

async function assertDiffer(
  users: UsersRepository,
  { base, head }: { base: string; head: string },
): Promise<void> {
  const [from, to] = await Promise.all([users.commit(base), users.commit(head)]);
  if (from === null) throw new UsageError(`--base: ${base} names no commit of ${users.folder}`);
  if (to === null) throw new UsageError(`--head: ${head} names no commit of ${users.folder}`);
  const common = await users.mergeBase(from, to);
  if (common === null) throw new UsageError(`${base} and ${head} have no common history`);
  if (common === to)
    throw new UsageError(`${head} has no commit that ${base} lacks: there is nothing to merge`);
}

/** The folder's name in the characters GitHub allows; `.github` would be the policy's repository. */
function repositoryName(folder: string): string {
  return (
    basename(folder)
      .replace(/[^\w.-]+/g, "-")
      .replace(/^\.+/, "") || "mesh"
  );
}

async function readPolicy(path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => {
    throw new UsageError(`--policy: ${path} cannot be read`);
  });
}

/** The default branch, under its local name where there is one. */
async function defaultBranch(users: UsersRepository): Promise<string> {
  const found = await users.defaultBranch();
  if (found === null)
    throw new UsageError("--base is needed: the repository has no main, master or origin/HEAD");
  const local = found.replace(/^origin\//, "");
  return (await users.commit(local)) === null ? found : local;
}

/** The branch that is checked out; `HEAD` when none is. */
async function currentBranch({ folder }: UsersRepository): Promise<string> {
  const { output } = await runGit(folder, ["rev-parse", "--abbrev-ref", "HEAD"], { asUser: true });
  return output.toString().trim();
}
