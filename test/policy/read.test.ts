import { describe, expect, it } from "vitest";
import { effectivePolicy } from "../../src/policy/effective.ts";
import { policyLayers } from "../../src/policy/layers.ts";
import { readPolicy } from "../../src/policy/read.ts";

const complaints = (text: string) =>
  (readPolicy(text, "sluice.yaml", null).problems ?? []).map(
    ({ message, range, fix }) => `${range.line}: ${message}${fix ? `; ${fix}` : ""}`,
  );

describe("a policy file that is wrong is told where and what", () => {
  it.each([
    ["version: 1\nmode: enforced\n", /^2: mode: /],
    ["version: 1\nrulez: {}\n", /^2: rulez is not a setting of the policy; did you mean rules\?$/],
    ["version: 1\nrules:\n  wieght-step: { maxStep: 5 }\n", /^3: wieght-step .*did you mean weight-step\?$/],
    ["version: 1\nrules:\n  weight-step:\n    maxSteps: 5\n", /^4: maxSteps .*did you mean maxStep\?$/],
    ["version: 1\nrules:\n  weight-step: { maxStep: 200 }\n", /^3: rules.weight-step.maxStep: /],
    ["version: 1\nextends: [lax@1]\n", /^2: extends\.0: .*recommended@1/],
    ["version: 2\n", /^1: version: /],
    ["mode: enforce\n", /^1: version: /],
    ["version: 1\nmode: [\n", /^\d: /],
    ["- version\n", /^1: the policy: /],
    ["", /^1: the policy: /],
    ["version: 1\nversion: 1\n", /^2: /],
    ["version: 1\napprovals: { weight: { approvers: [alice] } }\n", /an approver is written @user/],
  ])("%j", (text, expected) => {
    expect(complaints(text).join("\n")).toMatch(expected);
  });

  it("allows comments, anchors and merge keys", () => {
    expect(
      complaints(
        "version: 1 # ours\nrules:\n  weight-step: &s { severity: block, maxStep: 5 }\n  timeout-required: { severity: block }\n",
      ),
    ).toEqual([]);
  });
});

describe("layers", () => {
  const file = (source: string, text: string) => ({ kind: "file", source, commit: "c0ffee", text }) as const;
  const absent = { kind: "absent", source: "none" } as const;
  const organisation = file(
    "org.yaml",
    "version: 1\nmode: enforce\nrules:\n  weight-step: { severity: block, maxStep: 20 }\n",
  );

  it("a repository may tighten, and the line that did is named", () => {
    const policy = effectivePolicy(
      policyLayers(organisation, file("repo.yaml", "version: 1\nrules:\n  weight-step:\n    maxStep: 10\n")),
      "observe",
    );
    expect(policy.problems).toEqual([]);
    expect(policy.scoped([[]]).rules.get("weight-step")?.limit("maxStep")).toEqual({
      value: "10",
      source: "repo.yaml:4",
    });
  });

  it.each([
    ["a larger step", "rules: { weight-step: { maxStep: 50 } }", /may only be tightened: org.yaml:4 sets 20/],
    ["a milder severity", "rules: { weight-step: { severity: warn } }", /may only be tightened/],
    ["observing", "mode: observe", /mode belongs to the organisation/],
    [
      "its own approvers",
      'approvals: { weight: { approvers: ["@eve"] } }',
      /approvals belongs to the organisation/,
    ],
    [
      "its own stable",
      "roles: { stable: [canary] }",
      /roles.stable belongs to the organisation.*: recommended@1:\d+ sets/,
    ],
  ])("a repository may not set %s", (_name, text, expected) => {
    const policy = effectivePolicy(
      policyLayers(organisation, file("repo.yaml", `version: 1\n${text}\n`)),
      "observe",
    );
    expect(policy.problems.map(({ message }) => message).join("\n")).toMatch(expected);
    expect(policy.mode).toBe("enforce");
    expect(policy.scoped([[]]).rules.get("weight-step")?.options.maxStep).toBe(20);
    expect(policy.approvals.weight).toBeUndefined();
  });

  it("lists of several layers are joined", () => {
    const policy = effectivePolicy(
      policyLayers(
        organisation,
        file("repo.yaml", 'version: 1\nrules: { sidecar-egress-scope: { forbid: ["shop/*"] } }\n'),
      ),
      "observe",
    );
    expect(policy.problems).toEqual([]);
    expect(policy.scoped([[]]).rules.get("sidecar-egress-scope")?.options.forbid).toEqual(["*/*", "shop/*"]);
  });

  it("a repository's ladder does not lift the organisation's step", () => {
    const policy = effectivePolicy(
      policyLayers(
        organisation,
        file("repo.yaml", "version: 1\nrules: { weight-step: { ladder: [0, 100] } }\n"),
      ),
      "observe",
    );
    expect(policy.scoped([[]]).rules.get("weight-step")?.options).toMatchObject({
      maxStep: 20,
      ladder: [0, 100],
    });
  });

  it("without any policy Sluice observes with the pack recommended", () => {
    const policy = effectivePolicy(policyLayers(absent, absent), "observe");
    expect(policy.mode).toBe("observe");
    expect(policy.scoped([[]]).rules.get("weight-step")).toMatchObject({ severity: "block" });
    expect(policy.scoped([[]]).rules.get("weight-step")?.limit("maxStep").source).toMatch(
      /^recommended@1:\d+$/,
    );
  });
});
