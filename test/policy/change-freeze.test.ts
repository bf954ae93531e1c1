import { describe, expect, it } from "vitest";
import { readPolicy } from "../../src/policy/read.ts";
import { type FreezeWindow, freezeAt } from "../../src/rules/freeze-windows.ts";

const berlin = "Europe/Berlin";
const nights: FreezeWindow = { days: ["fri", "sat"], from: "17:00", to: "08:00", zone: berlin };

/** When traffic may change again, asked at `now`; `open` where nothing is frozen. */
function opening(windows: readonly FreezeWindow[], now: string): string {
  const freeze = freezeAt(windows, Date.parse(now));
  if (freeze === null) return "open";
  return freeze.opensAt === null ? "never" : new Date(freeze.opensAt).toISOString();
}

describe("windows that come every week", () => {
  it.each([
    ["just before", "2026-11-20T15:59:59Z", "open"],
    ["at its first second", "2026-11-20T16:00:00Z", "2026-11-21T07:00:00.000Z"],
    ["after midnight", "2026-11-21T03:00:00Z", "2026-11-21T07:00:00.000Z"],
    ["at its end", "2026-11-21T07:00:00Z", "open"],
    ["in the second night", "2026-11-22T03:00:00Z", "2026-11-22T07:00:00.000Z"],
    ["on another day", "2026-11-24T20:00:00Z", "open"],
  ])("%s", (_name, now, expected) => {
    expect(opening([nights], now)).toBe(expected);
  });

  it("that touch are one freeze", () => {
    const weekend: FreezeWindow = { days: ["fri", "sat", "sun"], from: "17:00", to: "17:00", zone: berlin };
    expect(opening([weekend], "2026-11-20T18:00:00Z")).toBe("2026-11-23T16:00:00.000Z");
  });

  it("that never end say so", () => {
    const always: FreezeWindow = { days: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], zone: "UTC" };
    expect(opening([always], "2026-11-20T18:00:00Z")).toBe("never");
  });
});

describe("when clocks change", () => {
  // Berlin: forward on 2027-03-28, 02:00 → 03:00 (01:00 UTC); back on 2026-10-25, 03:00 → 02:00 (01:00 UTC).
  const night = (from: string, to: string): FreezeWindow => ({ days: ["sat"], from, to, zone: berlin });
  it.each<[string, FreezeWindow, string, string]>([
    [
      "a night in spring is an hour shorter",
      night("17:00", "08:00"),
      "2027-03-27T20:00:00Z",
      "2027-03-28T06:00:00.000Z",
    ],
    [
      "a night in autumn is an hour longer",
      night("17:00", "08:00"),
      "2026-10-24T20:00:00Z",
      "2026-10-25T07:00:00.000Z",
    ],
    [
      "an end that clocks skip is the moment of the change",
      night("17:00", "02:30"),
      "2027-03-28T00:30:00Z",
      "2027-03-28T01:00:00.000Z",
    ],
    [
      "an end that clocks show twice is the second one",
      night("17:00", "02:30"),
      "2026-10-25T01:00:00Z",
      "2026-10-25T01:30:00.000Z",
    ],
    [
      "a day of 25 hours is frozen as a whole",
      { days: ["sun"], zone: berlin },
      "2026-10-25T22:30:00Z",
      "2026-10-25T23:00:00.000Z",
    ],
    [
      "a day of 23 hours too",
      { days: ["sun"], zone: berlin },
      "2027-03-27T23:00:00Z",
      "2027-03-28T22:00:00.000Z",
    ],
  ])("%s", (_name, window, now, expected) => {
    expect(opening([window], now)).toBe(expected);
  });

  it("a beginning that clocks skip is the moment of the change, one that they show twice the first one", () => {
    const from230 = (day: "sun"): FreezeWindow => ({ days: [day], from: "02:30", to: "05:00", zone: berlin });
    expect(opening([from230("sun")], "2027-03-28T00:59:59Z")).toBe("open");
    expect(opening([from230("sun")], "2027-03-28T01:00:00Z")).toBe("2027-03-28T03:00:00.000Z");
    expect(opening([from230("sun")], "2026-10-25T00:29:59Z")).toBe("open");
    expect(opening([from230("sun")], "2026-10-25T00:30:00Z")).toBe("2026-10-25T04:00:00.000Z");
  });

  it("zones off the hour count too", () => {
    const lordHowe: FreezeWindow = { days: ["sun"], from: "01:00", to: "03:00", zone: "Australia/Lord_Howe" };
    // Forward by half an hour at 02:00 on 2026-10-04: 10:30 → 11:00 from UTC.
    expect(opening([lordHowe], "2026-10-03T15:00:00Z")).toBe("2026-10-03T16:00:00.000Z");
  });
});

describe("windows that come once", () => {
  it.each<[string, FreezeWindow, string, string]>([
    [
      "the last day counts",
      { from: "2026-12-24", to: "2026-12-26", zone: berlin },
      "2026-12-26T22:59:59Z",
      "2026-12-26T23:00:00.000Z",
    ],
    [
      "with times",
      { from: "2026-12-24T17:00", to: "2026-12-27T08:00", zone: berlin },
      "2026-12-24T16:00:00Z",
      "2026-12-27T07:00:00.000Z",
    ],
    [
      "with an offset of their own",
      { from: "2026-12-24T17:00+01:00", to: "2026-12-24T18:00Z", zone: "UTC" },
      "2026-12-24T16:00:00Z",
      "2026-12-24T18:00:00.000Z",
    ],
    [
      "before the first day",
      { from: "2026-12-24", to: "2026-12-26", zone: berlin },
      "2026-12-23T22:59:59Z",
      "open",
    ],
  ])("%s", (_name, window, now, expected) => {
    expect(opening([window], now)).toBe(expected);
  });
});

describe("windows that are wrong are told so", () => {
  it.each([
    ["{ days: [fri], from: 25:00 }", /25:00 is not a time such as "17:00"/],
    ["{ days: [friday] }", /windows\.0\.days\.0/],
    ["{ from: 2026-12-24 }", /nothing is not a date such as 2026-12-24/],
    ["{ from: 2026-02-30, to: 2026-03-01 }", /2026-02-30 is not a date/],
    ["{ from: 2026-12-24, to: 2026-12-23 }", /2026-12-23 is not after 2026-12-24/],
    ["{ days: [fri], zone: Europe/Berlinn }", /Europe\/Berlinn is no time zone/],
    ["{ days: [fri], until: now }", /until is not a setting|[Uu]nrecognized/],
  ])("%s", (window, expected) => {
    const text = `version: 1\nrules:\n  change-freeze:\n    windows:\n      - ${window}\n`;
    const problems = readPolicy(text, "policy.yaml", null).problems ?? [];
    expect(problems.map(({ message, range }) => `${range.line}: ${message}`).join("\n")).toMatch(expected);
    expect(problems[0]?.range.line).toBe(5);
  });
});
