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
    [
      "version: 1\nmode: enforced\n",
      /^2: mode is observe, enforce or off, not "enforced"; did you mean enforce\?$/,
    ],
    ["version: 1\nrulez: {}\n", /^2: rulez is not a setting of the policy; did you mean rules\?$/],
    ["version: 1\nrules:\n  wieght-step: { maxStep: 5 }\n", /^3: wieght-step .*did you mean weight-step\?$/],
    ["version: 1\nrules:\n  weight-step:\n    maxSteps: 5\n", /^4: maxSteps .*did you mean maxStep\?$/],
    [
      "version: 1\nrules:\n  weight-step: { maxStep: 200 }\n",
      /^3: rules.weight-step.maxStep is at most 100, not 200$/,
    ],
    [
      "version: 1\nrules:\n  weight-step: { maxStep: 20% }\n",
      /^3: .* is a number, not "20%"; write 20, without quotes or unit$/,
    ],
    ["version: 1\nrules:\n  weight-step: { ladder: 5 }\n", /^3: .*ladder is a list, not 5; write \[5\]$/],
    ["version: 1\nrules:\n  weight-step: { ladder: [5] }\n", /^3: .*ladder is a list of at least 2 entries$/],
    [
      "version: 1\nrules:\n  weight-step: block\n",
      /^3: rules.weight-step is a mapping of settings, not "block"; write \{ severity: block \}$/,
    ],
    [
      "version: 1\nrules:\n  weight-step:\n",
      /^3: rules.weight-step has no value; write a mapping of settings, or leave/,
    ],
    [
      "version: 1\nrules:\n  canary-soak: { soak: 30 }\n",
      /^3: .*soak is a text, not 30; write it with its unit, or in quotes$/,
    ],
    [
      "version: 1\nrules:\n  canary-soak: { soak: half an hour }\n",
      /^3: .*a duration such as 30m or 24h, not "half an hour"$/,
    ],
    [
      "version: 1\nrules:\n  timeout-range: { classes: { a: { match: { methods: GET }, timeout: [1s, 5s] } } }\n",
      /^3: methods is not a setting of rules.timeout-range.classes.a.match; did you mean method\?$/,
    ],
    [
      "version: 1\nrules:\n  connection-pool: { bounds: { tcp.maxConnection: [1, 10] } }\n",
      /^3: tcp.maxConnection is not a setting .*did you mean tcp.maxConnections\?$/,
    ],
    ["version: 1\nextends: [lax@1]\n", /^2: extends\.0 is recommended@1, strict@1 or canary@1, not "lax@1"$/],
    [
      "version: 1\nextends: recommended@1\n",
      /^2: extends is a list, not "recommended@1"; write \["recommended@1"\]$/,
    ],
    [
      "version: 1\nenvironments:\n  production: { namespace: prod }\n",
      /^3: namespace .*did you mean namespaces\?$/,
    ],
    [
      "version: 1\noverlays:\n  - when: { enviroment: production }\n",
      /^3: enviroment .*did you mean environment\?$/,
    ],
    ["version: 1\noverlays:\n  - rules: {}\n", /^3: overlays\.0\.when is missing/],
    [
      "version: 1\nexceptions:\n  - { rule: weight-step, object: VirtualService/a/b, owner: o, expires: 2027-02-30 }\n",
      /^3: exceptions\.0\.reason is missing; write reason: a text\n3: exceptions\.0\.expires is a day such as 2027-03-31, not "2027-02-30"$/,
    ],
    [
      "version: 1\nexceptions:\n  - { rule: weight-step, object: virtualService/a/b, reason: r, owner: o, expires: 2027-02-28 }\n",
      /^3: exceptions\.0\.object: there is no kind virtualService; did you mean VirtualService\/a\/b\?$/,
    ],
    ["version: 2\n", /^1: version is 1, not 2$/],
    ['version: "1"\n', /^1: version is 1, not "1"; write it without quotes$/],
    ["mode: enforce\n", /^1: version is missing; write 1$/],
    ["version: 1\nmode: [\n", /^\d: /],
    ["version: 1\n---\nversion: 1\n", /^2: a policy is one YAML document/],
    ["version: 1\nrules: { weight-step: *limits }\n", /^2: nothing before \*limits is anchored as &limits$/],
    [
      `version: 1\na: &a [${"x, ".repeat(20)}]\nb: &b [${"*a, ".repeat(20)}]\nc: [${"*b, ".repeat(20)}]\n`,
      /^1: anchors are used too often/,
    ],
    ["- version\n", /^1: the policy is a mapping of settings, not a list$/],
    ["", /^1: the policy is empty; begin with version: 1$/],
    ["version: 1\nversion: 1\n", /^2: /],
    ["version: 1\napprovals: { weight: { approvers: [alice] } }\n", /an approver is written @user/],
    ["version: 1\napprovals: { wieght: { approvers: ['@a'] } }\n", /^2: wieght .*did you mean weight\?$/],
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
