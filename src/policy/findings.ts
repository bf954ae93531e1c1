import type { Mesh, MeshObject } from "../mesh/object.ts";
import type { Finding, FindingState, Violation } from "../rules/finding.ts";
import { rules } from "../rules/index.ts";
import type { Rule } from "../rules/rule.ts";
import type { TrafficChange } from "../traffic/change.ts";
import type { EffectivePolicy, Mode, RuleSetting } from "./effective.ts";
import { environmentsOf } from "./environment.ts";
import { fingerprint } from "./fingerprint.ts";

/** Both sides of a change, and what it does to traffic. */
export interface Comparison {
  readonly base: Mesh;
  readonly head: Mesh;
  readonly traffic: TrafficChange;
  /** Ids of the objects whose value differs between base and head. */
  readonly touched: ReadonlySet<string>;
}

/** A violation, how it relates to base, and where it was judged. */
interface Judged {
  readonly violation: Violation;
  readonly state: FindingState;
  readonly environments: readonly string[];
  readonly mode: Mode;
  readonly setting: RuleSetting;
}

/** Runs every rule that policy turns on and says of each finding whether base already had it. */
export function findings(comparison: Comparison, policy: EffectivePolicy): Finding[] {
  const scopes = placementsById(comparison, policy);
  return rules.flatMap((rule) =>
    judged(rule, comparison, policy, scopes).map(({ violation, state, environments, mode, setting }) => {
      const environment = environments.length > 0 ? environments.join(", ") : null;
      return {
        ...violation,
        rule: rule.id,
        severity: setting.severity as Finding["severity"],
        state,
        why: rule.docs.why,
        environment,
        enforced: mode === "enforce",
        fingerprint: fingerprint(rule.id, violation, environment),
      };
    }),
  );
}

/** Sets of environments in which an object stands: on base, and on head, where it may have moved. */
type Placements = readonly (readonly string[])[];
const nowhere: Placements = [[]];

/** The placements of every object. Leaving an environment needs what staying would need. */
function placementsById(
  { base, head }: Comparison,
  policy: EffectivePolicy,
): ReadonlyMap<string, Placements> {
  const byId = new Map<string, Placements>();
  if (Object.keys(policy.environments).length === 0) return byId;
  for (const object of [...governedObjects(base), ...governedObjects(head)]) {
    const known = byId.get(object.id) ?? [];
    const environments = environmentsOf(object, policy.environments);
    const isKnown = known.some((placement) => placement.join() === environments.join());
    byId.set(object.id, isKnown ? known : [...known, environments]);
  }
  return byId;
}

function governedObjects(mesh: Mesh): MeshObject<unknown>[] {
  const { virtualServices, destinationRules, gateways, serviceEntries, sidecars, others } = mesh;
  return [...virtualServices, ...destinationRules, ...gateways, ...serviceEntries, ...sidecars, ...others];
}

/** Runs a rule once for each distinct placement, and keeps what it says about their objects. */
function judged(
  rule: Rule,
  comparison: Comparison,
  policy: EffectivePolicy,
  scopes: ReadonlyMap<string, Placements>,
): Judged[] {
  const groups = new Map(
    [...scopes.values(), nowhere].map((placements) => [JSON.stringify(placements), placements]),
  );
  return [...groups].flatMap(([key, placements]) => {
    const { mode, rules: settings } = policy.scoped(placements);
    const setting = settings.get(rule.id);
    if (!setting || setting.severity === "off" || mode === "off") return [];
    const concerns = ({ object }: Violation) => JSON.stringify(scopes.get(object) ?? nowhere) === key;
    const environments = [...new Set(placements.flat())].sort();
    return run(rule, setting, comparison, policy)
      .filter(({ violation }) => concerns(violation))
      .map((found) => ({ ...found, environments, mode, setting }));
  });
}

function run(
  rule: Rule,
  setting: RuleSetting,
  { base, head, traffic, touched }: Comparison,
  policy: EffectivePolicy,
): Pick<Judged, "violation" | "state">[] {
  const context = {
    options: setting.options,
    roles: policy.roles,
    limit: (option: string) => setting.limit(option),
  };
  if (rule.kind === "change") {
    return unique(rule.check({ ...context, base, head, traffic })).map((violation) => ({
      violation,
      state: "new",
    }));
  }
  const before = new Map(
    unique(rule.check({ ...context, mesh: base, touched })).map((violation) => [key(violation), violation]),
  );
  return unique(rule.check({ ...context, mesh: head, touched })).map((violation) => ({
    violation,
    state: stateAgainst(before.get(key(violation)), violation),
  }));
}

function stateAgainst(before: Violation | undefined, now: Violation): FindingState {
  if (!before) return "new";
  return (before.measure ?? 0) < (now.measure ?? 0) ? "worse" : "existing";
}

function key({ object, subject }: Violation): string {
  return `${object}\n${subject}`;
}

/** One violation per key: two listeners with the same host are one mistake. The worst one speaks. */
function unique(violations: Iterable<Violation>): Violation[] {
  const byKey = new Map<string, Violation>();
  for (const violation of violations) {
    const known = byKey.get(key(violation));
    if (!known || (known.measure ?? 0) < (violation.measure ?? 0)) byKey.set(key(violation), violation);
  }
  return [...byKey.values()];
}

/** Whether a finding stands in the way where policy enforces: severity block, certain, and not already there on base. */
export function blocks({ severity, certainty, state }: Finding): boolean {
  return severity === "block" && certainty === "certain" && (state === "new" || state === "worse");
}
