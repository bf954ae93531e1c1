import type { Mesh } from "../mesh/object.ts";
import type { Finding, FindingState, Severity, Violation } from "../rules/finding.ts";
import { rules } from "../rules/index.ts";
import type { Rule } from "../rules/rule.ts";
import type { TrafficChange } from "../traffic/change.ts";
import type { EffectivePolicy, RuleSetting } from "./effective.ts";
import { fingerprint } from "./fingerprint.ts";

/** Both sides of a change, and what it does to traffic. */
export interface Comparison {
  readonly base: Mesh;
  readonly head: Mesh;
  readonly traffic: TrafficChange;
  /** Ids of the objects whose value differs between base and head. */
  readonly touched: ReadonlySet<string>;
}

/** Runs every rule that policy turns on and says of each finding whether base already had it. */
export function findings(comparison: Comparison, policy: EffectivePolicy): Finding[] {
  return rules.flatMap((rule) => {
    const setting = policy.rules.get(rule.id);
    if (!setting || setting.severity === "off") return [];
    const severity = setting.severity;
    return judged(rule, setting, comparison, policy).map(([violation, state]) => ({
      ...violation,
      rule: rule.id,
      severity,
      state,
      why: rule.docs.why,
      environment: null,
      fingerprint: fingerprint(rule.id, violation, null),
    }));
  });
}

function judged(
  rule: Rule,
  setting: RuleSetting,
  { base, head, traffic, touched }: Comparison,
  policy: EffectivePolicy,
): [Violation, FindingState][] {
  const context = {
    options: setting.options,
    roles: policy.roles,
    limit: (option: string) => setting.limit(option),
  };
  if (rule.kind === "change") {
    return unique(rule.check({ ...context, base, head, traffic })).map((violation) => [violation, "new"]);
  }
  const before = new Map(
    unique(rule.check({ ...context, mesh: base, touched })).map((violation) => [key(violation), violation]),
  );
  return unique(rule.check({ ...context, mesh: head, touched })).map((violation) => [
    violation,
    stateAgainst(before.get(key(violation)), violation),
  ]);
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

/** Whether a finding stands in the way: severity block, certain, and not already there on base. */
export function blocks(finding: {
  readonly severity: Severity;
  readonly certainty: string;
  readonly state: FindingState;
}): boolean {
  return (
    finding.severity === "block" &&
    finding.certainty === "certain" &&
    (finding.state === "new" || finding.state === "worse")
  );
}
