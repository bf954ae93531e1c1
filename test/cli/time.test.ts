import { describe, expect, it } from "vitest";
import { check } from "../../src/cli/check.ts";
import { folder, git, recording, write } from "./folder.ts";

const reviews = (canary: number) => `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, namespace: prod }
spec:
  hosts: [reviews]
  http:
    - route:
        - { destination: { host: reviews, subset: stable }, weight: ${100 - canary} }
        - { destination: { host: reviews, subset: canary }, weight: ${canary} }
`;

async function checked(here: string, ...args: string[]) {
  const terminal = recording(here);
  const exit = await check.run(["--policy", "policy.yaml", "--format", "json", ...args], terminal);
  return { exit, report: JSON.parse(terminal.shown.out) };
}

describe("sluice check at another moment", () => {
  const frozen = `version: 1
extends: []
rules:
  change-freeze:
    severity: block
    windows: [{ from: 2026-12-24, to: 2026-12-26, zone: Europe/Berlin, reason: Christmas }]
`;
  const change = () =>
    folder({ "policy.yaml": frozen, "a/reviews.yaml": reviews(5), "b/reviews.yaml": reviews(10) });
  const at = (moment: string) => checked(change(), "--base", "a", "--head", "b", "--now", moment);

  it("tells of a freeze when it is on, and when it opens", async () => {
    const { exit, report } = await at("2026-12-24T18:00:00+01:00");
    expect(exit).toBe(1);
    expect(report.findings).toMatchObject([{ rule: "change-freeze", opensAt: "2026-12-26T23:00:00.000Z" }]);
    expect(report.turn).toEqual({ at: "2026-12-26T23:00:00.000Z", what: "a freeze ends" });
  });

  it("tells before when it begins", async () => {
    const { exit, report } = await at("2026-12-23T22:59:59Z");
    expect(exit).toBe(0);
    expect(report.turn).toEqual({ at: "2026-12-23T23:00:00.000Z", what: "a freeze begins" });
  });

  it("says nothing of time where nothing depends on it", async () => {
    const { exit, report } = await at("2026-12-27T00:00:00Z");
    expect(exit).toBe(0);
    expect(report.turn).toBeNull();
  });

  it("shows on a terminal when all is over by itself", async () => {
    const terminal = recording(change());
    const args = ["--base", "a", "--head", "b", "--policy", "policy.yaml", "--now", "2026-12-24T18:00:00Z"];
    await check.run(args, terminal);
    expect(terminal.shown.out).toContain("All that blocks is over by itself at Sat 2026-12-26 23:00 UTC");
  });

  it.each(["christmas", "2026-12-24", "2026-12-24T18:00:00", "2026-02-30T00:00:00Z"])(
    "%s is no moment",
    async (text) => {
      await expect(at(text)).rejects.toThrow(/--now is a moment such as 2026-12-24T18:00:00Z/);
    },
  );
});

describe("a soak in a Git repository", () => {
  const soaking = "version: 1\nextends: []\nrules:\n  canary-soak: { severity: block, soak: 24h }\n";

  it("counts from the merge of a branch, and not from what its commits say", async () => {
    const here = folder({ "policy.yaml": soaking, "reviews.yaml": reviews(0) });
    const commit = (at: string, ...args: string[]) => {
      process.env.GIT_COMMITTER_DATE = at;
      git(here, ...args);
      delete process.env.GIT_COMMITTER_DATE;
    };
    git(here, "init", "-q");
    git(here, "add", "-A");
    commit("2026-11-01T00:00:00Z", "commit", "-qm", "begin");
    git(here, "checkout", "-qb", "first");
    for (const canary of [100, 5]) {
      write(here, { "reviews.yaml": reviews(canary) });
      commit("2026-11-02T00:00:00Z", "commit", "-qam", `canary ${canary}`);
    }
    git(here, "checkout", "-q", "main");
    commit("2026-11-20T00:00:00Z", "merge", "-q", "--no-ff", "-m", "merge", "first");
    git(here, "checkout", "-qb", "next");
    write(here, { "reviews.yaml": reviews(10) });
    commit("2026-11-20T01:00:00Z", "commit", "-qam", "next");
    const at = (moment: string) => checked(here, "--base", "main", "--head", "next", "--now", moment);
    const early = await at("2026-11-20T12:00:00Z");
    expect(early.report.findings).toMatchObject([
      { opensAt: "2026-11-21T00:00:00.000Z", certainty: "certain" },
    ]);
    expect(early.exit).toBe(1);
    expect((await at("2026-11-21T00:00:00Z")).exit).toBe(0);
  });
});
