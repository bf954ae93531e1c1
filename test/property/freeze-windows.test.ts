import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FreezeWindow, freezeAt, freezeWindow, nextFreezeAt } from "../../src/rules/freeze-windows.ts";
import { clockText, instantOf, wallTime } from "../../src/rules/wall-clock.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const runs = process.env.SLUICE_LONG ? 20_000 : 150;

/** Zones off the hour, with changes at midnight or of half an hour, and with none. */
const zones = [
  "UTC",
  "Europe/Berlin",
  "Europe/Dublin",
  "America/New_York",
  "America/St_Johns",
  "America/Havana",
  "America/Santiago",
  "America/Asuncion",
  "America/Scoresbysund",
  "Africa/Cairo",
  "Africa/Casablanca",
  "Asia/Beirut",
  "Asia/Kathmandu",
  "Asia/Kolkata",
  "Asia/Tehran",
  "Atlantic/Azores",
  "Australia/Adelaide",
  "Australia/Lord_Howe",
  "Pacific/Apia",
  "Pacific/Chatham",
  "Pacific/Kiritimati",
];
const zone = fc.constantFrom(...zones);
const instant = fc
  .integer({
    min: Date.parse("1999-12-25T00:00:00Z") / minute,
    max: Date.parse("2040-01-05T00:00:00Z") / minute,
  })
  .map((minutes) => minutes * minute);

/** Instants within a day of a change of the clocks, where there is one within a year. */
const nearChange = fc
  .tuple(zone, instant, fc.integer({ min: -26 * 60, max: 26 * 60 }))
  .map(([where, from, off]) => ({ zone: where, at: changeAfter(from, where) + off * minute }));

function changeAfter(from: number, where: string): number {
  const offset = (at: number) => wallTime(at, where) - at;
  const months = Array.from({ length: 18 }, (_, index) => from + index * 21 * day);
  const found = months.find((at) => offset(at) !== offset(at + 21 * day));
  if (found === undefined) return from;
  let before = found;
  let after = before + 21 * day;
  while (after - before > minute) {
    const middle = before + Math.floor((after - before) / 2 / minute) * minute;
    if (offset(middle) === offset(before)) before = middle;
    else after = middle;
  }
  return after;
}

const anywhere = fc.oneof(nearChange, fc.record({ zone, at: instant }));

/** Intl's own word for what clocks show, by another format than the one under test. */
function shown(at: number, where: string): string {
  return new Intl.DateTimeFormat("sv-SE", {
    timeZone: where,
    dateStyle: "short",
    timeStyle: "medium",
  }).format(at);
}

describe("clocks on walls", () => {
  it("show what Intl shows", () => {
    fc.assert(
      fc.property(anywhere, ({ zone: where, at }) => {
        const wall = new Date(wallTime(at, where)).toISOString();
        expect(`${wall.slice(0, 10)} ${wall.slice(11, 19)}`).toBe(shown(at, where));
        expect(clockText(at, where)).toContain(`${wall.slice(0, 10)} ${wall.slice(11, 16)} ${where}`);
      }),
      { numRuns: runs },
    );
  });

  it("tell of each instant: the first or the last at which they show what they show", () => {
    fc.assert(
      fc.property(anywhere, ({ zone: where, at }) => {
        const wall = wallTime(at, where);
        const [first, last] = [instantOf(wall, where, "first"), instantOf(wall, where, "last")];
        expect([first, last]).toContain(at);
        expect(first <= at && at <= last).toBe(true);
        expect([first, last].map((found) => wallTime(found, where))).toEqual([wall, wall]);
      }),
      { numRuns: runs },
    );
  });

  it("pass at one moment what they skip", () => {
    fc.assert(
      fc.property(nearChange, ({ zone: where, at }) => {
        const [first, last] = [instantOf(at, where, "first"), instantOf(at, where, "last")];
        if (wallTime(first, where) === at) return;
        expect(first).toBe(last);
        expect(wallTime(first - 1_000, where)).toBeLessThan(at);
        expect(wallTime(first, where)).toBeGreaterThan(at);
      }),
      { numRuns: runs },
    );
  });
});

const two = (number: number) => String(number).padStart(2, "0");
const clock = fc
  .integer({ min: 0, max: 24 * 4 })
  .map((quarters) => `${two(Math.floor(quarters / 4))}:${two((quarters % 4) * 15)}`);
const weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;

/** Windows that come every week, or once within some weeks of an instant. */
const windowsNear = anywhere.chain(({ zone: where, at }) => {
  const weekly = fc.record(
    {
      days: fc.uniqueArray(fc.constantFrom(...weekdays), { minLength: 1 }),
      from: clock,
      to: clock,
      zone: fc.oneof(fc.constant(where), zone),
    },
    { requiredKeys: ["days", "zone"] },
  );
  const once = fc
    .tuple(
      fc.integer({ min: -2_000, max: 2_000 }),
      fc.integer({ min: 1, max: 1_000 }),
      fc.constantFrom("", "Z", "+05:45"),
    )
    .map(([start, length, offset]) => {
      const text = (hours: number) => `${new Date(at + hours * hour).toISOString().slice(0, 16)}${offset}`;
      return { from: text(start), to: text(start + length), zone: where };
    });
  const windows = fc.array(fc.oneof({ weight: 3, arbitrary: weekly }, once), { minLength: 1, maxLength: 4 });
  return fc.record({ windows, now: fc.constant(at) });
});

/** The same question by brute force: a window is on while its clocks are past its beginning and not yet at its end. */
function isFrozen(windows: readonly FreezeWindow[], now: number): boolean {
  return windows.some(({ days, from = "00:00", to = "24:00", zone: where }) => {
    if (!days) return instantText(from, where, "first") <= now && now < instantText(to, where, "last");
    const today = Math.floor(wallTime(now, where) / day) * day;
    return [-2, -1, 0, 1].some((away) => {
      const date = today + away * day;
      if (!days.includes(weekdays[new Date(date).getUTCDay()]!)) return false;
      const [start, end] = [date + minutesOf(from), date + minutesOf(to)];
      const until = end > start ? end : end + day;
      return instantOf(start, where, "first") <= now && now < instantOf(until, where, "last");
    });
  });
}

function minutesOf(text: string): number {
  const [hours = 0, minutes = 0] = text.split(":").map(Number);
  return hours * hour + minutes * minute;
}

function instantText(text: string, where: string, which: "first" | "last"): number {
  return text.length > 16 ? Date.parse(text) : instantOf(Date.parse(`${text}Z`), where, which);
}

describe("freezes", () => {
  it("are on when a window is, and named by one that policy has", () => {
    fc.assert(
      fc.property(windowsNear, ({ windows, now }) => {
        for (const window of windows) expect(freezeWindow.safeParse(window).success).toBe(true);
        const freeze = freezeAt(windows, now);
        expect(freeze !== null).toBe(isFrozen(windows, now));
        if (freeze) expect(windows).toContain(freeze.window);
      }),
      { numRuns: runs },
    );
  });

  it("last without a gap until the moment that they name, and say the same all the while", () => {
    fc.assert(
      fc.property(windowsNear, fc.double({ min: 0, max: 1, noNaN: true }), ({ windows, now }, part) => {
        const freeze = freezeAt(windows, now);
        fc.pre(freeze !== null);
        const { lastsUntil, opensAt } = freeze!;
        expect(lastsUntil).toBeGreaterThan(now);
        const between = Math.floor((now + part * (lastsUntil - 1 - now)) / 1_000) * 1_000;
        const later = freezeAt(windows, Math.max(between, now));
        if (opensAt === null) expect(later).not.toBeNull();
        else {
          expect(later).toEqual(freeze);
          expect(freezeAt(windows, lastsUntil - 1_000 < now ? now : lastsUntil - 1_000)).toEqual(freeze);
          expect(isFrozen(windows, opensAt)).toBe(false);
        }
      }),
      { numRuns: runs },
    );
  });

  it("do not begin before the moment that is named, and begin then", () => {
    fc.assert(
      fc.property(windowsNear, fc.double({ min: 0, max: 1, noNaN: true }), ({ windows, now }, part) => {
        fc.pre(freezeAt(windows, now) === null);
        const next = nextFreezeAt(windows, now);
        const horizon = next ?? now + 8 * day;
        const between = Math.floor((now + part * (horizon - 1 - now)) / 1_000) * 1_000;
        expect(isFrozen(windows, Math.max(between, now))).toBe(false);
        if (next !== null) {
          expect(isFrozen(windows, next - 1_000 < now ? now : next - 1_000)).toBe(false);
          expect(freezeAt(windows, next)).not.toBeNull();
        }
      }),
      { numRuns: runs },
    );
  });
});
