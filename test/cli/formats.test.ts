import { describe, expect, it } from "vitest";
import { check } from "../../src/cli/check.ts";
import { folder, recording } from "./folder.ts";

const sidecar = (host: string) =>
  `apiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: { name: default, namespace: prod }\nspec:\n  egress:\n    - hosts: ["./*", "${host}"]\n`;

async function rendered(format: string, host = "*/*"): Promise<string> {
  // One rule alone, so that what these formats show does not depend on how many rules there are.
  const policy = "version: 1\nextends: []\nrules: { sidecar-egress-scope: { severity: block } }\n";
  const terminal = recording(folder({ "policy.yaml": policy }));
  const [base, head] = [folder({ "a,b.yaml": sidecar("x/*") }), folder({ "a,b.yaml": sidecar(host) })];
  await check.run(["--base", base, "--head", head, "--format", format, "--policy", "policy.yaml"], terminal);
  return terminal.shown.out;
}

describe("formats that other tools read", () => {
  it("github: an annotation, with every separator escaped", async () => {
    expect(await rendered("github")).toMatchInlineSnapshot(`
      "::error file=a%2Cb.yaml,line=6,endLine=6,title=Sluice%3A sidecar-egress-scope::Egress host */* is not allowed. Name the namespaces and hosts that are really called, such as ./* and istio-system/*.
      Blocked: Sidecar/prod/default: egress host */* is not allowed
      "
    `);
  });

  it("junit: a failed case", async () => {
    expect(await rendered("junit")).toMatchInlineSnapshot(`
      "<?xml version="1.0" encoding="UTF-8"?>
      <testsuites name="sluice" tests="1" failures="1" errors="0">
        <testsuite name="Blocked: Sidecar/prod/default: egress host */* is not allowed" tests="1" failures="1" errors="0">
          <testcase classname="sidecar-egress-scope" name="Sidecar/prod/default: egress host */* is not allowed" file="a,b.yaml" line="6"><failure message="Egress host */* is not allowed.">A Sidecar that imports everything makes every proxy hold the configuration of the whole mesh, and lets a workload reach services nobody meant it to. Name the namespaces and hosts that are really called, such as ./* and istio-system/*.</failure></testcase>
        </testsuite>
      </testsuites>
      "
    `);
  });

  it("sarif: a result with its place and fingerprint", async () => {
    const { version, runs } = JSON.parse(await rendered("sarif"));
    expect(version).toBe("2.1.0");
    expect(runs[0].results[0]).toMatchObject({
      ruleId: "sidecar-egress-scope",
      level: "error",
      baselineState: "new",
      locations: [
        { physicalLocation: { artifactLocation: { uri: "a%2Cb.yaml" }, region: { startLine: 6 } } },
      ],
      partialFingerprints: { "sluice/v1": expect.stringMatching(/^[0-9a-f]{16}$/) },
    });
    expect(runs[0].tool.driver.rules.map(({ id }: { id: string }) => id)).toContain("sidecar-egress-scope");
  });

  it("markdown: the sections of the check, without links that lead nowhere", async () => {
    const text = await rendered("markdown");
    expect(text).toMatch(/^## Blocked: /);
    expect(text).not.toContain("](");
  });

  it.each([
    ["github", /^::error::x/m],
    ["junit", /<script>|<\/failure><s/],
    ["markdown", /<script>|@acme/],
  ])("%s: a hostile value stays a value", async (format, spoken) => {
    const text = await rendered(format, "\\n::error::x</failure><script>`@acme");
    const outsideCode =
      format === "markdown" ? text.replace(/\\./g, "").replace(/(`+)[\s\S]*?\1/g, "") : text;
    expect(outsideCode).not.toMatch(spoken);
  });
});
