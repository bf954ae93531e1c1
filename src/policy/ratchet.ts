import type { FindingState, Violation } from "../rules/finding.ts";

/** A violation and how it relates to the base branch. */
export interface Stated {
  readonly violation: Violation;
  readonly state: FindingState;
}

/**
 * What a state rule says of head, held against what it says of base (semantics.md "Findings"). Base is not asked where
 * nothing is said of head: most rules have nothing to say of most changes.
 */
export function againstBase(base: Iterable<Violation>, head: Iterable<Violation>): Stated[] {
  const now = unique(head);
  if (now.length === 0) return [];
  const before = new Map(unique(base).map((violation) => [key(violation), violation]));
  return now.map((violation) => ({
    violation,
    state: stateAgainst(before.get(key(violation)), violation),
  }));
}

/** One violation per key: two listeners with the same host are one mistake. The worst one speaks. */
export function unique(violations: Iterable<Violation>): Violation[] {
  const byKey = new Map<string, Violation>();
  for (const violation of violations) {
    const known = byKey.get(key(violation));
    if (!known || (known.measure ?? 0) < (violation.measure ?? 0)) byKey.set(key(violation), violation);
  }
  return [...byKey.values()];
}

function stateAgainst(before: Violation | undefined, now: Violation): FindingState {
  if (!before) return "new";
  return (before.measure ?? 0) < (now.measure ?? 0) ? "worse" : "existing";
}

function key({ object, subject }: Violation): string {
  return `${object}\n${subject}`;
}
