import { destinationName } from "../rules/stable.ts";
import type { Leg, Shift } from "../traffic/change.ts";
import { percent } from "../traffic/fraction.ts";

/** A number of percent or points for people: at most two decimals. */
export function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

/** The legs of one side for people: `canary 60 %, stable 40 %`; the host only where the class has several. */
export function sharesText(legs: readonly Leg[], shift: Shift): string {
  if (legs.length === 0) return "no answer";
  const hosts = new Set([...shift.before, ...shift.after].map(({ destination }) => destination.host));
  return legs
    .map(({ destination, share }) => {
      const name =
        hosts.size === 1 && destination.subset !== null ? destination.subset : destinationName(destination);
      return `${name} ${rounded(percent(share))} %`;
    })
    .join(", ");
}

/** What happened to a class, in one word or two. */
export function movementText(shift: Shift, rollback: boolean): string {
  if (shift.kind === "introduced") return "new";
  if (shift.kind === "removed") return "no longer answered";
  const points = rounded(shift.points);
  const moved = `${points} ${points === 1 ? "point" : "points"}`;
  return rollback
    ? `${moved}, back to stable`
    : shift.kind === "first-split"
      ? `${moved}, first split`
      : moved;
}
