/** The annotation that says until when faults may be injected: the last day, in UTC. */
export const faultExpires = "sluice.dev/fault-expires";

const day = 24 * 60 * 60 * 1_000;

/** What an object says of the end of its faults. */
export type Expiry =
  | { readonly state: "none"; readonly text: string }
  | { readonly state: "malformed"; readonly text: string }
  /** `days` from now until the last moment of the last day; none are left once it has passed. */
  | { readonly state: "dated"; readonly text: string; readonly days: number };

/** Reads the annotation at `now` (milliseconds since 1970). Only a day that exists is a date: `2026-02-30` is none. */
export function expiryOf(text: string | undefined, now: number): Expiry {
  if (text === undefined) return { state: "none", text: "" };
  const start = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(start) || new Date(start).toISOString().slice(0, 10) !== text)
    return { state: "malformed", text };
  return { state: "dated", text, days: Math.ceil((start + day - now) / day) };
}

/** What is wrong with the end of a fault, as the rest of a sentence about it; null: nothing. */
export function expiryProblem(expiry: Expiry, maxDays: number | undefined): string | null {
  const { text } = expiry;
  if (expiry.state === "none") return maxDays === undefined ? null : `has no ${faultExpires}`;
  if (expiry.state !== "dated") return `ends on ${JSON.stringify(text)}, which is no date such as 2026-12-01`;
  if (expiry.days <= 0) return `should have ended on ${text}`;
  if (maxDays === undefined || expiry.days <= maxDays) return null;
  return `ends on ${text}, in ${expiry.days} days; at most ${maxDays} are allowed`;
}

/** The last day of a fault that ends in so many days from `now`. */
export function dateIn(days: number, now: number): string {
  return new Date(now + (days - 1) * day).toISOString().slice(0, 10);
}
