import type { Destination, Leg } from "./change.ts";
import type { ActionLeg, RouteAction } from "./effective/action.ts";
import { fraction, sameFraction } from "./fraction.ts";

/** A leg and, where a VirtualService states it, its place. */
export type PlacedLeg = Leg & Partial<Pick<ActionLeg, "weightPath">>;

const nowhere = new Set<RouteAction["kind"]>(["not-found", "blackhole", "passthrough", "invalid"]);

/**
 * Who answers under an action, with shares. Empty where nobody does. Redirects and direct responses are answers too:
 * traffic that gets one no longer reaches anybody else.
 *
 * @param onlyPort the port of a service that has one, for destinations that name none.
 */
export function answeringLegs(
  action: RouteAction,
  onlyPort: (host: string) => number | null,
): readonly PlacedLeg[] {
  if (nowhere.has(action.kind)) return [];
  if (action.redirect !== null) return [whole("redirect")];
  if (action.directResponse !== null) return [whole("direct response")];
  const openPort = ({ destination: { host, port } }: PlacedLeg) => (port === null ? onlyPort(host) : null);
  if (action.legs.every((leg) => openPort(leg) === null)) return action.legs;
  return action.legs.map((leg) => ({
    ...leg,
    destination: { ...leg.destination, port: leg.destination.port ?? openPort(leg) },
  }));
}

function whole(answer: string): PlacedLeg {
  return { destination: { host: answer, port: null, subset: null, headers: "" }, share: fraction(1, 1) };
}

/**
 * Tells destinations apart. Legs that differ in header operations alone are different destinations of one route; but
 * where each side has only one of them, new operations do not move anybody to another place.
 */
function destinationKeys(...sides: readonly (readonly Leg[])[]): (destination: Destination) => string {
  const place = ({ host, port, subset }: Destination) => JSON.stringify([host, port, subset]);
  const variants = sides.flatMap((legs) => [...Map.groupBy(legs, ({ destination }) => place(destination))]);
  const split = new Set(variants.flatMap(([key, legs]) => (legs.length > 1 ? [key] : [])));
  return (destination) => {
    const key = place(destination);
    return split.has(key) ? `${key} ${destination.headers}` : key;
  };
}

/** The exact change of every destination's share, as numerators over one denominator. */
function shareChanges(
  before: readonly Leg[],
  after: readonly Leg[],
): { changes: bigint[]; denominator: bigint } {
  const shares = [...before, ...after].map(({ share }) => BigInt(share.denominator));
  const denominator = [...new Set(shares)].reduce((product, each) => product * each, 1n);
  const changes = new Map<string, bigint>();
  const keyOf = destinationKeys(before, after);
  const add = (legs: readonly Leg[], sign: bigint) => {
    for (const { destination, share } of legs) {
      const key = keyOf(destination);
      const amount = (sign * BigInt(share.numerator) * denominator) / BigInt(share.denominator);
      changes.set(key, (changes.get(key) ?? 0n) + amount);
    }
  };
  add(before, -1n);
  add(after, 1n);
  return { changes: [...changes.values()], denominator };
}

/** Whether both sides give every destination the same share. */
export function sameShares(before: readonly Leg[], after: readonly Leg[]): boolean {
  if (before.length === after.length && before.every((leg, i) => sameLeg(leg, after[i]!))) return true;
  return shareChanges(before, after).changes.every((change) => change === 0n);
}

function sameLeg({ destination: a, share }: Leg, { destination: b, share: other }: Leg): boolean {
  return a.host === b.host && a.port === b.port && a.subset === b.subset && sameFraction(share, other);
}

/** Σ max(0, after − before) in percent: exact up to the last conversion, so that 20 points are never 20.000000001. */
export function pointsMoved(before: readonly Leg[], after: readonly Leg[]): number {
  const { changes, denominator } = shareChanges(before, after);
  return percentOf(
    changes.reduce((sum, change) => (change > 0n ? sum + change : sum), 0n),
    denominator,
  );
}

/** The largest share of any destination. */
export function largestShare(legs: readonly Leg[]): number {
  return Math.max(...legs.map(({ share }) => (100 * share.numerator) / share.denominator));
}

function percentOf(numerator: bigint, denominator: bigint): number {
  let [a, b] = [numerator, denominator];
  while (b !== 0n) [a, b] = [b, a % b];
  return (100 * Number(numerator / (a || 1n))) / Number(denominator / (a || 1n));
}
