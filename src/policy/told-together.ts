import type { Violation } from "../rules/finding.ts";
import { listed } from "../rules/references/listed.ts";
import type { Stated } from "./ratchet.ts";

/**
 * Violations of one object that differ in nothing but what they are about are told as one: a DestinationRule of seven
 * subsets without outlierDetection is one mistake. After the ratchet: what base has stays apart from what is new.
 */
export function toldTogether(found: readonly Stated[]): Stated[] {
  const groups = new Map<string, Stated[]>();
  for (const [index, stated] of found.entries()) {
    const key = keyOf(stated) ?? String(index);
    groups.set(key, [...(groups.get(key) ?? []), stated]);
  }
  return [...groups.values()].map((group) => (group.length > 1 ? together(group) : group[0]!));
}

function keyOf({ state, violation }: Stated): string | null {
  const { object, about, message, before, after, fix, certainty, limit, range } = violation;
  if (about === undefined) return null;
  const words = message.replace(about, "");
  return JSON.stringify([state, object, range.scope, words, before, after, fix, certainty, limit]);
}

function together(group: readonly Stated[]): Stated {
  const { state, violation } = group[0]!;
  const violations = group.map((stated) => stated.violation);
  const names = violations.map(({ about }) => about!);
  return {
    state,
    violation: {
      ...violation,
      subject: [...new Set(violations.map(({ subject }) => subject))].sort().join(", "),
      message: violation.message.replace(violation.about!, listed(names)),
      ...evidenceOf(violations),
    },
  };
}

function evidenceOf(violations: readonly Violation[]): Pick<Violation, "evidence"> {
  const evidence = violations.flatMap((violation) => violation.evidence ?? []);
  return evidence.length > 0 ? { evidence: JSON.stringify(evidence.sort()) } : {};
}
