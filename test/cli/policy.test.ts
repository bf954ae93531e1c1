import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { explain } from "../../src/cli/explain.ts";
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
      return terminal.shown.out.split("\n").find((line) => line.startsWith("rules.weight-step.maxStep"));
    };
    expect(await shown()).toMatch(/20 {2}\(org\.yaml:5\)$/);
    expect(await shown("--environment", "production")).toMatch(/10 {2}\(org\.yaml:8\)$/);
    expect(await shown("--policy", "repo.yaml")).toMatch(/15 {2}\(repo\.yaml:2\)$/);
  });

  it("shows what is handed down, and what is otherwise in each environment", async () => {
    const here = folder({
      "org.yaml": `${organisation}delegate: { rules.weight-step.maxStep: 50 }\nexceptions:\n  - { rule: weight-step, object: VirtualService/prod/a, reason: r, owner: "@a", expires: 2999-01-01 }\n`,
      "repo.yaml": "version: 1\nrules: { weight-step: { maxStep: 30 } }\n",
    });
    const layers = ["--policy", "org.yaml", "--policy", "repo.yaml"];
    const pretty = recording(here);
    expect(await policy.run(["show", ...layers], pretty)).toBe(0);
    expect(pretty.shown.out).toMatch(/^delegate\.rules\.weight-step\.maxStep +50 {2}\(org\.yaml:9\)$/m);
    expect(pretty.shown.out).toMatch(/^rules\.weight-step\.maxStep +30 {2}\(repo\.yaml:2\)$/m);
    expect(pretty.shown.out).toMatch(/^unrendered +"warn" {2}\(recommended@1:\d+\)$/m);
    expect(pretty.shown.out).toMatch(/^environments\.production +.*\(org\.yaml:3\)$/m);
    expect(pretty.shown.out).toMatch(
      /\n\nIn production:\nrules\.weight-step\.maxStep +10 {2}\(org\.yaml:8\)\n$/,
    );
    const json = recording(here);
    expect(await policy.run(["show", ...layers, "--format", "json"], json)).toBe(0);
    expect(JSON.parse(json.shown.out)).toContainEqual({
      setting: "rules.weight-step.maxStep",
      value: 10,
      source: "org.yaml:8",
      environment: "production",
    });
  });

  it("shows what is in force for a repository and a branch", async () => {
    const here = folder({
      "org.yaml":
        'version: 1\noverlays:\n  - when: { repository: "acme/old-*", branch: main }\n    mode: observe\n',
    });
    const mode = async (...args: string[]) => {
      const terminal = recording(here);
      expect(await policy.run(["show", "--policy", "org.yaml", ...args], terminal)).toBe(0);
      return terminal.shown.out.split("\n").find((line) => line.startsWith("mode "));
    };
    expect(await mode()).toMatch(/"enforce" {2}\(default\)/);
    expect(await mode("--repository", "acme/old-shop", "--branch", "main")).toMatch(
      /"observe" {2}\(org\.yaml:4\)/,
    );
    expect(await mode("--repository", "acme/old-shop", "--branch", "next")).toMatch(/"enforce"/);
    await expect(mode("--repository", "shop")).rejects.toThrow(/owner\/name/);
  });

  it("checks a file below the organisation's", async () => {
    const here = folder({
      "org.yaml": organisation,
      "repo.yaml":
        "version: 1\noverlays:\n  - when: { environment: production }\n    rules: { weight-step: { maxStep: 15 } }\n",
    });
    const checked = async (...args: string[]) => {
      const terminal = recording(here);
      return { exit: await policy.run(["check", ...args], terminal), ...terminal.shown };
    };
    expect(await checked("repo.yaml")).toMatchObject({
      exit: 1,
      error: expect.stringMatching(/^repo\.yaml:3:26: there is no environment production/),
    });
    expect(await checked("repo.yaml", "--organisation", "org.yaml")).toMatchObject({
      exit: 1,
      error: expect.stringMatching(
        /^repo\.yaml:4:1: .* may only be tightened: org\.yaml:8 sets 10, this file 15/,
      ),
    });
    expect(JSON.parse((await checked("org.yaml", "--format", "json")).out)).toEqual([
      { file: "org.yaml", valid: true, problems: [], notices: [] },
    ]);
  });

  it("names exceptions that end, and those of no use where the mesh is at hand", async () => {
    const exception = (object: string, expires: string) =>
      `  - { rule: sidecar-egress-scope, object: ${object}, reason: r, owner: "@a", expires: ${expires} }\n`;
    const text = `version: 1\nexceptions:\n${exception("Sidecar/prod/default", "2999-01-01")}${exception("Sidecar/prod/gone", "2999-01-01")}${exception("Sidecar/prod/old", "2020-01-01")}`;
    const noticed = async (files: Record<string, string>, ...args: string[]) => {
      const terminal = recording(folder({ ".github/sluice.yaml": text, "org.yaml": text, ...files }));
      expect(await policy.run(["check", ...args], terminal)).toBe(0);
      return terminal.shown.error
        .split("\n")
        .map((line) => line.replace(/^(\S+).* for (\S+) (.*);.*$/, "$1 $2 $3"));
    };
    const mesh = {
      "a.yaml":
        'apiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: { name: default, namespace: prod }\nspec: { egress: [{ hosts: ["./*"] }] }\n',
    };
    expect(await noticed({})).toEqual([
      ".github/sluice.yaml:5:1: Sidecar/prod/old expired on 2020-01-01",
      "",
    ]);
    expect(await noticed(mesh)).toEqual([
      ".github/sluice.yaml:5:1: Sidecar/prod/old expired on 2020-01-01",
      ".github/sluice.yaml:3:1: Sidecar/prod/default is not used: the rule has nothing to say of it",
      ".github/sluice.yaml:4:1: Sidecar/prod/gone is not used: there is no such object",
      "",
    ]);
    expect(await noticed(mesh, "org.yaml")).toEqual([
      "org.yaml:5:1: Sidecar/prod/old expired on 2020-01-01",
      "org.yaml:3:1: Sidecar/prod/default is not used: the rule has nothing to say of it",
      "",
    ]);
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

describe("sluice explain", () => {
  it("prints the documentation of a rule, and knows the one that was meant", async () => {
    const terminal = recording("/");
    expect(await explain.run(["weight-step"], terminal)).toBe(0);
    expect(terminal.shown.out).toMatch(/^## weight-step\n/);
    await expect(explain.run(["weight-stp"], terminal)).rejects.toThrow(/did you mean weight-step\?/);
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
    ["branch: [main]\n", /expected\.yaml: .*/],
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
