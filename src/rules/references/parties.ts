import type { MeshObject } from "../../mesh/object.ts";
import type { Certainty } from "../../traffic/change.ts";
import { meeting } from "./certainty.ts";

/** The others of a conflict, in words. */
export interface Others {
  /** `a`, `a and b`, `a, b and 4 more`. */
  readonly names: string;
  readonly isOne: boolean;
  /** Certain as soon as one of them surely meets the object. */
  readonly certainty: Certainty;
}

/** Whoever has more rivals than these is told of some: all pairs of a large conflict would be too many. */
const mostLookedAt = 100;
const mostNamed = 3;

/** Everybody else in a conflict; null where there is nobody else. */
export function othersThan(
  self: MeshObject<unknown>,
  parties: readonly MeshObject<unknown>[],
): Others | null {
  const names: string[] = [];
  let isCertain = false;
  let met = 0;
  for (let index = 0; index < parties.length && met < mostLookedAt; index++) {
    const other = parties[index]!;
    if (other === self) continue;
    met += 1;
    isCertain ||= meeting(self, other) === "certain";
    if (names.length < mostNamed && !names.includes(other.id)) names.push(other.id);
  }
  const last = names.at(-1);
  if (last === undefined) return null;
  const more = Math.max(0, Math.max(met, parties.length - 1) - names.length);
  const isShort = met <= mostNamed || more === 0;
  return {
    names: isShort ? joined(names) : `${names.join(", ")} and ${more} more`,
    isOne: isShort && names.length === 1,
    certainty: isCertain ? "certain" : "needs-inventory",
  };
}

function joined(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
