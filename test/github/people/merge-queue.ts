import type { PullRequest } from "../pull-request.ts";
import type { MergeGroup } from "../repository.ts";
import type { Account } from "../world.ts";
import type { Scene } from "./pushes.ts";

/**
 * Puts pull requests into the merge queue of their base branch, in this order. Each gets a real merge commit on top of
 * what is queued before it; checks are asked for on the last one only, as for a group of several.
 */
export async function enqueue(
  { world, events }: Scene,
  pulls: readonly PullRequest[],
  sender: Account,
): Promise<MergeGroup> {
  const [first] = pulls;
  if (first === undefined) throw new Error("nobody is queued");
  const { repository, baseRef } = first;
  for (const pull of pulls) {
    const last = repository.queue.filter(({ branch }) => branch === baseRef).at(-1);
    const base = last?.head ?? (await repository.sha(`refs/heads/${baseRef}`));
    const head = await repository.git.testMerge(base, pull.headSha);
    if (head === null) throw new Error(`pull request ${pull.number} conflicts with what is queued before it`);
    const ref = `refs/heads/gh-readonly-queue/${baseRef}/pr-${pull.number}-${base}`;
    await repository.git.updateRefs([`update ${ref} ${head}`]);
    repository.queue.push({ id: world.nextId(), repository, branch: baseRef, pull, head, base, ref });
  }
  const group = repository.queue.at(-1)!;
  await events.mergeGroup("checks_requested", group, sender);
  return group;
}

/** Takes an entry out of the queue without merging it. */
export async function dequeue({ events }: Scene, group: MergeGroup, sender: Account): Promise<void> {
  const { queue } = group.repository;
  queue.splice(queue.indexOf(group), 1);
  await events.mergeGroup("destroyed", group, sender, { reason: "dequeued" });
}
