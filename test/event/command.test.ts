import { describe, expect, it } from "vitest";
import { commandIn } from "../../src/event/command.ts";

const fingerprint = "0123456789abcdef";
const bare = {
  kind: "approve",
  scope: { family: "weight" },
  fingerprints: null,
  ceiling: null,
  lasts: null,
  breakGlass: false,
  reason: "",
};

describe("a command stands on the first line of its own that is one", () => {
  it.each([
    ["/approve-weight", bare],
    ["/approve-weight\r\nand more", bare],
    ["Looks good.\n\n/approve-weight", bare],
    ["   /approve-weight   ", bare],
    ["/APPROVE-WEIGHT all", bare],
    [`/approve-weight ${fingerprint} soaked`, { ...bare, fingerprints: [fingerprint], reason: "soaked" }],
    [
      `/approve-weight ${fingerprint} fedcba9876543210 max=40% for=4h it has soaked`,
      {
        ...bare,
        fingerprints: [fingerprint, "fedcba9876543210"],
        ceiling: 40,
        lasts: 4 * 3_600_000,
        reason: "it has soaked",
      },
    ],
    ["/approve-timeout all uploads", { ...bare, scope: { family: "timeout" }, reason: "uploads" }],
    [
      "/approve outlier-detection break-glass INC-311 is on fire",
      { ...bare, scope: { rule: "outlier-detection" }, breakGlass: true, reason: "INC-311 is on fire" },
    ],
    ["/approve-weight the added face", { ...bare, reason: "the added face" }],
    ["/revoke", { kind: "revoke", fingerprints: null }],
    [`/revoke ${fingerprint}`, { kind: "revoke", fingerprints: [fingerprint] }],
    ["/recheck", { kind: "recheck" }],
    ["/explain weight-step", { kind: "explain", rule: "weight-step" }],
    ["/simulate prod/reviews 90/10", { kind: "simulate", route: "prod/reviews", shares: [90, 10] }],
    ["/sluice help", { kind: "help" }],
  ])("%j", (body, command) => {
    expect(commandIn(body)).toEqual(command);
  });
});

describe("nobody meant a command", () => {
  it.each([
    "approve-weight",
    "please run /approve-weight",
    "> /approve-weight",
    "> somebody wrote\n/approve-weight",
    "    /approve-weight",
    "\t/approve-weight",
    "```\n/approve-weight\n```",
    "~~~\n/approve-weight",
    "````\n```\n/approve-weight\n````",
    "`/approve-weight`",
    "<!-- /approve-weight -->",
    "<!--\n/approve-weight\n-->",
    "<pre>\n/approve-weight\n</pre>",
    "- /approve-weight",
    "/lgtm",
    "/usr/bin/env",
    "/approve-weight/x",
    "/",
    "",
  ])("%j", (body) => {
    expect(commandIn(body)).toBeNull();
  });
});

describe("what was meant and is no command gets help", () => {
  it.each([
    "/approve",
    "/approve-wieght",
    "/approve-everything",
    "/aprove-weight",
    "/sluice",
    "/sluice halp",
    "/explain",
    "/simulate prod/reviews",
    "/simulate prod/reviews 90",
    "/simulate prod/reviews a/b",
    "/approve-weight 7f3a5c",
    "/approve-weight max=much",
    "/approve-weight max=101",
    "/approve-weight for=ever",
    `/approve-weight all ${fingerprint}`,
    `/approve-weight ${"x".repeat(1_000)}`,
  ])("%j", (body) => {
    expect(commandIn(body)).toMatchObject({ kind: "malformed" });
  });
});
