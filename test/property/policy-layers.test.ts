import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sameValue, strictest } from "../../src/policy/direction.ts";
import { effectivePolicy } from "../../src/policy/effective.ts";
import { policyLayers } from "../../src/policy/layers.ts";
import { severities } from "../../src/rules/rule.ts";

const runs = process.env.SLUICE_LONG ? 20_000 : 300;
const environments = ["production", "staging"];

const rules = fc.record(
  {
    "weight-step": fc.record(
      {
        severity: fc.constantFrom(...severities),
        maxStep: fc.integer({ min: 0, max: 100 }),
        ladder: fc.uniqueArray(fc.integer({ min: 0, max: 100 }), { minLength: 2, maxLength: 5 }),
      },
      { requiredKeys: [] },
    ),
    "sidecar-egress-scope": fc.record(
      {
        severity: fc.constantFrom(...severities),
        forbid: fc.uniqueArray(fc.constantFrom("*/*", "a/*", "b/*"), { maxLength: 3 }),
      },
      { requiredKeys: [] },
    ),
    "timeout-required": fc.record({ severity: fc.constantFrom(...severities) }, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
);
const overlay = fc.record({ when: fc.record({ environment: fc.constantFrom(...environments) }), rules });
const layer = fc.record(
  {
    version: fc.constant(1),
    extends: fc.constantFrom([], ["recommended@1"], ["strict@1"], ["canary@1"]),
    rules,
    overlays: fc.array(overlay, { maxLength: 3 }),
  },
  { requiredKeys: ["version"] },
);
const placements = fc.array(fc.subarray(environments), { minLength: 1, maxLength: 2 });

const policyOf = (organisation: object, repository: object | null) =>
  effectivePolicy(
    policyLayers(
      { kind: "file", source: "org", commit: null, text: JSON.stringify(organisation) },
      repository
        ? { kind: "file", source: "repo", commit: null, text: JSON.stringify(repository) }
        : { kind: "absent", source: "repo" },
    ),
    "observe",
  );

/** Everything a scope has in force, less the lines that say it. */
const inForce = (policy: ReturnType<typeof policyOf>, where: string[][]) =>
  Object.fromEntries(
    [...policy.scoped(where).values].map(([key, { value }]) => [
      key,
      Array.isArray(value) ? new Set(value) : value,
    ]),
  );

describe("the laws of policy layers", () => {
  it("a repository's layer is never looser than the organisation's", () => {
    fc.assert(
      fc.property(layer, layer, placements, (organisation, repository, where) => {
        const alone = policyOf(organisation, null).scoped(where).values;
        const both = policyOf(organisation, repository).scoped(where).values;
        for (const [key, { path, value }] of alone) {
          expect(sameValue(strictest(path, both.get(key)?.value, value), both.get(key)?.value), key).toBe(
            true,
          );
        }
      }),
      { numRuns: runs },
    );
  });

  it("the same layer twice is the layer once", () => {
    fc.assert(
      fc.property(layer, placements, (organisation, where) => {
        const explicit = { extends: ["recommended@1"], ...organisation };
        expect(inForce(policyOf(explicit, explicit), where)).toEqual(
          inForce(policyOf(explicit, null), where),
        );
      }),
      { numRuns: runs },
    );
  });

  it("the order of overlays does not matter", () => {
    fc.assert(
      fc.property(layer, placements, (organisation, where) => {
        const reversed = { ...organisation, overlays: organisation.overlays?.toReversed() };
        expect(inForce(policyOf(reversed, null), where)).toEqual(
          inForce(policyOf(organisation, null), where),
        );
      }),
      { numRuns: runs },
    );
  });

  it("an object in two placements is held to the stricter of both", () => {
    fc.assert(
      fc.property(layer, fc.subarray(environments), fc.subarray(environments), (organisation, from, to) => {
        const policy = policyOf(organisation, null);
        const both = policy.scoped([from, to]).values;
        for (const side of [from, to]) {
          for (const [key, { path, value }] of policy.scoped([side]).values) {
            expect(sameValue(strictest(path, both.get(key)?.value, value), both.get(key)?.value), key).toBe(
              true,
            );
          }
        }
      }),
      { numRuns: runs },
    );
  });
});
