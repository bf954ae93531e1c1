import { describe, expect, it } from "vitest";
import { evaluate } from "../../src/evaluation.ts";
import { effectivePolicy } from "../../src/policy/effective.ts";
import { policyLayers } from "../../src/policy/layers.ts";
import type { PastVersion } from "../../src/traffic/past.ts";

const hour = 60 * 60_000;
const now = Date.parse("2026-11-22T12:00:00Z");
const file = "mesh/reviews.yaml";
const overlay = "overlays/prod/weights.yaml";

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

/** An overlay that decides the weights of a base which nobody touches. */
const kustomized = (canary: number) =>
  new Map([
    ["base/kustomization.yaml", "resources: [reviews.yaml]\n"],
    ["base/reviews.yaml", reviews(1)],
    [
      "overlays/prod/kustomization.yaml",
      "resources: [../../base]\npatches: [{ path: weights.yaml, target: { kind: VirtualService } }]\n",
    ],
    [overlay, weights(canary)],
  ]);

const weights = (canary: number) => `- op: replace
  path: /spec/http/0/route/0/weight
  value: ${100 - canary}
- op: replace
  path: /spec/http/0/route/1/weight
  value: ${canary}
`;

const policy = effectivePolicy(
  policyLayers(
    {
      kind: "file",
      source: "policy.yaml",
      commit: null,
      text: "version: 1\nextends: []\nrules:\n  canary-soak: { severity: block, soak: 24h }\n  weight-step: { severity: block, maxStep: 20 }\n",
    },
    { kind: "absent", source: "none" },
  ),
  "enforce",
);

/** Each version with how many hours ago it came. */
const versions = (...came: readonly (readonly [number, string])[]): readonly PastVersion[] =>
  came.map(([hours, text]) => ({ text, at: now - hours * hour }));

/** When the step of `head` may be made, in hours from now; 0: it may be made now. */
function judged(
  base: ReadonlyMap<string, string>,
  head: ReadonlyMap<string, string>,
  past: ReadonlyMap<string, readonly PastVersion[]>,
) {
  const { evidence } = evaluate({ base, head, unreadable: [] }, policy, { now, past });
  const found = evidence.findings.filter(({ rule }) => rule === "canary-soak");
  expect(found.length).toBeLessThanOrEqual(1);
  const [finding] = found;
  if (finding?.opensAt === undefined) return finding ? "unknown" : 0;
  return (finding.opensAt - now) / hour;
}

const step = (past: ReadonlyMap<string, readonly PastVersion[]>) =>
  judged(new Map([[file, reviews(10)]]), new Map([[file, reviews(20)]]), past);

describe("the last step of a route", () => {
  it.each([
    ["counts from when its weights came", versions([2, reviews(10)], [90, reviews(5)]), 22],
    ["is over after its time", versions([24, reviews(10)], [90, reviews(5)]), 0],
    [
      "is not what changed something else",
      versions([1, `# a comment\n${reviews(10)}`], [30, reviews(10)], [90, reviews(5)]),
      0,
    ],
    [
      "is not what says the same with other numbers",
      versions([1, reviews(10)], [30, reviews(10).replace("90", "9").replace("10", "1")], [90, reviews(5)]),
      0,
    ],
    ["may have been one down", versions([3, reviews(10)], [90, reviews(30)]), 21],
    ["passes over what nobody could read", versions([2, reviews(10)], [3, "a: [\n"], [90, reviews(5)]), 22],
    ["is when a file came that hides what was before", versions([5, reviews(10)]), 19],
    [
      "is when the oldest state came, of which nobody sees what was before it",
      versions([30, reviews(10)]),
      0,
    ],
  ])("%s", (_name, past, opens) => {
    expect(step(new Map([[file, past]]))).toBe(opens);
  });

  it("is not known of a file without a past", () => {
    expect(step(new Map([["other.yaml", versions([90, reviews(5)])]]))).toBe("unknown");
  });

  it("made in the patch of an overlay counts, and what never touched it does not", () => {
    const [base, head] = [kustomized(10), kustomized(20)];
    const files = evaluate({ base, head, unreadable: [] }, policy, { now }).pastFiles;
    expect(files).toContain(overlay);
    const rest = files.filter((path) => path !== overlay).map((path) => [path, base.get(path)!] as const);
    const came = (...own: readonly (readonly [number, string])[]) =>
      new Map([
        ...rest.map(([path, text]) => [path, versions([200, text])] as const),
        [overlay, versions(...own)] as const,
      ]);
    expect(judged(base, head, came([2, weights(10)], [90, weights(5)]))).toBe(22);
    expect(judged(base, head, came([30, weights(10)], [90, weights(5)]))).toBe(0);
  });

  it("counts when it was made by taking a patch away", () => {
    const without = new Map(kustomized(10));
    const [kustomization, before] = [
      "overlays/prod/kustomization.yaml",
      without.get("overlays/prod/kustomization.yaml")!,
    ];
    const bare = "resources: [../../base]\n";
    without.set(kustomization, bare);
    without.delete(overlay);
    const head = new Map(without).set("base/reviews.yaml", reviews(15));
    const past = new Map([
      ["base/reviews.yaml", versions([200, reviews(1)])],
      [kustomization, versions([3, bare], [90, before])],
    ]);
    expect(judged(without, head, past)).toBe(21);
  });
});
