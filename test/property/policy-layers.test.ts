import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Path } from "../../src/manifest/source.ts";
import { directionOf, loosest, sameValue, strictest } from "../../src/policy/direction.ts";
import { effectivePolicy } from "../../src/policy/effective.ts";
import { policyLayers } from "../../src/policy/layers.ts";
import { severities } from "../../src/rules/rule.ts";

const runs = process.env.SLUICE_LONG ? 20_000 : 100;
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
    "egress-widened": fc.record(
      { allow: fc.uniqueArray(fc.constantFrom("./*", "a/*", "b/*"), { maxLength: 3 }) },
      { requiredKeys: [] },
    ),
    "canary-soak": fc.record({ soak: fc.constantFrom("5m", "30m", "2h") }, { requiredKeys: [] }),
    "timeout-required": fc.record({ severity: fc.constantFrom(...severities) }, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
);
const modes = fc.constantFrom("off", "observe", "enforce");
const delegate = fc.record(
  {
    mode: fc.oneof(fc.boolean(), modes),
    "rules.weight-step": fc.boolean(),
    "rules.weight-step.severity": fc.oneof(fc.boolean(), fc.constantFrom(...severities)),
    "rules.weight-step.maxStep": fc.oneof(fc.boolean(), fc.integer({ min: 0, max: 100 })),
    "rules.sidecar-egress-scope.forbid": fc.oneof(
      fc.boolean(),
      fc.uniqueArray(fc.constantFrom("*/*", "a/*", "b/*"), { maxLength: 3 }),
    ),
    "rules.egress-widened.allow": fc.oneof(
      fc.boolean(),
      fc.uniqueArray(fc.constantFrom("./*", "a/*", "b/*"), { maxLength: 3 }),
    ),
    "rules.canary-soak.soak": fc.oneof(fc.boolean(), fc.constantFrom("1m", "10m")),
  },
  { requiredKeys: [] },
);
const when = fc.oneof(
  fc.record({ environment: fc.constantFrom("production", "staging", ["production", "staging"]) }),
  fc.record({ repository: fc.constantFrom("acme/*", "other/*") }),
  fc.record({ environment: fc.constantFrom(...environments), branch: fc.constantFrom("main", "release/*") }),
);
const overlay = fc.record({ when, mode: modes, rules, delegate }, { requiredKeys: ["when", "rules"] });
const layer = fc.record(
  {
    version: fc.constant(1),
    extends: fc.constantFrom([], ["recommended@1"], ["strict@1"], ["canary@1"]),
    mode: modes,
    environments: fc.constant({ production: { namespaces: ["prod"] }, staging: {} }),
    rules,
    delegate,
    overlays: fc.array(overlay, { maxLength: 3 }),
  },
  { requiredKeys: ["version", "environments"] },
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
    { repository: "acme/mesh", branch: "main" },
  );

/** Everything a scope has in force, less the lines that say it. */
const inForce = (policy: ReturnType<typeof policyOf>, where: string[][]) =>
  Object.fromEntries(
    [...policy.scoped(where).values]
      .filter(([, { path }]) => path[0] !== "delegate")
      .map(([key, { value }]) => [key, Array.isArray(value) ? new Set(value) : value]),
  );

const isAsStrictAs = (path: Path, value: unknown, least: unknown) =>
  sameValue(strictest(path, value, least), value);

/** The bound by the name that is closest to a setting. */
function boundOf(values: ReadonlyMap<string, { value: unknown }>, path: Path): unknown {
  for (let depth = path.length; depth > 0; depth--) {
    const found = values.get(`delegate.${path.slice(0, depth).join(".")}`);
    if (found) return found.value === false ? undefined : found.value;
  }
  return undefined;
}

describe("the laws of policy layers", () => {
  it("a repository's layer is never looser than the organisation's, but for what is handed down, and as far as it is", () => {
    fc.assert(
      fc.property(layer, layer, fc.subarray(environments), (organisation, repository, where) => {
        const alone = policyOf(organisation, null).scoped([where]).values;
        const both = policyOf(organisation, repository).scoped([where]).values;
        for (const [key, { path, value }] of alone) {
          if (path[0] === "delegate") continue;
          const now = both.get(key)?.value;
          const bound = boundOf(alone, path);
          if (bound === true) continue;
          expect(
            isAsStrictAs(path, now, value) ||
              isAsStrictAs(path, now, bound === undefined ? value : loosest(path, value, bound)),
            key,
          ).toBe(true);
        }
      }),
      { numRuns: runs },
    );
  });

  it("where nothing is handed down, a repository is never looser", () => {
    fc.assert(
      fc.property(
        layer,
        layer,
        placements,
        ({ delegate: _, overlays, ...organisation }, repository, where) => {
          const strict = { ...organisation, overlays: overlays?.map(({ delegate: _, ...kept }) => kept) };
          const alone = policyOf(strict, null).scoped(where).values;
          const both = policyOf(strict, repository).scoped(where).values;
          for (const [key, { path, value }] of alone) {
            if (path[0] !== "delegate")
              expect(isAsStrictAs(path, both.get(key)?.value, value), key).toBe(true);
          }
        },
      ),
      { numRuns: runs },
    );
  });

  it("whatever a repository says to no effect, it is told", () => {
    fc.assert(
      fc.property(
        layer,
        layer,
        ({ overlays: _, ...organisation }, { overlays: __, extends: ___, ...repository }) => {
          const policy = policyOf(organisation, repository);
          const alone = policyOf({ ...repository, extends: [] }, null).scoped([[]]).values;
          const both = policy.scoped([[]]).values;
          const told = policy.problems.map(({ message }) => message).join("\n");
          for (const [key, { path, value, source }] of alone) {
            // What is in a list besides only adds to it.
            if (directionOf(path) === "union") continue;
            if (path[0] === "delegate" || source.startsWith("default of")) continue;
            if (!isAsStrictAs(path, value, both.get(key)?.value)) expect(told).toContain(key);
          }
        },
      ),
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
            if (path[0] === "delegate") continue;
            expect(isAsStrictAs(path, both.get(key)?.value, value), key).toBe(true);
          }
        }
      }),
      { numRuns: runs },
    );
  });
});
