import * as z from "zod";
import { clockText, instantOf, isZone, wallTime } from "./wall-clock.ts";

const day = 24 * 60 * 60 * 1_000;
const minute = 60_000;
const weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;
const clock = /^([01]\d|2[0-3]):[0-5]\d$|^24:00$/;
const dateTime = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})?)?$/;

/** A time in which traffic is left as it is: once, or every week. */
export const freezeWindow = z
  .strictObject({
    days: z
      .array(z.enum(weekdays))
      .min(1)
      .optional()
      .describe("Days of the week on which it begins; without it, once."),
    from: z
      .string()
      .optional()
      .describe('Every week: a time such as "17:00". Once: a date, or a date with time.'),
    to: z
      .string()
      .optional()
      .describe(
        "The end, in the same form. A time that is not after `from` is on the next day; a date is the last day.",
      ),
    zone: z.string().default("UTC").describe("IANA time zone, such as Europe/Berlin."),
    reason: z.string().optional(),
  })
  .superRefine(({ days, from, to, zone }, context) => {
    const complain = (path: string, message: string) =>
      context.addIssue({ code: "custom", path: [path], message });
    const [form, example] = days
      ? [clock, 'a time such as "17:00"']
      : [dateTime, "a date such as 2026-12-24"];
    const isWrong = (text: string | undefined) =>
      text === undefined
        ? !days
        : !form.test(text) || (!days && Number.isNaN(instantIn(text, "UTC", "first", 0)));
    if (!isZone(zone)) complain("zone", `${zone} is no time zone such as Europe/Berlin`);
    else if (isWrong(from)) complain("from", `${from ?? "nothing"} is not ${example}`);
    else if (isWrong(to)) complain("to", `${to ?? "nothing"} is not ${example}`);
    else if (!days) {
      const { start, end } = onceSpan(from ?? "", to ?? "", zone);
      if (end <= start) complain("to", `${to} is not after ${from}`);
    }
  });
export type FreezeWindow = z.output<typeof freezeWindow>;

/** From the first instant up to, and without, the last. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/** A freeze that is on. */
export interface Freeze {
  /** Of the windows that make it up, the one that ends last. */
  readonly window: FreezeWindow;
  /** When traffic may change again, in milliseconds since 1970; null: not within what can be foreseen. */
  readonly opensAt: number | null;
  /** Until when it is on in any case. */
  readonly lastsUntil: number;
}

/** So many windows may follow each other without a gap before nobody waits for the end. */
const mostWindows = 60;

/** The freeze that is on at an instant, or null. Windows that touch are one freeze: it opens when the last of them ends. */
export function freezeAt(windows: readonly FreezeWindow[], now: number): Freeze | null {
  let lastsUntil = now;
  for (let count = 0; count < mostWindows; count++) {
    const ends = windows.flatMap((candidate) => endIfActive(candidate, lastsUntil) ?? []);
    if (ends.length === 0) break;
    lastsUntil = Math.max(...ends);
  }
  const window = windows.find((candidate) => endIfActive(candidate, lastsUntil - 1) !== null);
  if (!window || lastsUntil === now) return null;
  const isOpen = windows.every((candidate) => endIfActive(candidate, lastsUntil) === null);
  return { window, opensAt: isOpen ? lastsUntil : null, lastsUntil };
}

/** When the first freeze after an instant begins, in milliseconds since 1970; null: none does. */
export function nextFreezeAt(windows: readonly FreezeWindow[], now: number): number | null {
  const starts = windows.flatMap((window) =>
    spansNear(window, now, 8).flatMap(({ start, end }) => (start > now && end > start ? [start] : [])),
  );
  return starts.length > 0 ? Math.min(...starts) : null;
}

function endIfActive(window: FreezeWindow, instant: number): number | null {
  const active = spansNear(window, instant, 0).filter(({ start, end }) => start <= instant && instant < end);
  return active.length > 0 ? Math.max(...active.map(({ end }) => end)) : null;
}

/** The spans of a window that begin on the day before an instant, on its day, or on the days after. */
function spansNear({ days, from, to, zone }: FreezeWindow, instant: number, daysAhead: number): Span[] {
  if (days === undefined) return [onceSpan(from ?? "", to ?? "", zone)];
  const today = Math.floor(wallTime(instant, zone) / day) * day;
  return Array.from({ length: daysAhead + 2 }, (_, index) => today + (index - 1) * day)
    .filter((date) => days.includes(weekdays[new Date(date).getUTCDay()]!))
    .map((date) => weeklySpan(date, from ?? "00:00", to ?? "24:00", zone));
}

function weeklySpan(date: number, from: string, to: string, zone: string): Span {
  const [start, end] = [date + clockTime(from), date + clockTime(to)];
  return {
    start: instantOf(start, zone, "first"),
    end: instantOf(end > start ? end : end + day, zone, "last"),
  };
}

function onceSpan(from: string, to: string, zone: string): Span {
  const lastDay = to.includes("T") ? 0 : day;
  return { start: instantIn(from, zone, "first", 0), end: instantIn(to, zone, "last", lastDay) };
}

function instantIn(text: string, zone: string, which: "first" | "last", later: number): number {
  const [date = "", time = "00:00"] = text.split("T");
  const midnight = Date.parse(`${date}T00:00Z`);
  if (Number.isNaN(midnight) || !new Date(midnight).toISOString().startsWith(date)) return Number.NaN;
  const hasOffset = /(Z|[+-]\d{2}:\d{2})$/.test(text.slice(10));
  const written = Date.parse(hasOffset ? text : `${date}T${time}Z`);
  return hasOffset || Number.isNaN(written) ? written : instantOf(written + later, zone, which);
}

function clockTime(text: string): number {
  const [hours = 0, minutes = 0] = text.split(":").map(Number);
  return (hours * 60 + minutes) * minute;
}

/** `fri 17:00 to 08:00 Europe/Berlin (weekend)`. */
export function windowText({ days, from, to, zone, reason }: FreezeWindow): string {
  const times =
    days === undefined ? `${from} to ${to}` : `${days.join(", ")} ${from ?? "00:00"} to ${to ?? "24:00"}`;
  return `${times} ${zone}${reason ? ` (${reason})` : ""}`;
}

/** When a freeze ends: in the zone of its window, and in UTC. */
export function openingText({ window: { zone }, opensAt }: Freeze): string | null {
  if (opensAt === null) return null;
  const local = clockText(opensAt, zone);
  return zone === "UTC" ? local : `${local} (${clockText(opensAt, "UTC")})`;
}
