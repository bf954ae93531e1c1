import { readManifests } from "./manifest/read.ts";
import type { ManifestFile } from "./manifest/source.ts";
import { isChartTemplate, mentionsMesh } from "./manifest/template.ts";
import { buildMesh } from "./mesh/build.ts";
import type { Mesh } from "./mesh/object.ts";
import { touchedBy } from "./mesh/touched.ts";
import { type Assessment, approved } from "./policy/approvals/assess.ts";
import { type Decision, decide, type Evidence, type NotEvaluated } from "./policy/decide.ts";
import type { EffectivePolicy } from "./policy/effective.ts";
import { namespaceOfPath } from "./policy/environment.ts";
import { excepted, exceptionNotices } from "./policy/exceptions.ts";
import { findings } from "./policy/findings.ts";
import type { StepHistory } from "./rules/rule.ts";
import { isRollback, shiftSubject } from "./rules/stable.ts";
import type { Shift, TrafficChange } from "./traffic/change.ts";
import { compareTraffic } from "./traffic/compare.ts";
import { lastStepAt, type Past, provenDestination } from "./traffic/past.ts";
import { asNotEvaluated, type Files, guard, newProblems, withStandIns } from "./unevaluated.ts";

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
  /** What became of each finding that would stand in the way without approvals. */
  readonly assessments: readonly Assessment[];
  /** Nobody can approve anything: the operator has not set what it takes. */
  readonly approvalsOff: boolean;
}

const nothing: TrafficChange = { shifts: [], changes: [], incomplete: [], unreachable: [], broken: [] };

/** When the change is judged, in milliseconds since 1970, and whether to enforce a policy that only observes. */
export interface Occasion {
  readonly now: number;
  readonly enforce?: boolean;
  /** The default branch's past, where somebody read it (`filesWithPast`): rules that need it say so otherwise. */
  readonly past?: Past;
}

/** parse → model → diff → check → decide, over values alone: the Worker, the command line and the page call this. */
export function evaluate(change: ProposedChange, policy: EffectivePolicy, occasion: Occasion): Evaluation {
  const changed = changedPaths(change);
  const isAboutMesh = changed.some((path) =>
    [change.base, change.head].some((side) => mentionsMesh(side.get(path) ?? "")),
  );
  if (!isAboutMesh && change.unreadable.length === 0) {
    const evidence = { meshAffected: false, traffic: nothing, findings: [], notEvaluated: [], notices: [] };
    return conclude(evidence, policy, occasion);
  }
  const files = readAll(change.base);
  const guarded = guard(
    files,
    readAll(change.head),
    change.unreadable,
    changed,
    policy.unrendered === "block",
  );
  const options = { settings: policy.mesh, namespaceOf: namespaceByPolicy(policy) };
  const base = buildMesh([...files.values()], options);
  const head = withStandIns(buildMesh([...guarded.files.values()], options), base);
  const touches = touchedBy(base, head);
  const touched = new Set(touches.objects);
  const traffic = touched.size > 0 ? compareTraffic(base, head) : nothing;
  const history = occasion.past && historyOf(base, traffic.shifts, occasion.past);
  const comparison = { base, head, traffic, touched, now: occasion.now, ...(history ? { history } : {}) };
  const found = findings(comparison, policy);
  const notEvaluated = [
    ...guarded.notEvaluated,
    ...newProblems(base, head, changed),
    ...policy.unreadable.map(asNotEvaluated),
  ];
  const evidence: Evidence = {
    meshAffected: istioObjectsIn(new Set(changed), base, head) || found.length > 0 || notEvaluated.length > 0,
    traffic,
    findings: excepted(found, policy, occasion.now),
    notEvaluated,
    notices: [...policy.problems, ...exceptionNotices(found, policy, occasion.now)],
  };
  const rollbacks = traffic.shifts.filter((shift) => isRollback(shift, base, head, policy.roles, history));
  return { ...conclude(evidence, policy, occasion), rollbacks: new Set(rollbacks), touches };
}

function conclude(evidence: Evidence, policy: EffectivePolicy, { enforce = false }: Occasion): Evaluation {
  const decision = decide(evidence, policy, enforce);
  const touches = { objects: [], hosts: [] };
  return { evidence, decision, policy, rollbacks: new Set(), touches, assessments: [], approvalsOff: false };
}

/** The same evaluation, decided again with what was approved. */
export function withApprovals(evaluation: Evaluation, assessments: readonly Assessment[]): Evaluation {
  const { evidence, policy } = evaluation;
  const findings = approved(evidence.findings, assessments);
  const decision = decide({ ...evidence, findings }, policy);
  const broken = assessments.filter((assessment) => assessment.approved && assessment.brokenGlass);
  const title = broken.length > 0 ? `${decision.title}; glass broken for ${broken.length}` : decision.title;
  return {
    ...evaluation,
    evidence: { ...evidence, findings },
    decision: { ...decision, title },
    assessments,
  };
}

function historyOf(base: Mesh, shifts: readonly Shift[], past: Past): StepHistory {
  return {
    provenDestination: (shift) => provenDestination(shift, base, past),
    lastStepAt(object, subject) {
      const shift = shifts.find(
        (candidate) => candidate.object === object && shiftSubject(candidate) === subject,
      );
      return shift ? lastStepAt(shift, base, past) : null;
    },
  };
}

/** Whether a changed file holds, or held, an object of Istio: otherwise the change is no business of the mesh. */
function istioObjectsIn(changed: ReadonlySet<string>, ...meshes: readonly Mesh[]): boolean {
  return meshes.some(({ virtualServices, destinationRules, gateways, serviceEntries, sidecars }) =>
    [virtualServices, destinationRules, gateways, serviceEntries, sidecars].some((objects) =>
      objects.some(({ document }) => changed.has(document.file)),
    ),
  );
}

function namespaceByPolicy({ environments }: EffectivePolicy) {
  return (path: string) => {
    const namespace = namespaceOfPath(path, environments);
    return namespace === null ? null : { namespace, origin: "environment" as const };
  };
}

/** Paths whose text differs, that one side lacks, or that appear: in path order. */
export function changedPaths({ base, head }: Pick<ProposedChange, "base" | "head">): string[] {
  return [...new Set([...base.keys(), ...head.keys()])]
    .filter((path) => base.get(path) !== head.get(path))
    .sort();
}

function readAll(snapshot: Snapshot): Files {
  const files = new Map<string, ManifestFile>();
  const exists = (path: string) => snapshot.has(path);
  for (const path of [...snapshot.keys()].sort()) {
    const text = snapshot.get(path)!;
    if (mentionsMesh(text))
      files.set(
        path,
        readManifests(path, text, { only: mentionsMesh, chart: isChartTemplate(path, exists) }),
      );
  }
  return files;
}
