import { type Inventory, inventoryFiles, inventoryNotices, missingInventory, statesOf } from "./inventory.ts";
import { BuiltDocument } from "./manifest/kustomize/built-document.ts";
import {
  kustomizationInputs,
  type Repository,
  readRepository,
  rereadWith,
} from "./manifest/kustomize/repository.ts";
import { mattersToMesh, mentionsIstioGroup } from "./manifest/mention.ts";
import { buildMesh } from "./mesh/build.ts";
import { withMovedScopes } from "./mesh/moved-scopes.ts";
import type { Mesh, MeshObject } from "./mesh/object.ts";
import { touchedBy } from "./mesh/touched.ts";
import { type Assessment, approved } from "./policy/approvals/assess.ts";
import { type Decision, decide, type Evidence, type NotEvaluated } from "./policy/decide.ts";
import type { EffectivePolicy } from "./policy/effective.ts";
import { namespaceOfPath } from "./policy/environment.ts";
import { excepted, exceptionNotices } from "./policy/exceptions.ts";
import { findings } from "./policy/findings.ts";
import { standing } from "./policy/standing.ts";
import { type Reach, reachOf } from "./reach.ts";
import type { Finding } from "./rules/finding.ts";
import { Moment, type Turn } from "./rules/moment.ts";
import type { StepHistory } from "./rules/rule.ts";
import { isRollback, shiftSubject } from "./rules/stable.ts";
import type { Shift, TrafficChange } from "./traffic/change.ts";
import { compareTraffic } from "./traffic/compare.ts";
import { filesWithPast, lastStepAt, type Past, provenDestination } from "./traffic/past.ts";
import {
  asNotEvaluated,
  type Files,
  guard,
  newProblems,
  saidOnce,
  silences,
  withStandIns,
} from "./unevaluated.ts";

/** One state of a repository: the text of every file that may hold manifests, by path. */
export type Snapshot = ReadonlyMap<string, string>;

/** Two states, and what about the second could not even be read. */
export interface ProposedChange {
  readonly base: Snapshot;
  readonly head: Snapshot;
  readonly unreadable: readonly NotEvaluated[];
  /** Files that a state has and that could not be read, changed or not: whatever is built of them is incomplete. */
  readonly unread?: { readonly base: ReadonlySet<string>; readonly head: ReadonlySet<string> };
  /** Other repositories that complete the mesh of both states. */
  readonly inventory?: readonly Inventory[];
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
  /** Files whose past on the default branch the judgement depends on. */
  readonly pastFiles: readonly string[];
  /** When the same change may be judged otherwise, though nobody does anything; null: never. */
  readonly turn: Turn | null;
}

const nothing: TrafficChange = { shifts: [], changes: [], incomplete: [], unreachable: [], broken: [] };
const noEvidence: Evidence = {
  meshAffected: false,
  traffic: nothing,
  findings: [],
  notEvaluated: [],
  inventory: [],
  notices: [],
};

/** When the change is judged, in milliseconds since 1970, and whether to enforce a policy that only observes. */
export interface Occasion {
  readonly now: number;
  readonly enforce?: boolean;
  /** The default branch's past, where somebody read it (`filesWithPast`): rules that need it say so otherwise. */
  readonly past?: Past;
}

/** parse → model → diff → check → decide, over values alone: the Worker, the command line and the page call this. */
export function evaluate(change: ProposedChange, policy: EffectivePolicy, occasion: Occasion): Evaluation {
  const isAboutMesh = concernsMesh(change);
  if (!isAboutMesh && change.unreadable.length === 0) return conclude(noEvidence, policy, occasion);
  const changed = changedPaths(change);
  const unreadable = change.unreadable.map(({ file }) => file);
  const unread = new Set([...unreadable, ...(change.unread?.head ?? [])]);
  const before = readRepository(change.base, { unread: change.unread?.base });
  const after = readRepository(change.head, { earlier: before, unread });
  const reach = reachOf([...changed, ...unreadable], before, after);
  const files = byPath(before);
  const guarded = guard(files, byPath(after), change.unreadable, reach, policy.unrendered === "block");
  const options = { settings: policy.mesh, namespaceOf: namespaceByPolicy(policy) };
  const { inventory = [] } = change;
  const elsewhere = inventoryFiles(inventory);
  const applied = buildMesh([...guarded.files.values(), ...elsewhere], options);
  const base = withMovedScopes(buildMesh([...files.values(), ...elsewhere], options), applied);
  const head = withStandIns(applied, base);
  const touches = touchedBy(base, head);
  const touched = new Set(touches.objects);
  const traffic = touched.size > 0 ? compareTraffic(base, head) : nothing;
  const history = occasion.past && historyOf(base, before, traffic.shifts, occasion.past);
  const moment = new Moment(occasion.now);
  const comparison = { base, head, traffic, touched, moment, ...(history ? { history } : {}) };
  const found = findings(comparison, policy).filter(
    ({ object, state, range }) => !(range.elsewhere && state === "existing" && !touched.has(object)),
  );
  const unevaluated = [
    ...guarded.notEvaluated,
    ...newProblems(base, head, reach),
    ...silences(before, after, reach),
  ];
  const notEvaluated = saidOnce([
    ...unevaluated.map((entry) => ({ ...entry, blocks: entry.blocks && policy.governs(entry.file) })),
    ...policy.unreadable.map(asNotEvaluated),
  ]);
  const meshAffected =
    [base, head].some((mesh) => istioObjects(mesh).some(concernsIstio(change, reach, touched))) ||
    found.length > 0 ||
    notEvaluated.length > 0;
  const evidence: Evidence = {
    meshAffected,
    traffic,
    findings: excepted(found, policy, moment),
    notEvaluated: [
      ...notEvaluated,
      ...(isAboutMesh && meshAffected ? missingInventory(inventory, policy) : []),
    ],
    inventory: statesOf(inventory),
    notices: [
      ...policy.problems,
      ...exceptionsToTell(found, head, policy, moment),
      ...(meshAffected ? inventoryNotices(inventory, head, touched) : []),
    ],
  };
  const rollbacks = traffic.shifts.filter((shift) => isRollback(shift, base, head, policy.roles, history));
  const said = { turn: moment.turn, pastFiles: filesWithPast(traffic.shifts, base) };
  return { ...conclude(evidence, policy, occasion), rollbacks: new Set(rollbacks), touches, ...said };
}

function exceptionsToTell(found: readonly Finding[], head: Mesh, policy: EffectivePolicy, moment: Moment) {
  if (policy.exceptions.length === 0) return [];
  return exceptionNotices(found, standing(head, policy, moment.now), policy, moment);
}

/** Whether a change can matter to the mesh: its files speak of it, or are parts of what kustomizations build. */
export function concernsMesh({ base, head }: ProposedChange): boolean {
  const changed = changedPaths({ base, head });
  return [base, head].some((side) => {
    if (changed.some((path) => mattersToMesh(side.get(path) ?? ""))) return true;
    const inputs = kustomizationInputs(side);
    return changed.some((path) => inputs.has(path));
  });
}

function byPath({ files }: Repository): Files {
  return new Map(files.map((file) => [file.path, file]));
}

function conclude(evidence: Evidence, policy: EffectivePolicy, { enforce = false }: Occasion): Evaluation {
  const decision = decide(evidence, policy, enforce);
  const touches = { objects: [], hosts: [] };
  const unapproved = { assessments: [], approvalsOff: false, pastFiles: [], turn: null };
  return { evidence, decision, policy, rollbacks: new Set(), touches, ...unapproved };
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

function historyOf(base: Mesh, files: Repository, shifts: readonly Shift[], past: Past): StepHistory {
  const rebuilt = (texts: ReadonlyMap<string, string | null>) => rereadWith(files, texts);
  return {
    provenDestination: (shift) => provenDestination(shift, base, past, rebuilt),
    lastStepAt(object, subject) {
      const shift = shifts.find(
        (candidate) => candidate.object === object && shiftSubject(candidate) === subject,
      );
      return shift ? lastStepAt(shift, base, past, rebuilt) : null;
    },
  };
}

/** Whether a change is any business of Istio's: an object stands in a changed file, or is built otherwise, or of one. */
function concernsIstio({ base, head }: ProposedChange, reach: Reach, touched: ReadonlySet<string>) {
  const speaks = [...reach.parts].some((path) =>
    [base, head].some((side) => mentionsIstioGroup(side.get(path) ?? "")),
  );
  return ({ id, document }: MeshObject<unknown>) => {
    if (document.elsewhere) return false;
    return speaks || (document instanceof BuiltDocument ? touched.has(id) : reach.changed.has(document.file));
  };
}

function istioObjects(mesh: Mesh): readonly MeshObject<unknown>[] {
  const { virtualServices, destinationRules, gateways, serviceEntries, sidecars } = mesh;
  return [...virtualServices, ...destinationRules, ...gateways, ...serviceEntries, ...sidecars];
}

/** The mesh that one state of a repository makes, as policy names its namespaces. */
export function meshOf(snapshot: Snapshot, policy: EffectivePolicy): Mesh {
  const { files } = readRepository(snapshot, {});
  return buildMesh(files, { settings: policy.mesh, namespaceOf: namespaceByPolicy(policy) });
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
