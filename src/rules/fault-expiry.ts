import type { Moment } from "./moment.ts";

/** The annotation that says until when faults may be injected: the last day, in UTC. */
export const faultExpires = "sluice.dev/fault-expires";

const day = 24 * 60 * 60 * 1_000;

/** What an object says of the end of its faults. */
export type Expiry =
  | { readonly state: "none"; readonly text: string }
  | { readonly state: "malformed"; readonly text: string }
  /** `end`: the first moment after the last day, in milliseconds since 1970. */
  | { readonly state: "dated"; readonly text: string; readonly end: number };

/** Reads the annotation. Only a day that exists is a date: `2026-02-30` is none. */
export function expiryOf(text: string | undefined): Expiry {
  if (text === undefined) return { state: "none", text: "" };
  const start = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(start) || new Date(start).toISOString().slice(0, 10) !== text)
    return { state: "malformed", text };
  return { state: "dated", text, end: start + day };
}

/** What is wrong with the end of a fault. */
export interface ExpiryProblem {
  /** The rest of a sentence about the fault. */
  readonly text: string;
  /** It should have ended. */
  readonly isOver?: boolean;
  /** When the end is near enough, in milliseconds since 1970. */
  readonly opensAt?: number;
}

/** What is wrong with the end of a fault at a moment; null: nothing. */
export function expiryProblem(
  expiry: Expiry,
  maxDays: number | undefined,
  moment: Moment,
): ExpiryProblem | null {
  const { text } = expiry;
  if (expiry.state === "none") return maxDays === undefined ? null : { text: `has no ${faultExpires}` };
  if (expiry.state !== "dated")
    return { text: `ends on ${JSON.stringify(text)}, which is no date such as 2026-12-01` };
  const { end } = expiry;
  if (!moment.isBefore(end, "a fault ends")) return { text: `should have ended on ${text}`, isOver: true };
  if (maxDays === undefined) return null;
  const opensAt = end - maxDays * day;
  if (!moment.isBefore(opensAt, "the end of a fault is near enough")) return null;
  const days = Math.ceil((end - moment.now) / day);
  return { text: `ends on ${text}, in ${days} days; at most ${maxDays} are allowed`, opensAt };
}

/** The last day of a fault that ends in so many days from `now`. */
export function dateIn(days: number, now: number): string {
  return new Date(now + (days - 1) * day).toISOString().slice(0, 10);
}
