import { basename } from "node:path";
import { describe, expect, it } from "vitest";
import { check } from "../../src/cli/check.ts";
import { diff } from "../../src/cli/diff.ts";
import { policy } from "../../src/cli/policy.ts";
import { folder, recording } from "./folder.ts";

const route = (subset: string) => `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, namespace: prod }
spec:
  hosts: [reviews]
  http: [{ route: [{ destination: { host: reviews, subset: ${subset} } }] }]
`;
const rule = `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: reviews, namespace: prod }
spec:
  host: reviews
  trafficPolicy: { outlierDetection: { consecutive5xxErrors: 5 } }
  subsets: [{ name: v1, labels: { version: v1 } }, { name: v2, labels: { version: v2 } }]
`;
const naming = (name: string) => `version: 1\nextends: [recommended@1]\ninventory: [${name}]\n`;

async function run(policy: string, subset: string, ...args: string[]) {
  const terminal = recording(folder({ "policy.yaml": policy }));
  const [base, head] = [folder({}), folder({ "reviews.yaml": route(subset) })];
  const options = ["--base", base, "--head", head, "--policy", "policy.yaml", "--format", "json"];
  const exit = await check.run([...options, ...args], terminal);
  return { exit, report: JSON.parse(terminal.shown.out) };
}

describe("sluice check --inventory", () => {
  it("counts what a folder holds as part of the mesh", async () => {
    const given = `acme/mesh-shared=${folder({ "rule.yaml": rule })}`;
    const { exit, report } = await run(naming("acme/mesh-shared"), "v2", "--inventory", given);
    expect(exit).toBe(0);
    expect(report).toMatchObject({
      findings: [],
      notEvaluated: [],
      inventory: [{ repository: "acme/mesh-shared", sha: null }],
    });
  });

  it("makes certain what is missing", async () => {
    const given = `acme/mesh-shared=${folder({ "rule.yaml": rule })}`;
    const { exit, report } = await run(naming("acme/mesh-shared"), "v3", "--inventory", given);
    expect(exit).toBe(1);
    expect(report.findings).toContainEqual(
      expect.objectContaining({ rule: "make-before-break", certainty: "certain", file: "reviews.yaml" }),
    );
  });

  it("knows a folder by the name of the repository that policy names", async () => {
    const given = folder({ "rule.yaml": rule });
    const name = `acme/${basename(given)}`;
    const { report } = await run(naming(name), "v2", "--inventory", given);
    expect(report).toMatchObject({ notEvaluated: [], inventory: [{ repository: name }] });
  });

  it("says of a repository that was not given what to do, and does not block", async () => {
    const { exit, report } = await run(naming("acme/mesh-shared"), "v2");
    expect(exit).toBe(0);
    expect(report.notEvaluated).toMatchObject([
      { file: "acme/mesh-shared", fix: "give a checkout of it: --inventory acme/mesh-shared=FOLDER" },
    ]);
    expect(report.findings[0]).toMatchObject({ certainty: "needs-inventory" });
  });

  it("refuses a folder that is none", async () => {
    await expect(run(naming("acme/mesh-shared"), "v2", "--inventory", "nowhere")).rejects.toThrow(
      "--inventory: nowhere is no folder",
    );
  });
});

it("sluice diff takes the same folders", async () => {
  const said = async (...args: string[]) => {
    const terminal = recording(folder({}));
    const shared = { "rule.yaml": rule.replace("prod", "istio-system") };
    const base = folder({ "reviews.yaml": route("v1"), ...shared });
    const options = ["--base", base, "--head", folder({ "reviews.yaml": route("v1") }), "--format", "json"];
    await diff.run([...options, ...args], terminal);
    return JSON.parse(terminal.shown.out).changes;
  };
  expect(await said()).not.toEqual([]);
  const taken = folder({ "rule.yaml": rule.replace("prod", "istio-system") });
  expect(await said("--inventory", taken)).toEqual([]);
});

it("sluice policy test reads what a case says of other repositories", async () => {
  const at = ".github/sluice-tests/shared-rule";
  const terminal = recording(
    folder({
      ".github/sluice.yaml": "version: 1\nrules: { outlier-detection: { severity: block } }\n",
      [`${at}/head/reviews.yaml`]: route("v3"),
      [`${at}/base/README.md`]: "",
      [`${at}/inventory/acme/mesh-shared/rules/reviews.yaml`]: rule,
      [`${at}/expected.yaml`]: "findings: [{ rule: make-before-break, certainty: certain }]\n",
    }),
  );
  expect(await policy.run(["test"], terminal)).toBe(0);
  expect(terminal.shown.out).toContain("✓ shared-rule");
});
