import { expect, it } from "vitest";
import { evaluate } from "../../src/evaluation.ts";
import { effectivePolicy } from "../../src/policy/effective.ts";
import { policyLayers } from "../../src/policy/layers.ts";

const rule = (...subsets: string[]) => `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: reviews, namespace: prod }
spec:
  host: reviews
  subsets:
${subsets.map((subset) => `    - { name: ${subset}, labels: { version: ${subset} } }\n`).join("")}`;

const told = (base: string, head: string) => {
  const text = "version: 1\nextends: []\nrules: { outlier-detection: { severity: block } }\n";
  const policy = effectivePolicy(
    policyLayers({ kind: "file", source: "p", commit: null, text }, { kind: "absent", source: "none" }),
    "enforce",
  );
  const files = (content: string) => new Map([["a.yaml", content]]);
  return evaluate({ base: files(base), head: files(head), unreadable: [] }, policy, { now: 0 }).evidence
    .findings;
};

it("one mistake of many subsets is told once, and what base has is told apart", () => {
  const found = told(rule("v1", "v2"), rule("v1", "v2", "v3", "v4", "v5", "v6", "v7"));
  expect(found.map(({ state, message }) => `${state}: ${message}`)).toEqual([
    "existing: no outlierDetection for reviews.prod.svc.cluster.local subset v1 and reviews.prod.svc.cluster.local subset v2",
    "new: no outlierDetection for reviews.prod.svc.cluster.local subset v3, reviews.prod.svc.cluster.local subset v4, reviews.prod.svc.cluster.local subset v5 and 2 more",
  ]);
});

it("an approval of some is none of more", () => {
  const [fewer, more] = [
    ["v3", "v4"],
    ["v3", "v4", "v5"],
  ].map(
    (subsets) => told(rule("v1"), rule("v1", ...subsets)).find(({ state }) => state === "new")?.fingerprint,
  );
  expect(fewer).toMatch(/^[0-9a-f]{16}$/);
  expect(more).not.toBe(fewer);
});
