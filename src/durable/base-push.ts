import { policyPath } from "../github/policy-file.ts";
import type { GitHub } from "../github/port.ts";
import { mentionsMesh } from "../manifest/mention.ts";
import { readManifests } from "../manifest/read.ts";
import { buildMesh } from "../mesh/build.ts";
import { hostsOverlap } from "../mesh/hosts.ts";
import type { Mesh } from "../mesh/object.ts";
import { touchedBy } from "../mesh/touched.ts";
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
  return {
    touches: touchedBy(meshOf(change.base), meshOf(change.head)),
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

function meshOf(snapshot: ReadonlyMap<string, string>): Mesh {
  const files = [...snapshot].filter(([, text]) => mentionsMesh(text));
  return buildMesh(files.map(([path, text]) => readManifests(path, text)));
}
