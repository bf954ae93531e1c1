import { suiteOf } from "../checks.ts";
import type { Files } from "../git/write.ts";
import { isFromFork, type PullRequest } from "../pull-request.ts";
import type { CommitOptions, Repository } from "../repository.ts";
import type { Events } from "../webhooks/events.ts";
import type { Account, World } from "../world.ts";

/** Where people act: the world and the way its app hears of what they do. */
export interface Scene {
  readonly world: World;
  readonly events: Events;
}

export interface Move {
  readonly branch: string;
  readonly before: string | null;
  readonly after: string;
  readonly forced: boolean;
}

export interface Pushed extends CommitOptions {
  readonly repo: Repository;
  readonly branch: string;
  readonly files: Files;
  /** Login. Default: alice. */
  readonly by?: string;
}

/** Commits onto a branch and pushes it. Answers with the new tip. */
export async function pushFiles(scene: Scene, pushed: Pushed): Promise<string> {
  const { repo, branch, files, by = "alice", ...options } = pushed;
  const before = await repo.git.tip(branch);
  const after = await repo.commit(branch, files, { author: by, ...options });
  const move = { branch, before, after, forced: options.onto !== undefined };
  await announceMove(scene, repo, move, scene.world.account(by));
  return after;
}

/** What follows when a branch has moved: pull requests with this head follow, and the app hears of it, in GitHub's order. */
export async function announceMove(
  scene: Scene,
  repository: Repository,
  move: Move,
  sender: Account,
): Promise<void> {
  const { events } = scene;
  const following = openPulls(scene.world).filter(
    (pull) =>
      pull.headRepository === repository && pull.headRef === move.branch && pull.headSha !== move.after,
  );
  for (const pull of following) await follow(scene.world, pull, move.after);
  await events.push(repository, move.branch, move, sender);
  await requestChecks(scene, repository, move.after, move, sender);
  for (const pull of following) {
    if (isFromFork(pull)) await requestChecksOfFork(scene, pull, sender);
    const { before, after } = move;
    await events.pullRequest("synchronize", pull, sender, { before, after });
  }
}

/** GitHub asks every app that may write checks for them, once per commit, when it is pushed. */
async function requestChecks(
  scene: Scene,
  repository: Repository,
  commit: string,
  branch: { readonly branch: string | null; readonly before: string | null },
  sender: Account,
): Promise<void> {
  const suite = suiteOf(scene.world, repository, commit, { name: branch.branch, before: branch.before });
  await scene.events.checkSuite("requested", suite, sender);
}

/** A fork's push is asked about in the repository the pull request goes into, and names no pull request. */
export async function requestChecksOfFork(scene: Scene, pull: PullRequest, sender: Account): Promise<void> {
  const { repository, headSha, headRef } = pull;
  await requestChecks(scene, repository, headSha, { branch: headRef, before: pull.previousHeadSha }, sender);
}

/** Points `refs/pull/N/head` of the base repository at the head: a fork's commits are read through it. */
export async function updatePullRef(pull: PullRequest): Promise<void> {
  await pull.repository.git.updateRefs([`update refs/pull/${pull.number}/head ${pull.headSha}`]);
}

async function follow(world: World, pull: PullRequest, head: string): Promise<void> {
  pull.previousHeadSha = pull.headSha;
  pull.headSha = head;
  pull.baseSha = await pull.repository.sha(`refs/heads/${pull.baseRef}`);
  pull.updatedAt = world.now();
  await updatePullRef(pull);
}

function openPulls(world: World): PullRequest[] {
  return world.repositories.flatMap(({ pulls }) => pulls).filter(({ state }) => state === "open");
}
