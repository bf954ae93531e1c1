import { describe, expect, it } from "vitest";
import { readManifests } from "../../src/manifest/read.ts";
import { buildMesh } from "../../src/mesh/build.ts";
import { touchedBy } from "../../src/mesh/touched.ts";
import { effectivePolicy } from "../../src/policy/effective.ts";
import { findings } from "../../src/policy/findings.ts";
import { policyLayers } from "../../src/policy/layers.ts";
import { Moment } from "../../src/rules/moment.ts";
import type { StepHistory } from "../../src/rules/rule.ts";
import { compareTraffic } from "../../src/traffic/compare.ts";

const minute = 60_000;
const now = Date.parse("2026-11-22T12:00:00Z");

const mesh = (canary: number) =>
  buildMesh([
    readManifests(
      "reviews.yaml",
      `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, namespace: prod }
spec:
  hosts: [reviews]
  http:
    - route:
        - { destination: { host: reviews, subset: stable }, weight: ${100 - canary} }
        - { destination: { host: reviews, subset: canary }, weight: ${canary} }
`,
    ),
  ]);

/** What the rule says of a step from 5 % to 20 %, with a history that knows when the last step was merged. */
function soak(mergedMinutesAgo: number | null | "unread", option = "30m", to = 20) {
  const asked: string[] = [];
  const history: StepHistory = {
    lastStepAt(object, subject) {
      asked.push(`${object}: ${subject}`);
      return typeof mergedMinutesAgo === "number" ? now - mergedMinutesAgo * minute : null;
    },
    provenDestination: () => null,
  };
  const policy = effectivePolicy(
    policyLayers(
      {
        kind: "file",
        source: "policy.yaml",
        commit: null,
        text: `version: 1\nextends: []\nroles: { stable: [stable] }\nrules:\n  canary-soak: { severity: block, soak: ${option} }\n`,
      },
      { kind: "absent", source: "none" },
    ),
    "enforce",
  );
  const [base, head] = [mesh(5), mesh(to)];
  const touched = new Set(touchedBy(base, head).objects);
  const traffic = compareTraffic(base, head);
  const comparison = { base, head, traffic, touched, moment: new Moment(now) };
  const found = findings(mergedMinutesAgo === "unread" ? comparison : { ...comparison, history }, policy);
  return { asked, found };
}

describe("canary-soak", () => {
  it("keeps a step waiting until the last one has soaked, and says when it opens", () => {
    const { found, asked } = soak(12);
    expect(found).toMatchObject([
      {
        rule: "canary-soak",
        object: "VirtualService/prod/reviews",
        state: "new",
        certainty: "certain",
        message:
          "the next step of every request opens at Sun 2026-11-22 12:18 UTC: the last one was merged 12 minutes ago",
        opensAt: Date.parse("2026-11-22T12:18:00Z"),
        limit: { value: '"30m"', source: "policy.yaml:5" },
      },
    ]);
    expect(asked).toEqual(["VirtualService/prod/reviews: mesh reviews.prod.svc.cluster.local every request"]);
  });

  it.each([
    ["at the very moment it opens", 30],
    ["long after", 3_000],
  ])("lets a step pass %s", (_name, merged) => {
    expect(soak(merged).found).toEqual([]);
  });

  it.each([
    [1, "1 minute"],
    [300, "5 hours"],
    [4_000, "2 days"],
  ])("says how long ago %i minutes are", (merged, text) => {
    expect(soak(merged, "72h").found[0]?.message).toContain(`merged ${text} ago`);
  });

  it("never keeps anybody from going back", () => {
    expect(soak(1, "24h", 0).found).toEqual([]);
  });

  it.each(["unread", null] as const)(
    "says where the past is %s that it does not know, and blocks nobody",
    (past) => {
      expect(soak(past).found).toMatchObject([{ certainty: "needs-inventory" }]);
    },
  );

  it("keeps its fingerprint while time passes, and opens at the same time", () => {
    const [earlier, later] = [soak(5).found[0], soak(6).found[0]];
    expect(earlier?.fingerprint).toBe(later?.fingerprint);
  });
});
