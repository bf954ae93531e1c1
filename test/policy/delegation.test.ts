import { describe, expect, it } from "vitest";
import { effectivePolicy } from "../../src/policy/effective.ts";
import { policyLayers } from "../../src/policy/layers.ts";
import { readPolicy } from "../../src/policy/read.ts";

const file = (source: string, text: string) => ({ kind: "file", source, commit: null, text }) as const;

const organisation = `version: 1
extends: []
environments: { production: { namespaces: [prod] }, staging: { namespaces: [staging] } }
delegate:
  rules.weight-step.maxStep: 50
  rules.timeout-required.severity: info
  rules.sidecar-egress-scope.forbid: ["*/*"]
  rules.egress-widened.allow: ["./*", "shared/*", "istio-system/*"]
  rules.gateway-host.claims.*.shop.example.com: true
  custom.named.severity: warn
rules:
  weight-step: { severity: block, maxStep: 20 }
  timeout-required: { severity: block }
  sidecar-egress-scope: { severity: block, forbid: ["*/*", "x/*"] }
  egress-widened: { severity: block, allow: ["./*"] }
  gateway-host: { severity: block, claims: { "*.shop.example.com": [shop], "*.pay.example.com": [pay] } }
overlays:
  - when: { environment: production }
    rules: { weight-step: { maxStep: 10 } }
  - when: { environment: staging }
    rules: { weight-step: { maxStep: 10 } }
    delegate: { rules.weight-step.maxStep: 30 }
custom:
  - { id: named, kinds: [VirtualService], severity: block, expression: "true", message: m }
`;

const both = (repository: string, above = organisation) =>
  effectivePolicy(
    policyLayers(file("org.yaml", above), file("repo.yaml", `version: 1\n${repository}`)),
    "observe",
  );
const inForce = (repository: string, environments: string[] = []) => {
  const policy = both(repository);
  expect(policy.unreadable).toEqual([]);
  const { rules } = policy.scoped([environments]);
  return { rules, told: policy.problems.map(({ message, range }) => `${range.line}: ${message}`) };
};

describe("what the organisation hands down", () => {
  it("is in force as the repository says, within the bound, with its line", () => {
    const { rules, told } = inForce("rules:\n  weight-step:\n    maxStep: 40\n");
    expect(rules.get("weight-step")?.limit("maxStep")).toEqual({ value: "40", source: "repo.yaml:4" });
    expect(told).toEqual([]);
  });

  it("holds at the bound, and names the line of it", () => {
    const { rules, told } = inForce("rules:\n  weight-step:\n    maxStep: 80\n");
    expect(rules.get("weight-step")?.limit("maxStep")).toEqual({ value: "50", source: "org.yaml:5" });
    expect(told).toEqual([
      "4: rules.weight-step.maxStep may be loosened to 50 at most: org.yaml:5 hands it down so far, this file says 80",
    ]);
  });

  it("may still be tightened", () => {
    expect(
      inForce("rules: { weight-step: { maxStep: 5 } }\n").rules.get("weight-step")?.options.maxStep,
    ).toBe(5);
  });

  it("changes nothing where the repository says nothing", () => {
    expect(inForce("rules: {}\n").rules.get("weight-step")?.limit("maxStep")).toEqual({
      value: "20",
      source: "org.yaml:12",
    });
  });

  it("is taken back by an overlay that sets the option, unless that hands it down as well", () => {
    const repository = "rules: { weight-step: { maxStep: 40 } }\n";
    expect(inForce(repository, ["production"]).rules.get("weight-step")?.limit("maxStep")).toEqual({
      value: "10",
      source: "org.yaml:19",
    });
    expect(inForce(repository, ["staging"]).rules.get("weight-step")?.limit("maxStep")).toEqual({
      value: "30",
      source: "org.yaml:22",
    });
  });

  it("is told of an overlay of the repository, at its line", () => {
    const { told } = inForce(
      "overlays:\n  - when: { environment: production }\n    rules:\n      weight-step:\n        maxStep: 15\n",
    );
    expect(told).toEqual([
      "6: rules.weight-step.maxStep may only be tightened: org.yaml:19 sets 10, this file 15",
    ]);
  });

  it("lowers a severity as far as named", () => {
    expect(
      inForce("rules: { timeout-required: { severity: info } }\n").rules.get("timeout-required")?.severity,
    ).toBe("info");
    const { rules, told } = inForce("rules: { timeout-required: { severity: off } }\n");
    expect(rules.get("timeout-required")?.severity).toBe("info");
    expect(told.join()).toMatch(/loosened to "info" at most: org\.yaml:6/);
  });

  it("keeps of a list what the bound names, and lets an allowance grow as far", () => {
    const { rules } = inForce(
      'rules:\n  sidecar-egress-scope: { forbid: ["y/*"] }\n  egress-widened: { allow: ["./*", "shared/*", "evil/*"] }\n',
    );
    expect(rules.get("sidecar-egress-scope")?.options.forbid).toEqual(["*/*", "y/*"]);
    expect(rules.get("egress-widened")?.options.allow).toEqual(["./*", "shared/*"]);
  });

  it("may be one entry of several", () => {
    const { rules, told } = inForce(
      'rules: { gateway-host: { claims: { "*.shop.example.com": [market], "*.pay.example.com": [market] } } }\n',
    );
    expect(rules.get("gateway-host")?.options.claims).toEqual({
      "*.shop.example.com": ["market"],
      "*.pay.example.com": ["pay"],
    });
    expect(told.join()).toMatch(/claims\.\*\.pay\.example\.com may only be tightened/);
  });

  it("may be the severity of a rule of its own", () => {
    const rule = (severity: string, expression = "true") =>
      `custom:\n  - { id: named, kinds: [VirtualService], severity: ${severity}, expression: "${expression}", message: m }\n`;
    expect(both(rule("warn")).custom).toMatchObject([{ severity: "warn", expression: "true" }]);
    expect(both(rule("warn")).problems).toEqual([]);
    const beyond = both(rule("off"));
    expect(beyond.custom).toMatchObject([{ severity: "warn" }]);
    expect(beyond.problems.map(({ message }) => message).join()).toMatch(/custom\/named.*org\.yaml:10/);
    const another = both(rule("block", "false"));
    expect(another.custom).toMatchObject([{ expression: "true" }]);
    expect(another.problems.map(({ message }) => message).join()).toMatch(
      /is the organisation's rule: org\.yaml:24 sets it/,
    );
  });

  it("is the organisation's alone to say", () => {
    const policy = both("delegate: { mode: true }\nmode: observe\n");
    expect(policy.mode).toBe("enforce");
    expect(policy.problems.map(({ message }) => message)).toEqual([
      "mode belongs to the organisation's policy",
      "delegate belongs to the organisation's policy",
    ]);
  });

  it("is never a default that nobody wrote", () => {
    const policy = effectivePolicy(
      policyLayers(
        file("org.yaml", "version: 1\nextends: []\nrules: { weight-step: { severity: block } }\n"),
        file("repo.yaml", "version: 1\nrules: { weight-step: { maxStep: 80 } }\n"),
      ),
      "observe",
    );
    expect(policy.scoped([[]]).rules.get("weight-step")?.limit("maxStep")).toEqual({
      value: "20",
      source: "default of weight-step",
    });
  });
});

describe("keys of the organisation", () => {
  const exception = (rule: string, object = "DestinationRule/a/b") =>
    `exceptions:\n  - { rule: ${rule}, object: ${object}, reason: r, owner: "@a", expires: 2027-01-01 }\n`;
  const above = (delegate: string) =>
    `version: 1\nextends: []\nmode: enforce\ndelegate: { ${delegate} }\nroles: { stable: [stable] }\nenvironments: { production: { namespaces: [prod] } }\napprovals: { weight: { approvers: ["@acme/traffic"] } }\n${exception("weight-step")}`;

  it("takes a repository's exceptions beside its own, of the rules that it names", () => {
    const own = exception("outlier-detection");
    expect(both(own, above("mode: false")).exceptions).toMatchObject([{ rule: "weight-step", own: false }]);
    expect(both(own, above("exceptions: true")).exceptions).toMatchObject([
      { rule: "weight-step", source: "org.yaml:9", own: false },
      { rule: "outlier-detection", source: "repo.yaml:3", own: true },
    ]);
    const narrow = both(own, above("exceptions: [timeout-required]"));
    expect(narrow.exceptions).toHaveLength(1);
    expect(narrow.problems.map(({ message }) => message)).toEqual([
      "exceptions of outlier-detection are not handed down: org.yaml:4 names timeout-required",
    ]);
  });

  it("takes approvals for what it has not named itself", () => {
    const own =
      'approvals: { timeout: { approvers: ["@acme/shop"] }, weight: { approvers: ["@eve"] }, weight-step: { approvers: ["@eve"] } }\n';
    const { approvals, problems } = both(own, above("approvals: true"));
    expect(approvals).toMatchObject({
      timeout: { approvers: ["@acme/shop"] },
      weight: { approvers: ["@acme/traffic"] },
    });
    expect(approvals["weight-step"]).toBeUndefined();
    expect(problems.map(({ message }) => message)).toEqual([
      "who approves weight is said by org.yaml:7 and stays so",
      "who approves weight-step is said by org.yaml:7 and stays so",
    ]);
  });

  it("takes environments of other names, roles in place of its own, and a mode down to the bound", () => {
    const policy = both(
      "mode: off\nroles: { stable: [gold] }\nenvironments: { production: {}, edge: { namespaces: [edge] } }\n",
      above("mode: observe, roles: true, environments: true"),
    );
    expect(policy.mode).toBe("observe");
    expect(policy.roles.stable).toEqual(["gold"]);
    expect(policy.environments).toEqual({
      production: { namespaces: ["prod"] },
      edge: { namespaces: ["edge"] },
    });
    expect(policy.problems).toHaveLength(2);
  });
});

describe("a delegation that is wrong is told where and what", () => {
  const problems = (delegate: string) =>
    (readPolicy(`version: 1\ndelegate:\n  ${delegate}\n`, "org.yaml", null).problems ?? []).map(
      ({ range, message, fix }) => `${range.line}: ${message}; ${fix}`,
    );

  it.each([
    [
      "weight-step.maxStep: 50",
      /^3: weight-step\.maxStep is nothing.*did you mean rules\.weight-step\.maxStep\?/,
    ],
    ["rules.weight-step.maxStp: 50", /did you mean rules\.weight-step\.maxStep\?/],
    ["exeptions: true", /did you mean exceptions\?/],
    ["rules.weight-step.maxStep: much", /^3: rules\.weight-step\.maxStep is a number, not "much"/],
    ["rules.timeout-required.severity: loud", /severity is off, info, warn or block, not "loud"/],
    ["rules.timeout-range.classes: 5", /has no order.*write true/],
    ["roles: stable", /has no order.*write true/],
    ["rules.weight-step: 50", /has no order.*write true/],
    ["custom.nobody: true", /custom\.nobody is nothing/],
    ["mode: observed", /mode is observe, enforce or off, not "observed"/],
  ])("%s", (delegate, expected) => {
    expect(problems(delegate).join("\n")).toMatch(expected);
  });

  it.each(["mode: observe", "exceptions: true", "rules.canary-soak: true", "rules.canary-soak.soak: 5m"])(
    "%s is right",
    (delegate) => {
      expect(problems(delegate)).toEqual([]);
    },
  );
});
