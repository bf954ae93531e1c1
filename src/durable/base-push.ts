import type { GitHub } from "../github/port.ts";
import { readRepository } from "../manifest/kustomize/repository.ts";
import { buildMesh } from "../mesh/build.ts";
import { hostsOverlap } from "../mesh/hosts.ts";
import { touchedBy } from "../mesh/touched.ts";
import { policyPath } from "../policy/layers.ts";
import { readChange } from "../read-change.ts";

/** What a pull request or a push is about; null: it could be anything. */
export type Touches = { readonly objects: readonly string[]; readonly hosts: readonly string[] } | null;

/** What a push did. */
export interface PushEffect {
  readonly touches: Touches;
  /** The policy file may be another one now. */
  readonly policyChanged: boolean;
}

/** GitHub lists no more files than this in a comparison (repos/compare-commits-with-basehead). */
const filesCompared = 300;

/** What a push from `before` to `after` did. Rewritten history and unreadable files could be about anything. */
export async function effectOfPush(github: GitHub, before: string, after: string): Promise<PushEffect> {
  const { change, comparison } = await readChange(github, { baseTip: before, head: after, testMerge: null });
  const { mergeBase, patches } = comparison;
  if (mergeBase !== before || change.unreadable.length > 0) return { touches: null, policyChanged: true };
  const earlier = readRepository(change.base, { unread: change.unread?.base });
  const later = readRepository(change.head, { earlier, unread: change.unread?.head });
  return {
    touches: touchedBy(buildMesh(earlier.files), buildMesh(later.files)),
    policyChanged: patches.has(policyPath) || patches.size >= filesCompared,
  };
}

/** Whether a push and a pull request speak of one object or one host. */
export function concerns(push: Touches, pullRequest: Touches): boolean {
  if (push === null) return true;
  if (pullRequest === null) return push.objects.length > 0;
  const objects = new Set(push.objects);
  return (
    pullRequest.objects.some((object) => objects.has(object)) ||
    push.hosts.some((host) => pullRequest.hosts.some((other) => hostsOverlap(host, other)))
  );
}
