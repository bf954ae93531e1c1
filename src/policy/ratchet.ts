import type { FindingState, Violation } from "../rules/finding.ts";

/** A violation and how it relates to the base branch. */
export interface Stated {
  readonly violation: Violation;
  readonly state: FindingState;
}

/**
 * What a state rule says of head, held against what it says of base (semantics.md "Findings"). Nothing is asked of base
 * where head is right.
 */
export function againstBase(base: () => Iterable<Violation>, head: Iterable<Violation>): Stated[] {
  const after = unique(head);
  if (after.length === 0) return [];
  const before = new Map(unique(base()).map((violation) => [key(violation), violation]));
  const stays = new Set(after.map(key));
  // An object that moves to another scope is still the same one.
  const left = [...before.values()].filter((violation) => !stays.has(key(violation)));
  const moved = new Map(left.map((violation) => [keyAnywhere(violation), violation]));
  return after.map((violation) => ({
    violation,
    state: stateAgainst(before.get(key(violation)) ?? moved.get(keyAnywhere(violation)), violation),
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

function key(violation: Violation): string {
  return `${keyAnywhere(violation)}\n${violation.range.scope ?? ""}`;
}

/** The key without the scope that applies the object. */
function keyAnywhere({ object, subject }: Violation): string {
  return `${object}\n${subject}`;
}
