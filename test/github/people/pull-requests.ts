import { isFromFork, type PullRequest } from "../pull-request.ts";
import type { Repository } from "../repository.ts";
import type { Account } from "../world.ts";
import { announceMove, requestChecksOfFork, type Scene, updatePullRef } from "./pushes.ts";

export interface NewPullRequest {
  readonly repo: Repository;
  /** Branch with the changes, in `fork` if there is one. */
  readonly head: string;
  /** Branch it goes into. Default: the default branch. */
  readonly base?: string;
  /** Login. Default: alice. */
  readonly author?: string;
  readonly title?: string;
  readonly body?: string;
  readonly draft?: boolean;
  readonly fork?: Repository;
}

/** Opens a pull request. */
export async function openPullRequest(scene: Scene, asked: NewPullRequest): Promise<PullRequest> {
  const { world, events } = scene;
  const repository = asked.repo;
  const headRepository = asked.fork ?? repository;
  const baseRef = asked.base ?? repository.defaultBranch;
  assertNoTwin(repository, headRepository, asked.head, baseRef);
  const headSha = await headRepository.sha(`refs/heads/${asked.head}`);
  const now = world.now();
  const pull: PullRequest = {
    id: world.nextId(),
    number: repository.pulls.length + 1,
    repository,
    headRepository,
    headRef: asked.head,
    headSha,
    previousHeadSha: headSha,
    baseRef,
    baseSha: await repository.sha(`refs/heads/${baseRef}`),
    shownMerge: null,
    title: asked.title ?? `Merge ${asked.head}`,
    body: asked.body ?? null,
    author: world.account(asked.author ?? "alice"),
    draft: asked.draft ?? false,
    state: "open",
    merged: null,
    createdAt: now,
    updatedAt: now,
    closedAt: null,
    comments: [],
    reviews: [],
    reviewComments: [],
  };
  repository.pulls.push(pull);
  await updatePullRef(pull);
  if (isFromFork(pull)) await requestChecksOfFork(scene, pull, pull.author);
  await events.pullRequest("opened", pull, pull.author);
  return pull;
}

/** GitHub allows one open pull request between two branches. */
function assertNoTwin(repository: Repository, headRepository: Repository, head: string, base: string): void {
  const open = repository.pulls.filter(({ state }) => state === "open");
  const twin = open.find(
    (pull) => pull.headRepository === headRepository && pull.headRef === head && pull.baseRef === base,
  );
  if (twin !== undefined) throw new Error(`a pull request already exists for ${head}: ${twin.number}`);
}

/** Changes the branch a pull request goes into: `pull_request.edited` with the old one in `changes.base`. */
export async function retarget(
  scene: Scene,
  pull: PullRequest,
  base: string,
  sender: Account,
): Promise<void> {
  const changes = { base: { ref: { from: pull.baseRef }, sha: { from: pull.baseSha } } };
  pull.baseRef = base;
  pull.baseSha = await pull.repository.sha(`refs/heads/${base}`);
  pull.updatedAt = scene.world.now();
  await scene.events.pullRequest("edited", pull, sender, { changes });
}

/** Closes a pull request without merging it. */
export async function close(scene: Scene, pull: PullRequest, sender: Account): Promise<void> {
  pull.state = "closed";
  pull.closedAt = scene.world.now();
  pull.updatedAt = pull.closedAt;
  await scene.events.pullRequest("closed", pull, sender);
}

/** Opens a closed pull request again, at the present tips of its branches. */
export async function reopen(scene: Scene, pull: PullRequest, sender: Account): Promise<void> {
  pull.state = "open";
  pull.closedAt = null;
  pull.headSha = await pull.headRepository.sha(`refs/heads/${pull.headRef}`);
  pull.baseSha = await pull.repository.sha(`refs/heads/${pull.baseRef}`);
  pull.updatedAt = scene.world.now();
  await updatePullRef(pull);
  await scene.events.pullRequest("reopened", pull, sender);
}

/** Merges with a merge commit, whatever checks say. Throws when the branches conflict. */
export async function merge(scene: Scene, pull: PullRequest, sender: Account): Promise<void> {
  const { repository, baseRef } = pull;
  const before = await repository.sha(`refs/heads/${baseRef}`);
  const after = await repository.git.testMerge(before, pull.headSha);
  if (after === null) throw new Error(`pull request ${pull.number} conflicts with ${baseRef}`);
  await repository.git.updateRefs([`update refs/heads/${baseRef} ${after} ${before}`]);
  const now = scene.world.now();
  pull.state = "closed";
  pull.merged = { sha: after, at: now, by: sender };
  pull.closedAt = now;
  pull.updatedAt = now;
  await announceMove(scene, repository, { branch: baseRef, before, after, forced: false }, sender);
  await scene.events.pullRequest("closed", pull, sender);
}
