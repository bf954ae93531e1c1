import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { evaluate } from "../../src/evaluation.ts";
import { effectivePolicy } from "../../src/policy/effective.ts";
import { policyLayers } from "../../src/policy/layers.ts";
import { rules } from "../../src/rules/index.ts";

const root = join(import.meta.dirname, "..", "..");

describe.each(rules)("rule $id", (rule) => {
  const policy = effectivePolicy(
    policyLayers(
      {
        kind: "file",
        source: "example",
        commit: null,
        text: rule.docs.example.policy ?? `version: 1\nrules: { ${rule.id}: { severity: block } }\n`,
      },
      { kind: "absent", source: "none" },
    ),
    "enforce",
  );
  const speaks = (base: string, head: string) =>
    evaluate(
      { base: new Map([["a.yaml", base]]), head: new Map([["a.yaml", head]]), unreadable: [] },
      policy,
      { now: 0 },
    ).evidence.findings.filter((finding) => finding.rule === rule.id && finding.state !== "existing");

  it("speaks on its documentation's example", () => {
    expect(policy.unreadable).toEqual([]);
    expect(speaks(rule.docs.example.base, rule.docs.example.head).length).toBeGreaterThan(0);
  });

  it("is silent when nothing changes", () => {
    expect(speaks(rule.docs.example.head, rule.docs.example.head)).toEqual([]);
    expect(speaks(rule.docs.example.head, `# a comment\n${rule.docs.example.head}`)).toEqual([]);
  });

  it("has documentation in the house's form", () => {
    expect(rule.title).toMatch(/^[A-Z].*[^.]$/);
    expect(rule.docs.what).toMatch(/^[a-z].*[^.]$/);
    expect(rule.docs.why).toMatch(/^[a-z].*[^.]$/);
    expect(rule.docs.do).toMatch(/^[A-Z].*\.$/);
    expect(rule.docs.what).not.toContain("\n");
  });

  it("says of every option which direction is tighter", () => {
    for (const [name, option] of Object.entries(rule.options.shape)) {
      expect(option.meta(), name).toMatchObject({
        tighter: expect.stringMatching(/^(lower|higher|union|intersection|entries|fixed)$/),
        description: expect.any(String),
      });
    }
  });

  it("has a passing, a failing and an existing case", () => {
    const folder = join(root, "test", "rules", rule.id);
    const names = existsSync(folder) ? readdirSync(folder) : [];
    const cases = names.map((name) => ({
      name,
      report: readFileSync(join(folder, name, "expected.md"), "utf8"),
    }));
    const isSilent = ({ report }: { report: string }) => !report.includes(`#### \`${rule.id}\``);
    const failing = cases.filter((one) => !isSilent(one) && one.report.includes("new in this change"));
    expect(cases.filter(isSilent).length).toBeGreaterThan(0);
    expect(failing.length).toBeGreaterThan(0);
    if (rule.kind === "state") {
      expect(
        cases.filter(({ report }) => report.includes("already on the base branch")).length,
      ).toBeGreaterThan(0);
    } else {
      // Who judges the change has nothing to say of what another case brings, once base has it.
      const brought = new Set(failing.map(({ name }) => contents(join(folder, name, "head"))));
      const existing = cases.filter(
        ({ name }) => name.endsWith("-on-base-already") && brought.has(contents(join(folder, name, "base"))),
      );
      expect(existing.length).toBeGreaterThan(0);
      expect(existing.filter((one) => !isSilent(one))).toEqual([]);
      expect(existing.filter(({ report }) => report.includes("No mesh change"))).toEqual([]);
    }
  });
});

/** A folder as text that is equal for equal files; one that is not there is empty. */
function contents(folder: string): string {
  const names = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: "utf8" }).sort() : [];
  return JSON.stringify(
    names
      .filter((name) => name.endsWith(".yaml"))
      .map((name) => [name, readFileSync(join(folder, name), "utf8")]),
  );
}

it("rule ids are unique, lower case and files of their own", () => {
  expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
  for (const { id } of rules) {
    expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(existsSync(join(root, "src", "rules", `${id}.ts`)), id).toBe(true);
  }
});
