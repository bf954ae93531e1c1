import type { Problem } from "../manifest/source.ts";
import { floorOf, handedDown } from "./delegation.ts";
import { directionOf, sameValue, strictest } from "./direction.ts";
import { organisationKeys } from "./organisation-keys.ts";
import type { PolicyLayer } from "./read.ts";
import { rangeOfSource } from "./source-line.ts";
import { type Sourced, stricterOf, type Values } from "./values.ts";

/** What is in force once a lower layer has spoken, and what it said to no effect. */
export interface Lowered {
  readonly values: Values;
  readonly refused: readonly Refusal[];
}

/** Something that a lower layer said to no effect. */
export interface Refusal {
  readonly said: Sourced;
  readonly problem: Problem;
}

const owned = new Set<string>(organisationKeys);

/**
 * A lower layer's settings under those that stand: it may tighten, and loosen what is handed down as far as it is. Packs
 * that it extends tighten as well, and are never told off: nobody wrote their values here.
 */
export function lowered(standing: Values, lower: Values, layer: PolicyLayer): Lowered {
  const values = new Map(standing);
  const refused: Refusal[] = [];
  for (const [key, theirs] of lower) {
    const isTheirOwn = theirs.source.startsWith(`${layer.source}:`);
    if (theirs.path[0] === "delegate") {
      if (isTheirOwn && theirs.value !== false) refused.push(notTheirsToGive(theirs));
      continue;
    }
    const bound = isTheirOwn ? handedDown(standing, theirs.path) : null;
    const ours = standing.get(key);
    if (belongsAbove(theirs, ours) && !bound) {
      if (isTheirOwn && !(ours && sameValue(ours.value, theirs.value))) {
        const message = `${key} belongs to the organisation's policy${standsAt(ours)}`;
        refused.push(refusal(theirs, message, askFor(key)));
      }
      continue;
    }
    const floor = bound ? floorOf(ours, bound) : ours;
    values.set(key, floor ? stricterOf(floor, theirs) : theirs);
    if (isTheirOwn && floor && isLooser(floor, theirs)) refused.push(tooLoose(key, floor, theirs, bound));
  }
  return { values, refused };
}

/** Keys of the organisation, and options that have no stricter and no looser: to set one is to decide. */
function belongsAbove({ path }: Sourced, ours: Sourced | undefined): boolean {
  return owned.has(String(path[0])) || (directionOf(path) === "fixed" && !ours);
}

/** Whether part of what a lower layer says is without effect. What adds to a list only tightens. */
function isLooser(floor: Sourced, theirs: Sourced): boolean {
  if (directionOf(theirs.path) === "union") return false;
  return !sameValue(strictest(floor.path, floor.value, theirs.value), theirs.value);
}

function tooLoose(key: string, floor: Sourced, theirs: Sourced, bound: Sourced | null): Refusal {
  const [standing, value] = [floor.value, theirs.value].map((side) => JSON.stringify(side));
  return bound
    ? refusal(
        theirs,
        `${key} may be loosened to ${standing} at most: ${bound.source} hands it down so far, this file says ${value}`,
        `the bound holds: keep to ${standing}`,
      )
    : refusal(
        theirs,
        `${key} may only be tightened: ${floor.source} sets ${standing}, this file ${value}`,
        askFor(key),
      );
}

function notTheirsToGive(said: Sourced): Refusal {
  const message = "delegate belongs to the organisation's policy";
  return refusal(said, message, "remove it from this file: nothing stands below it");
}

function standsAt(ours: Sourced | undefined): string {
  return ours ? `: ${ours.source} sets ${JSON.stringify(ours.value)}` : "";
}

function askFor(key: string): string {
  return `it has no effect; the organisation's policy can hand it down under \`delegate\`, as ${key}`;
}

function refusal(said: Sourced, message: string, fix: string): Refusal {
  return { said, problem: { code: "policy-layer", message, range: rangeOfSource(said.source), fix } };
}
