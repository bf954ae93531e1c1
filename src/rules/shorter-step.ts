import type { Shift } from "../traffic/change.ts";
import { percent } from "../traffic/fraction.ts";
import type { Edit } from "./finding.ts";
import { destinationKey, sharesByDestination } from "./stable.ts";

/**
 * The weights of a shift's route, in percent, that go only a part of the way: in whole percents, rounded towards before,
 * and who loses most keeps the rest. None where a destination of before has no share any more, and so no line.
 *
 * @param way from 0, where there is nothing to propose, to 1.
 */
export function shorterStep(shift: Shift, way: number): readonly Edit[] {
  const before = sharesBefore(shift);
  const legs = shift.after.map(({ destination, share }, index) => {
    const key = destinationKey(destination);
    return { key, from: before.get(key) ?? 0, to: percent(share), range: shift.head?.legRanges[index] };
  });
  const keeper = legs.reduce((most, leg) => (leg.from - leg.to > most.from - most.to ? leg : most));
  const isWhole = [...before.keys()].every((key) => legs.some((leg) => leg.key === key));
  if (way <= 0 || !isWhole || keeper.from <= keeper.to) return [];
  const wanted = legs.map(({ from, to }) => {
    const exact = from + way * (to - from);
    return to > from ? Math.floor(exact) : Math.ceil(exact);
  });
  const others = wanted.reduce((sum, share, index) => (legs[index] === keeper ? sum : sum + share), 0);
  return legs.flatMap((leg, index) => {
    const share = leg === keeper ? 100 - others : wanted[index];
    return leg.range === undefined || share === leg.to ? [] : [{ range: leg.range, text: `${share}` }];
  });
}

/** At a first split all requests come from the leg that keeps most of them. */
function sharesBefore({ kind, before, after }: Shift): ReadonlyMap<string, number> {
  if (kind !== "first-split") return sharesByDestination(before);
  const largest = after.reduce((most, leg) => (percent(leg.share) > percent(most.share) ? leg : most));
  return new Map([[destinationKey(largest.destination), 100]]);
}
