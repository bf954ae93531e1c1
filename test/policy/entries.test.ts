import { describe, expect, it } from "vitest";
import { effectivePolicy } from "../../src/policy/effective.ts";
import { policyLayers } from "../../src/policy/layers.ts";

const file = (source: string, text: string) => ({ kind: "file", source, commit: null, text }) as const;
const absent = { kind: "absent", source: "none" } as const;

const organisation = `version: 1
extends: []
rules:
  gateway-host:
    severity: block
    claims:
      "*.shop.example.com": [shop]
`;

const claims = (repository: string | null) => {
  const policy = effectivePolicy(
    policyLayers(
      file("org.yaml", organisation),
      repository === null ? absent : file("repo.yaml", repository),
    ),
    "enforce",
  );
  const setting = policy.scoped([[]]).rules.get("gateway-host");
  return { policy, setting, claims: setting?.options.claims };
};

describe("an option that holds named demands", () => {
  it("knows the line of each", () => {
    expect(claims(null).setting?.limit("claims", "*.shop.example.com")).toEqual({
      value: '["shop"]',
      source: "org.yaml:7",
    });
  });

  it("takes further demands from a repository", () => {
    const { policy, claims: merged } = claims(
      'version: 1\nrules: { gateway-host: { claims: { "*.search.example.com": [search] } } }\n',
    );
    expect(policy.problems).toEqual([]);
    expect(merged).toEqual({ "*.shop.example.com": ["shop"], "*.search.example.com": ["search"] });
  });

  it("lets no repository change one that stands, and names both lines", () => {
    const { policy, claims: merged } = claims(
      'version: 1\nrules: { gateway-host: { claims: { "*.shop.example.com": [shop, search] } } }\n',
    );
    expect(policy.problems.map(({ message }) => message).join()).toMatch(
      /may only be tightened: org\.yaml:7 sets \["shop"\], this file \["shop","search"\]/,
    );
    expect(merged).toEqual({ "*.shop.example.com": ["shop"] });
  });

  it("is replaced one by one by the file that extends a pack", () => {
    const policy = effectivePolicy(
      policyLayers(
        file(
          "org.yaml",
          "version: 1\nextends: [strict@1]\nrules: { timeout-range: { classes: { query: { match: { method: GET }, timeout: [1s, 2s] } } } }\n",
        ),
        absent,
      ),
      "enforce",
    );
    expect(policy.scoped([[]]).rules.get("timeout-range")?.options.classes).toMatchObject({
      query: { timeout: ["1s", "2s"] },
      write: { timeout: ["10s", "30s"] },
      compute: {},
      external: {},
    });
  });

  it("refuses bounds in the wrong order, at their line", () => {
    const { policy } = claims(
      "version: 1\nrules:\n  timeout-range:\n    classes: { a: { timeout: [5s, 1s] } }\n",
    );
    expect(policy.unreadable.map(({ message, range }) => `${range.line}: ${message}`).join()).toMatch(
      /^4: .*the least comes first/,
    );
  });
});
