import { describe, expect, it } from "vitest";
import { effectivePolicy } from "../../src/policy/effective.ts";
import { environmentsOf } from "../../src/policy/environment.ts";
import { policyLayers } from "../../src/policy/layers.ts";
import { readPolicy } from "../../src/policy/read.ts";

const policyOf = (text: string, repository: string | null = "acme/shop", branch: string | null = "main") =>
  effectivePolicy(
    policyLayers(
      { kind: "file", source: "org.yaml", commit: null, text: `version: 1\nextends: []\n${text}` },
      { kind: "absent", source: "none" },
    ),
    "observe",
    { repository, branch },
  );

const stepOf = (policy: ReturnType<typeof policyOf>, environments: string[] = []) =>
  policy.scoped([environments]).rules.get("weight-step")?.options.maxStep;

describe("the mode", () => {
  const text = `mode: enforce
environments: { staging: { namespaces: [staging] } }
overlays:
  - when: { repository: "acme/legacy-*" }
    mode: observe
  - when: { environment: staging }
    mode: observe
  - when: { branch: "release/*", repository: ["acme/legacy-core", "acme/shop"] }
    mode: enforce
`;

  it.each([
    ["acme/shop", "main", "enforce"],
    ["acme/legacy-mail", "main", "observe"],
    ["acme/legacy-mail", "release/1", "observe"],
    ["acme/legacy-core", "release/1", "enforce"],
    ["other/legacy-mail", "main", "enforce"],
    [null, null, "enforce"],
  ])("of %s at %s is %s", (repository, branch, mode) => {
    expect(policyOf(text, repository, branch).mode).toBe(mode);
  });

  it("is an environment's own", () => {
    expect(policyOf(text).scoped([["staging"]]).mode).toBe("observe");
    expect(policyOf(text).scoped([["staging"], []]).mode).toBe("enforce");
  });
});

describe("overlays", () => {
  const text = `environments: { a: {}, b: {}, hotfix: { branches: ["hotfix/*", stable] } }
rules: { weight-step: { maxStep: 20 } }
overlays:
  - when: { environment: [a, b] }
    rules: { weight-step: { maxStep: 30 } }
  - when: { environment: b, branch: "release-?" }
    rules: { weight-step: { maxStep: 5 } }
`;

  it("hold where every criterion that they give does, and one entry of each is enough", () => {
    expect(stepOf(policyOf(text))).toBe(20);
    expect(stepOf(policyOf(text), ["a"])).toBe(30);
    expect(stepOf(policyOf(text), ["b"])).toBe(30);
    expect(stepOf(policyOf(text, "acme/shop", "release-1"), ["b"])).toBe(5);
    expect(stepOf(policyOf(text, "acme/shop", "release-1"), ["a"])).toBe(30);
  });

  it("may name environments of branches", () => {
    expect(Object.keys(policyOf(text).environments)).toEqual(["a", "b"]);
    expect(Object.keys(policyOf(text, null, "hotfix/7").environments)).toEqual(["a", "b", "hotfix"]);
    expect(Object.keys(policyOf(text, null, null).environments)).toEqual(["a", "b"]);
  });
});

describe("an environment", () => {
  const object = { namespace: "prod", labels: { tier: "web" }, document: { file: "clusters/eu/a.yaml" } };

  it.each([
    [{ clusters: ["eu-*"] }, "eu-1", true],
    [{ clusters: ["us-*", "eu-*"] }, "eu-1", true],
    [{ clusters: ["us-*"] }, "eu-1", false],
    [{ clusters: ["eu-*"] }, null, false],
    [{ clusters: ["eu-*"], namespaces: ["dev"] }, "eu-1", false],
    [{ clusters: ["https://eu.example.com:6443"] }, "https://eu.example.com:6443", true],
    [{ paths: ["clusters/*/*.yaml"], labels: { tier: "web" } }, null, true],
    [{ labels: { tier: "db" } }, null, false],
    [{}, null, true],
  ])("%j holds an object of the cluster %s: %s", (criteria, cluster, isIn) => {
    expect(environmentsOf({ ...object, clusters: [cluster ?? []].flat() }, { it: criteria })).toEqual(
      isIn ? ["it"] : [],
    );
  });
});

describe("names that nothing defines", () => {
  const told = (text: string) =>
    (readPolicy(`version: 1\n${text}`, "org.yaml", null).problems ?? []).map(
      ({ range, message, fix }) => `${range.line}: ${message}; ${fix}`,
    );
  const exception = (rule: string) =>
    `exceptions: [{ rule: ${rule}, object: A/b/c, reason: r, owner: o, expires: 2027-01-01 }]\n`;

  it.each([
    [
      "environments: { production: {} }\noverlays:\n  - when: { environment: prodution }\n",
      /^4: there is no environment prodution; did you mean production\?$/,
    ],
    ["overlays:\n  - when: { environment: [x] }\n", /^3: there is no environment x; define it under/],
    ["overlays:\n  - when: {}\n", /^3: .*say environment, repository or branch/],
    ["rules:\n  fault-scope: { forbidIn: [prod] }\n", /^3: there is no environment prod/],
    [
      exception("outlier-detektion"),
      /^2: there is no rule outlier-detektion; did you mean outlier-detection\?$/,
    ],
    [
      `custom: [{ id: mine, kinds: [Gateway], severity: warn, expression: "true", message: m }]\n${exception("mine")}`,
      /^3: there is no rule mine; did you mean custom\/mine\?$/,
    ],
    ["approvals: { custom/mine: { approvers: ['@a'] } }\n", /^2: there is no rule custom\/mine/],
    [
      `custom:\n${'  - { id: a, kinds: [Gateway], severity: warn, expression: "true", message: m }\n'.repeat(2)}`,
      /^4: .*another rule is called a already/,
    ],
  ])("%j", (text, expected) => {
    expect(told(text).join("\n")).toMatch(expected);
  });

  it("stop nobody in a repository's file, and are told", () => {
    const policy = effectivePolicy(
      policyLayers(
        {
          kind: "file",
          source: "org.yaml",
          commit: null,
          text: "version: 1\nenvironments: { production: {} }\n",
        },
        {
          kind: "file",
          source: "repo.yaml",
          commit: null,
          text: "version: 1\noverlays:\n  - when: { environment: production }\n  - when: { environment: staging }\n",
        },
      ),
      "observe",
    );
    expect(policy.unreadable).toEqual([]);
    expect(policy.problems.map(({ message, range }) => `${range.line}: ${message}`)).toEqual([
      "4: there is no environment staging",
    ]);
  });
});
