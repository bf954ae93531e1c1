import { describe, expect, it } from "vitest";
import { check } from "../../src/cli/check.ts";
import { folder, recording } from "./folder.ts";

type Files = Record<string, string>;

const virtualService = (stable: number, canary: number, more = "") => `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: reviews
spec:
  hosts: [reviews]
  http:
  - timeout: 5s
    route:
    - destination: { host: reviews, subset: stable }
      weight: ${stable}
    - destination: { host: reviews, subset: canary }
      weight: ${canary}
${more}`;

const base = (stable = 90, canary = 10): Files => ({
  "base/kustomization.yaml": "resources: [reviews.yaml]\n",
  "base/reviews.yaml": virtualService(stable, canary),
});

const overlay = (name: string, namespace = name, more = ""): Files => ({
  [`overlays/${name}/kustomization.yaml`]: `namespace: ${namespace}\nresources: [../../base]\n${more}`,
});

const patched = (name: string, namespace: string, stable: number, canary: number): Files => ({
  ...overlay(name, namespace, "patches: [{ path: patch.yaml }]\n"),
  [`overlays/${name}/patch.yaml`]: virtualService(stable, canary),
});

const policy: Files = {
  ".github/sluice.yaml": `version: 1
mode: enforce
environments:
  production: { paths: ["overlays/prod/**"] }
rules:
  weight-step: { severity: block, maxStep: 60 }
overlays:
- when: { environment: production }
  rules: { weight-step: { maxStep: 20 } }
`,
};

async function run(before: Files, after: Files, format = "json") {
  const terminal = recording(folder({}));
  const args = ["--base", folder({ ...before, ...policy }), "--head", folder({ ...after, ...policy })];
  const exit = await check.run([...args, "--format", format], terminal);
  return { exit, out: terminal.shown.out, report: format === "json" ? JSON.parse(terminal.shown.out) : null };
}

const steps = (report: { findings: { rule: string }[] }) =>
  report.findings.filter(({ rule }) => rule === "weight-step");

describe("the environment is that of the overlay", () => {
  it("though the line stands in the base", async () => {
    const { exit, report } = await run(
      { ...base(), ...overlay("prod"), ...overlay("dev") },
      { ...base(60, 40), ...overlay("prod"), ...overlay("dev") },
    );
    expect(exit).toBe(1);
    expect(steps(report)).toMatchObject([
      {
        object: "VirtualService/prod/reviews",
        file: "base/reviews.yaml",
        line: 13,
        scopes: ["overlays/prod"],
        message:
          "30 points of every request move in one step; at most 20 points at once, through overlays/prod",
      },
    ]);
  });

  it("also where overlays for several clusters share a namespace", async () => {
    const files = { ...base(), ...patched("prod", "shop", 90, 10) };
    const quiet = await run(
      { ...files, ...patched("dev", "shop", 100, 0) },
      { ...files, ...patched("dev", "shop", 60, 40) },
    );
    expect(steps(quiet.report)).toEqual([]);
    const loud = await run(
      { ...files, ...patched("dev", "shop", 100, 0) },
      { ...base(), ...patched("prod", "shop", 60, 40), ...patched("dev", "shop", 100, 0) },
    );
    expect(steps(loud.report)).toMatchObject([
      { file: "overlays/prod/patch.yaml", scopes: ["overlays/prod"] },
    ]);
  });

  it("and overlays that apply the very same are judged by the strictest", async () => {
    const overlays = { ...overlay("dev", "shop"), ...overlay("prod", "shop") };
    const { report } = await run({ ...base(), ...overlays }, { ...base(60, 40), ...overlays });
    expect(report.shifts).toMatchObject([{ scopes: ["overlays/dev", "overlays/prod"] }]);
    expect(steps(report)).toMatchObject([{ scopes: ["overlays/dev", "overlays/prod"] }]);
  });
});

describe("what happens to several overlays", () => {
  const names = Array.from({ length: 20 }, (_, index) => `eu-${String(index + 1).padStart(2, "0")}`);
  const twenty = Object.assign({}, ...names.map((name) => overlay(name)));

  it("is told once where it is the same", async () => {
    const { exit, out } = await run({ ...base(), ...twenty }, { ...base(20, 80), ...twenty }, "pretty");
    expect(exit).toBe(1);
    expect(out.match(/moved {3}/g)).toHaveLength(1);
    expect(out.match(/\[block\]/g)).toHaveLength(1);
    expect(out).toContain(
      "VirtualService/eu-01/reviews and 19 more: 70 points of every request move in one step; at most 60 points at once, through 20 overlays",
    );
    expect(out).toContain(
      "at most 60 points at once, through overlays/eu-01, overlays/eu-02, overlays/eu-03 and 17 more",
    );
    expect(out).toContain(
      `  in      ${names
        .slice(0, 19)
        .map((name) => `overlays/${name}`)
        .join(", ")} and overlays/eu-20`,
    );
  });

  it("is all in the JSON, each with a fingerprint to approve", async () => {
    const { report } = await run({ ...base(), ...twenty }, { ...base(20, 80), ...twenty });
    expect(report.shifts).toHaveLength(20);
    const prints = steps(report).map(
      (finding) => (finding as unknown as { fingerprint: string }).fingerprint,
    );
    expect(new Set(prints).size).toBe(20);
  });

  it("is told apart where it differs", async () => {
    const others = { ...patched("dev", "dev", 50, 50), ...overlay("eu"), ...overlay("us") };
    const { out } = await run(
      { ...base(), ...others },
      { ...base(20, 80), ...others, ...patched("dev", "dev", 40, 60) },
      "pretty",
    );
    expect(out.match(/moved {3}.*/g)).toEqual(["moved   10 points", "moved   70 points"]);
    expect(out).toContain("  in      overlays/eu and overlays/us\n");
  });

  it("is one row of each table, and one annotation", async () => {
    const heads = { ...base(20, 80), ...twenty };
    const { out } = await run({ ...base(), ...twenty }, heads, "markdown");
    expect(out.match(/70 points \|/g)).toHaveLength(1);
    const { out: commands } = await run({ ...base(), ...twenty }, heads, "github");
    expect(commands.match(/::error/g)).toHaveLength(1);
  });
});

describe("an overlay whose directory is renamed", () => {
  const renamed = (files: Files): Files =>
    Object.fromEntries(
      Object.entries(files).map(([path, text]) => [
        path.replace("overlays/", "clusters/eu/"),
        text.replace("../../base", "../../../base"),
      ]),
    );

  it("is no traffic change, though others hold the same objects", async () => {
    const overlays = { ...patched("prod", "shop", 90, 10), ...patched("dev", "shop", 50, 50) };
    const { report } = await run({ ...base(), ...overlays }, { ...base(), ...renamed(overlays) });
    expect(report.title).toBe("No traffic change");
  });

  it("is told what else happens to it", async () => {
    const overlays = { ...patched("prod", "shop", 90, 10), ...patched("dev", "shop", 50, 50) };
    const head = { ...patched("prod", "shop", 85, 15), ...patched("dev", "shop", 50, 50) };
    const { report } = await run({ ...base(), ...overlays }, { ...base(), ...renamed(head) });
    expect(report.shifts).toMatchObject([{ points: 5, scopes: ["clusters/eu/prod"] }]);
  });
});

describe("what a kustomization takes from another repository", () => {
  const kept = "resources: [r.yaml]\n";
  const moved = "resources: ['https://example.com/x?ref=v1']\n";
  const configMap = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c }\n";

  it("fails the check where it hides what was evaluated", async () => {
    const { exit, report } = await run(
      { "k/kustomization.yaml": kept, "k/r.yaml": virtualService(90, 10) },
      { "k/kustomization.yaml": moved },
    );
    expect(exit).toBe(2);
    expect(report.notEvaluated).toMatchObject([{ file: "k/kustomization.yaml", line: 1 }]);
    expect(report.shifts).toEqual([]);
  });

  it("is only said where that was never Istio's", async () => {
    const { exit, report } = await run(
      { "k/kustomization.yaml": kept, "k/r.yaml": configMap },
      { "k/kustomization.yaml": moved },
    );
    expect(exit).toBe(0);
    expect(report.notEvaluated).toMatchObject([{ file: "k/kustomization.yaml" }]);
  });

  it("is nothing new where base has it too", async () => {
    const both = { "k/kustomization.yaml": moved, ...base(), ...overlay("eu") };
    const { report } = await run(both, { ...both, ...base(85, 15) });
    expect(report.notEvaluated).toEqual([]);
  });
});

describe("an approval is for what was looked at", () => {
  const prints = async (...names: string[]) => {
    const overlays = Object.assign({}, ...names.map((name) => overlay(name, "shop")));
    const { report } = await run({ ...base(), ...overlays }, { ...base(20, 80), ...overlays });
    return steps(report).map((finding) => (finding as unknown as { fingerprint: string }).fingerprint);
  };

  it("a step that comes to reach another overlay is another one", async () => {
    const [one] = await prints("eu");
    const [two] = await prints("eu", "us");
    expect(one).toBeDefined();
    expect(two).not.toBe(one);
  });
});
