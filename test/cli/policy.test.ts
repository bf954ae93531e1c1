import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { init } from "../../src/cli/init.ts";
import { policy } from "../../src/cli/policy.ts";
import { folder, recording } from "./folder.ts";

describe("sluice init", () => {
  it("writes a policy that passes sluice policy check, once", async () => {
    const here = folder({});
    expect(await init.run([], recording(here))).toBe(0);
    const terminal = recording(here);
    expect(await policy.run(["check"], terminal)).toBe(0);
    expect(terminal.shown).toEqual({ out: ".github/sluice.yaml: valid\n", error: "" });
    const before = readFileSync(join(here, ".github/sluice.yaml"), "utf8");
    await expect(init.run([], recording(here))).rejects.toThrow(/exists already/);
    expect(readFileSync(join(here, ".github/sluice.yaml"), "utf8")).toBe(before);
  });
});

describe("sluice policy", () => {
  const organisation = `version: 1
mode: enforce
environments: { production: { namespaces: [prod] } }
rules:
  weight-step: { severity: block, maxStep: 20 }
overlays:
  - when: { environment: production }
    rules: { weight-step: { maxStep: 10 } }
`;

  it("shows every setting with the line that set it", async () => {
    const here = folder({
      "org.yaml": organisation,
      "repo.yaml": "version: 1\nrules: { weight-step: { maxStep: 15 } }\n",
    });
    const shown = async (...args: string[]) => {
      const terminal = recording(here);
      expect(await policy.run(["show", "--policy", "org.yaml", ...args], terminal)).toBe(0);
      return terminal.shown.out.split("\n").find((line) => line.includes("weight-step.maxStep"));
    };
    expect(await shown()).toMatch(/20 {2}\(org\.yaml:5\)$/);
    expect(await shown("--environment", "production")).toMatch(/10 {2}\(org\.yaml:8\)$/);
    expect(await shown("--policy", "repo.yaml")).toMatch(/15 {2}\(repo\.yaml:2\)$/);
  });

  it("says which line of which file forbids what a repository tried", async () => {
    const here = folder({
      "org.yaml": organisation,
      "repo.yaml": "version: 1\nrules: { weight-step: { maxStep: 50 } }\n",
    });
    const terminal = recording(here);
    expect(await policy.run(["show", "--policy", "org.yaml", "--policy", "repo.yaml"], terminal)).toBe(1);
    expect(terminal.shown.error).toMatch(
      /^repo\.yaml:2:1: rules\.weight-step\.maxStep may only be tightened: org\.yaml:5 sets 20/,
    );
  });

  it("names what is wrong with a file", async () => {
    const terminal = recording(folder({ "p.yaml": "version: 1\nrules: { weight-stop: {} }\n" }));
    expect(await policy.run(["check", "p.yaml"], terminal)).toBe(1);
    expect(terminal.shown.error).toMatch(/^p\.yaml:2:\d+: weight-stop .*did you mean weight-step\?\n$/);
  });
});

describe("sluice policy test", () => {
  const sidecar = (host: string) =>
    `apiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: { name: default, namespace: prod }\nspec:\n  egress:\n    - hosts: ["./*", "${host}"]\n`;
  const repository = (expected: string) =>
    folder({
      ".github/sluice.yaml":
        "version: 1\nextends: []\nrules: { sidecar-egress-scope: { severity: block } }\n",
      ".github/sluice-tests/opened/base/a.yaml": sidecar("x/*"),
      ".github/sluice-tests/opened/head/a.yaml": sidecar("*/*"),
      ".github/sluice-tests/opened/expected.yaml": expected,
    });
  const run = async (expected: string) => {
    const terminal = recording(repository(expected));
    return { exit: await policy.run(["test"], terminal), out: terminal.shown.out };
  };

  it("passes when the policy says what the case expects", async () => {
    const { exit, out } = await run(
      "conclusion: failure\nfindings:\n  - { rule: sidecar-egress-scope, object: Sidecar/prod/default }\n",
    );
    expect(out).toContain("✓ opened\n1 passed, 0 failed\n");
    expect(exit).toBe(0);
  });

  it.each([
    ["conclusion: success\n", /expected success, got failure/],
    ["findings: []\n", /did not expect sidecar-egress-scope block Sidecar\/prod\/default/],
    ["findings: [{ rule: weight-step }]\n", /expected weight-step, and nothing says so/],
    ["finding: []\n", /expected\.yaml: .*finding/],
    ["conclusion: [\n", /expected\.yaml cannot be read/],
  ])("fails for %j, and says why", async (expected, why) => {
    const { exit, out } = await run(expected);
    expect(exit).toBe(1);
    expect(out).toMatch(why);
  });
});
