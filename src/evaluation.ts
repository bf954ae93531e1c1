import { readManifests } from "./manifest/read.ts";
import type { ManifestFile, Problem } from "./manifest/source.ts";
import { mentionsMesh } from "./manifest/template.ts";
import { buildMesh } from "./mesh/build.ts";
import type { Mesh } from "./mesh/object.ts";
import { touchedBy } from "./mesh/touched.ts";
import { type Decision, decide, type Evidence, type NotEvaluated } from "./policy/decide.ts";
import type { EffectivePolicy } from "./policy/effective.ts";
import { findings } from "./policy/findings.ts";
import { isRollback } from "./rules/stable.ts";
import type { Shift, TrafficChange } from "./traffic/change.ts";
import { compareTraffic } from "./traffic/compare.ts";

/** One state of a repository: the text of every file that may hold manifests, by path. */
export type Snapshot = ReadonlyMap<string, string>;

/** Two states, and what about the second could not even be read. */
export interface ProposedChange {
  readonly base: Snapshot;
  readonly head: Snapshot;
  readonly unreadable: readonly NotEvaluated[];
}

/** Everything Sluice knows about a proposed change. */
export interface Evaluation {
  readonly evidence: Evidence;
  readonly decision: Decision;
  readonly policy: EffectivePolicy;
  /** The shifts that only give traffic back to the stable destination. */
  readonly rollbacks: ReadonlySet<Shift>;
  /** Object ids and hosts that the change speaks about. */
  readonly touches: { readonly objects: readonly string[]; readonly hosts: readonly string[] };
}

const nothing: TrafficChange = { shifts: [], changes: [], incomplete: [], unreachable: [], broken: [] };

/**
 * parse → model → diff → check → decide, over values alone: the Worker, the command line and the page call this.
 * `enforce` overrides a policy that only observes.
 */
export function evaluate(change: ProposedChange, policy: EffectivePolicy, enforce = false): Evaluation {
  const changed = changedPaths(change);
  if (!changed.some((path) => isAboutMesh(change, path)) && change.unreadable.length === 0) {
    return conclude(
      { meshAffected: false, traffic: nothing, findings: [], notEvaluated: [] },
      policy,
      enforce,
    );
  }
  const files = { base: readAll(change.base), head: readAll(change.head) };
  const base = buildMesh([...files.base.values()], { settings: policy.mesh });
  const head = buildMesh([...files.head.values()], { settings: policy.mesh });
  const touches = touchedBy(base, head);
  const touched = new Set(touches.objects);
  const traffic = touched.size > 0 ? compareTraffic(base, head) : nothing;
  const unread = [
    ...change.unreadable,
    ...changed.flatMap((path) => notEvaluatedIn(files.head.get(path), files.base.get(path), policy)),
    ...refusedObjects(base, head, new Set(changed)),
    ...policy.unreadable.map((problem) => notEvaluated(problem)),
  ];
  const evidence: Evidence = {
    meshAffected: touched.size > 0 || unread.length > 0 || changed.length > 0,
    traffic,
    findings: findings({ base, head, traffic, touched }, policy),
    notEvaluated: unread,
  };
  const rollbacks = traffic.shifts.filter((shift) => isRollback(shift, base, head, policy.roles));
  return { ...conclude(evidence, policy, enforce), rollbacks: new Set(rollbacks), touches };
}

function conclude(evidence: Evidence, policy: EffectivePolicy, enforce: boolean): Evaluation {
  const decision = decide(evidence, policy, enforce);
  return { evidence, decision, policy, rollbacks: new Set(), touches: { objects: [], hosts: [] } };
}

/** Paths whose text differs, that one side lacks, or that appear: in path order. */
export function changedPaths({ base, head }: Pick<ProposedChange, "base" | "head">): string[] {
  return [...new Set([...base.keys(), ...head.keys()])]
    .filter((path) => base.get(path) !== head.get(path))
    .sort();
}

function isAboutMesh({ base, head }: ProposedChange, path: string): boolean {
  return mentionsMesh(base.get(path) ?? "") || mentionsMesh(head.get(path) ?? "");
}

function readAll(snapshot: Snapshot): Map<string, ManifestFile> {
  const files = new Map<string, ManifestFile>();
  for (const path of [...snapshot.keys()].sort()) {
    const text = snapshot.get(path)!;
    if (mentionsMesh(text)) files.set(path, readManifests(path, text));
  }
  return files;
}

/** What of a changed file could not be evaluated on head. Unchanged files only lower certainty. */
function notEvaluatedIn(
  head: ManifestFile | undefined,
  base: ManifestFile | undefined,
  policy: EffectivePolicy,
): NotEvaluated[] {
  if (!head) return [];
  const broken = head.problems.map(notEvaluated);
  if (!head.notRendered) return broken;
  const wasEvaluated = base !== undefined && !base.notRendered && base.documents.length > 0;
  const { reason, range } = head.notRendered;
  return [
    ...broken,
    { file: head.path, reason, range, blocks: policy.unrendered === "block" || wasEvaluated },
  ];
}

/** Objects of changed files that Kubernetes would refuse: they would not reach the cluster. Base's own are not news. */
function refusedObjects(base: Mesh, head: Mesh, changed: ReadonlySet<string>): NotEvaluated[] {
  const known = new Set(base.problems.map((problem) => `${problem.range.file}\n${problem.message}`));
  return head.problems
    .filter(({ range, message }) => changed.has(range.file) && !known.has(`${range.file}\n${message}`))
    .map(notEvaluated);
}

function notEvaluated({ range, message, fix }: Problem): NotEvaluated {
  return { file: range.file, reason: message, blocks: true, range, ...(fix === undefined ? {} : { fix }) };
}
