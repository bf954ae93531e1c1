import { describe, expect, test } from "vitest";
import { type Evaluation, evaluate } from "../../src/evaluation.ts";
import type { Inventory } from "../../src/inventory.ts";
import { effectivePolicy } from "../../src/policy/effective.ts";
import { policyLayers } from "../../src/policy/layers.ts";
import { checkReport } from "../../src/report/check-run.ts";
import type { ReportContext } from "../../src/report/context.ts";
import { simulate } from "../../src/simulate.ts";

type Texts = Readonly<Record<string, string>>;

const text = `version: 1
mode: enforce
inventory: [acme/mesh-shared]
environments:
  production: { paths: ["clusters/prod/**"] }
rules: { outlier-detection: { severity: block }, weight-step: { severity: block, maxStep: 20 } }
overlays:
  - when: { environment: production }
    rules: { subset-not-found: { severity: block } }
`;
const absent = { kind: "absent", source: "mesh" } as const;
const file = (source: string, content: string) =>
  ({ kind: "file", source, commit: null, text: content }) as const;
const policy = effectivePolicy(policyLayers(file("acme/.github", text), absent), "enforce");

const shared = (texts: Texts): Inventory => ({
  repository: "acme/mesh-shared",
  commit: "0123456789abcdef",
  files: new Map(Object.entries(texts)),
  unread: new Set(),
});

const route = (stable: number, canary: number, subset = "canary") => `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, namespace: prod }
spec:
  hosts: [reviews]
  http:
    - route:
        - { destination: { host: reviews, subset: stable }, weight: ${stable} }
        - { destination: { host: reviews, subset: ${subset} }, weight: ${canary} }
`;
const rule = (subsets: readonly string[], name = "reviews") => `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: ${name}, namespace: prod }
spec:
  host: reviews
  trafficPolicy: { outlierDetection: { consecutive5xxErrors: 5 } }
  subsets: [${subsets.map((subset) => `{ name: ${subset}, labels: { version: ${subset} } }`).join(", ")}]
`;
const both = ["stable", "canary"];

function judged(base: Texts, head: Texts, ...inventory: Inventory[]): Evaluation {
  const [before, after] = [base, head].map((texts) => new Map(Object.entries(texts)));
  return evaluate({ base: before!, head: after!, unreadable: [], inventory }, policy, { now: 0 });
}
const found = ({ evidence }: Evaluation) =>
  evidence.findings.map(({ rule: id, state, certainty, object }) => `${id} ${state} ${certainty} ${object}`);

describe("what another repository shows", () => {
  const base = {};
  const head = { "mesh/reviews.yaml": route(90, 10) };

  test("satisfies a rule that asks for it", () => {
    const evaluation = judged(base, head, shared({ "rule.yaml": rule(both) }));
    expect(evaluation.decision.conclusion).toBe("success");
    expect(found(evaluation)).toEqual([]);
  });

  test("is missed without it", () => {
    expect(found(judged(base, head, shared({})))).toContain(
      "outlier-detection new needs-inventory VirtualService/prod/reviews",
    );
  });

  test("makes certain what this repository alone cannot tell", () => {
    const before = { "mesh/reviews.yaml": route(90, 10) };
    const after = { "mesh/reviews.yaml": route(90, 10, "beta") };
    const evaluation = judged(before, after, shared({ "rule.yaml": rule(both) }));
    expect(evaluation.decision).toMatchObject({ conclusion: "failure" });
    expect(found(evaluation)).toContain("make-before-break new certain VirtualService/prod/reviews");
    expect(found(judged(before, after))).not.toContain(
      "make-before-break new certain VirtualService/prod/reviews",
    );
  });

  test("is broken by what it needs: told where the change is", () => {
    const evaluation = judged(
      { "rule.yaml": rule(both) },
      { "rule.yaml": rule(["stable"]) },
      shared({ "routes/reviews.yaml": route(90, 10) }),
    );
    expect(found(evaluation)).toContain("make-before-break new certain DestinationRule/prod/reviews");
    expect(evaluation.decision.title).toContain("canary is removed while it is still used");
  });

  test("is never a finding of its own", () => {
    const evaluation = judged(
      { "mesh/reviews.yaml": route(90, 10) },
      { "mesh/reviews.yaml": route(85, 15) },
      shared({
        "rule.yaml": rule(both),
        "other.yaml": route(90, 10, "gone").replaceAll("reviews", "ratings"),
      }),
    );
    expect(found(evaluation)).toEqual([]);
    expect(evaluation.touches.objects).toEqual(["VirtualService/prod/reviews"]);
  });

  test("counts for nothing where this repository has the object itself, and both are told", () => {
    const evaluation = judged(
      { "reviews.yaml": route(90, 10), "rule.yaml": rule(both) },
      { "reviews.yaml": route(90, 10), "rule.yaml": rule(["stable"]) },
      shared({ "rule.yaml": rule(both) }),
    );
    expect(found(evaluation)).toContain("make-before-break new certain DestinationRule/prod/reviews");
    expect(evaluation.evidence.notices).toMatchObject([
      {
        message: "DestinationRule/prod/reviews is defined here too; what this repository says of it counts",
        range: { file: "acme/mesh-shared:rule.yaml" },
      },
    ]);
  });

  test("takes over an object that moves there, without a change of traffic", () => {
    const evaluation = judged(
      { "reviews.yaml": route(90, 10), "rule.yaml": rule(both) },
      { "reviews.yaml": route(90, 10) },
      shared({ "rules/reviews.yaml": rule(both) }),
    );
    expect(evaluation.decision).toMatchObject({ conclusion: "success", title: "No traffic change" });
  });

  test("stands in the environment of its own path, and is named where it breaks", () => {
    const evaluation = judged(
      { "rule.yaml": rule(both) },
      { "rule.yaml": rule(["stable"]) },
      shared({ "clusters/prod/reviews.yaml": route(90, 10) }),
    );
    expect(evaluation.evidence.findings).toContainEqual(
      expect.objectContaining({
        rule: "subset-not-found",
        object: "VirtualService/prod/reviews",
        severity: "block",
        certainty: "certain",
        environment: "production",
        range: expect.objectContaining({ file: "acme/mesh-shared:clusters/prod/reviews.yaml", line: 9 }),
      }),
    );
  });

  test("counts for /simulate as well", () => {
    const change = { base: new Map(Object.entries(head)), inventory: [shared({ "rule.yaml": rule(both) })] };
    const simulation = simulate(change, policy, "reviews", [80, 20], 0);
    expect("evaluation" in simulation && found(simulation.evaluation)).toEqual([
      "weight-sum new certain VirtualService/prod/reviews",
    ]);
  });
});

describe("what cannot be seen", () => {
  const step = [{ "reviews.yaml": route(90, 10) }, { "reviews.yaml": route(85, 15) }] as const;

  test("a repository nobody may look at fails, and says what to do and which line asks for it", () => {
    const evaluation = judged(...step, { repository: "ACME/mesh-shared", kind: "hidden" });
    expect(evaluation.decision).toMatchObject({
      conclusion: "failure",
      exit: 2,
      title: "Could not evaluate: acme/mesh-shared",
    });
    expect(evaluation.evidence.notEvaluated).toMatchObject([
      { fix: "install the app on acme/mesh-shared, or remove it from inventory (acme/.github:3)" },
    ]);
  });

  test("but it is no business of a change that is none of the mesh's", () => {
    const evaluation = judged(
      { "a.md": "1" },
      { "a.md": "2" },
      { repository: "acme/mesh-shared", kind: "hidden" },
    );
    expect(evaluation.decision).toMatchObject({ conclusion: "success", title: "No mesh change" });
  });

  test.each([
    ["foreign", /account/, /^remove it from inventory \(acme\/\.github:3\)$/],
    ["cut", /100,000 entries/, /^divide it, or remove it/],
  ] as const)("one that is %s fails too", (kind, reason, fix) => {
    const { decision, evidence } = judged(...step, { repository: "acme/mesh-shared", kind });
    expect(decision.exit).toBe(2);
    expect(evidence.notEvaluated).toMatchObject([
      { reason: expect.stringMatching(reason), fix: expect.stringMatching(fix) },
    ]);
  });

  test("the repository itself needs no reading", () => {
    expect(judged(...step, { repository: "acme/mesh-shared", kind: "own" }).evidence.notEvaluated).toEqual(
      [],
    );
  });

  test("one that was not at hand is told, and does not block", () => {
    const { decision, evidence } = judged(...step);
    expect(decision.conclusion).toBe("success");
    expect(evidence.notEvaluated).toMatchObject([
      {
        file: "acme/mesh-shared",
        blocks: false,
        fix: expect.stringContaining("--inventory acme/mesh-shared="),
      },
    ]);
  });

  test("a broken file there is told, and does not block", () => {
    const broken = {
      "a.yaml": `${rule(both)}\t- x\n`,
      "b.yaml": `${rule(both)}\t- x\n`,
      "c.yaml": rule(both),
    };
    const { decision, evidence } = judged(...step, shared(broken));
    expect(decision.conclusion).toBe("success");
    expect(evidence.notEvaluated).toEqual([]);
    expect(evidence.notices).toMatchObject([
      { message: expect.stringMatching(/hides what it holds: .*, and so does 1 more$/) },
    ]);
  });

  test("so is a file that has no text", () => {
    const state = { ...shared({ "c.yaml": rule(both) }), unread: new Set(["big.yaml"]) };
    expect(judged(...step, state).evidence.notices).toMatchObject([
      {
        message: "this file of acme/mesh-shared hides what it holds: it could not be read",
        range: { file: "acme/mesh-shared:big.yaml" },
      },
    ]);
  });

  test("a change that cannot be read is told alone", () => {
    const unreadable = [{ file: "vendor", reason: "it is a submodule", blocks: true }];
    const { evidence } = evaluate({ base: new Map(), head: new Map(), unreadable }, policy, { now: 0 });
    expect(evidence.notEvaluated).toMatchObject(unreadable);
  });
});

describe("who may name them", () => {
  const own = file("acme/mesh/.github/sluice.yaml", "version: 1\ninventory: [acme/secrets]\n");

  test("not a repository, whose people could read what they may not see", () => {
    const alone = effectivePolicy(policyLayers(absent, own), "enforce");
    expect(alone.inventory).toEqual([]);
    expect(alone.problems).toMatchObject([
      { message: "inventory counts in the organisation's policy alone" },
    ]);
    const below = effectivePolicy(policyLayers(file("acme/.github", text), own), "enforce");
    expect(below.inventory).toEqual([{ repository: "acme/mesh-shared", source: "acme/.github:3" }]);
    expect(below.problems).toMatchObject([
      { message: expect.stringMatching(/^inventory belongs to the organisation's policy/) },
    ]);
  });

  test("a name is owner/name", () => {
    const { unreadable } = policyLayers(file("p", "version: 1\ninventory: [mesh-shared]\n"), absent);
    expect(unreadable).toMatchObject([
      { range: { line: 2 }, message: expect.stringContaining("owner/name") },
    ]);
  });
});

test("links lead to the other repository at the commit that was read, and no annotation does", () => {
  const evaluation = judged(
    { "a.yaml": route(90, 10).replaceAll("reviews", "ratings"), "rule.yaml": rule(both) },
    { "a.yaml": route(90, 10).replaceAll("reviews", "ratings") },
    shared({ "routes/reviews.yaml": route(90, 10) }),
  );
  const context = {
    pull: {
      url: "https://github.test/acme/mesh/pull/1",
      head: "h".repeat(40),
      baseRef: "main",
      baseTip: "b",
      commentedFingerprints: new Set(),
    },
    comparison: {
      mergeBase: "b",
      patches: new Map([["acme/mesh-shared:routes/reviews.yaml", "@@ -1,99 +1,99 @@\n+x"]]),
    },
    headOwn: new Set(["acme/mesh-shared:routes/reviews.yaml"]),
  } as unknown as ReportContext;
  const report = checkReport(evaluation, context);
  expect(report.summary).toContain(
    "[`acme/mesh-shared:routes/reviews.yaml:8`](https://github.test/acme/mesh-shared/blob/0123456789abcdef/routes/reviews.yaml#L8)",
  );
  expect(report.summary).toContain("The mesh is completed by `acme/mesh-shared@0123456`.");
  expect(report.annotations.map(({ path }) => path)).not.toContain("acme/mesh-shared:routes/reviews.yaml");
});
