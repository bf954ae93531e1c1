import { describe, expect, test } from "vitest";
import { analyze } from "../../src/cli/analyze.ts";
import { folder, recording } from "../cli/folder.ts";

const service = `apiVersion: v1
kind: Service
metadata: { name: reviews, namespace: prod }
spec: { ports: [{ port: 80 }] }
`;
const route = (host: string, metadata = "") => `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, namespace: prod${metadata} }
spec:
  hosts: [reviews]
  http:
    - route:
        - destination:
            host: ${host}
`;
const port = route("reviews\n            port: { number: 8080 }");

async function run(files: Record<string, string>, ...args: string[]) {
  const terminal = recording(folder(files));
  return { exit: await analyze.run(args, terminal), ...terminal.shown };
}

async function findings(files: Record<string, string>, ...args: string[]) {
  const { out } = await run(files, ...(args.length > 0 ? args : Object.keys(files)), "--format", "json");
  return JSON.parse(out) as Record<string, unknown>[];
}

describe("sluice analyze", () => {
  test("shows every finding with its place, its rule and what to do", async () => {
    const { exit, out } = await run({ "mesh/a.yaml": `${service}---\n${port}` }, "mesh");
    expect(exit).toBe(1);
    expect(out).toBe(`error mesh/a.yaml:14:19 Service/prod/reviews has no port 8080, only 80
  VirtualService/prod/reviews · port-not-found · IST0101
  → name a port of Service/prod/reviews, or add the port to it

✗ 1 error
`);
  });

  test("answers in JSON with Istio's codes", async () => {
    expect(await findings({ "a.yaml": `${service}---\n${port}` })).toEqual([
      {
        rule: "port-not-found",
        istio: "IST0101",
        severity: "error",
        object: "VirtualService/prod/reviews",
        message: "Service/prod/reviews has no port 8080, only 80",
        file: "a.yaml",
        line: 14,
        column: 19,
        certainty: "certain",
        fix: "name a port of Service/prod/reviews, or add the port to it",
      },
    ]);
  });

  test("counts what depends on other repositories, and shows it when asked to", async () => {
    const files = { "a.yaml": route("ratings") };
    const brief = await run(files, "a.yaml");
    expect(brief).toMatchObject({ exit: 0 });
    expect(brief.out).toBe(
      "1 more depends on objects that these files do not show: --all lists them\n✓ nothing wrong\n",
    );
    const { out } = await run(files, "a.yaml", "--all");
    expect(out).toContain("host-not-found · IST0101 · needs-inventory");
  });

  test("looks at several files and folders as one mesh", async () => {
    const files = { "a/service.yaml": service, "b/route.yaml": route("reviews") };
    expect(await findings(files, "a", "b")).toEqual([]);
    expect(await findings(files, "b")).toMatchObject([{ rule: "host-not-found" }]);
  });

  test("looks behind a mistake that the API server would refuse", async () => {
    const wrong = route("ratings\n          timeout: 5s");
    expect(await findings({ "a.yaml": `${service}---\n${wrong}` })).toMatchObject([
      { rule: "host-not-found", istio: "IST0101", line: 14 },
      { rule: "valid-manifest", istio: null, line: 15 },
    ]);
  });

  test("names what Istio's webhook refuses by its code", async () => {
    const empty =
      "apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: { name: a, namespace: b }\nspec: {}\n";
    expect(await findings({ "a.yaml": empty })).toMatchObject([
      { rule: "valid-manifest", istio: "IST0106", severity: "error", object: "Gateway/b/a" },
    ]);
  });

  test.each([
    ["one code", "IST0101", []],
    ["another code", "IST0109", ["IST0101"]],
    ["a list", "IST0109,IST0101", []],
    ["a list with spaces, which Istio does not trim", "IST0109, IST0101", ["IST0101"]],
    ["everything", "*", []],
  ])("is silent where an annotation asks for it: %s", async (_, codes, expected) => {
    const annotated = route("ratings", `, annotations: { galley.istio.io/analyze-suppress: "${codes}" }`);
    expect((await findings({ "a.yaml": annotated })).map(({ istio }) => istio)).toEqual(expected);
  });

  test("leaves the namespaces of the cluster itself alone", async () => {
    expect(await findings({ "a.yaml": route("ratings").replace("prod", "kube-system") })).toEqual([]);
  });

  test("does not take alternatives in sibling directories for conflicts", async () => {
    const files = { "blue/a.yaml": route("blue"), "green/a.yaml": route("green") };
    const rules = (await findings(files)).map(({ rule }) => rule);
    expect(rules).not.toContain("conflicting-hosts");
  });

  describe("with a mesh configuration", () => {
    const entry = `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: db, namespace: prod }
spec: { hosts: [db.example.com], ports: [{ number: 5432, name: tcp, protocol: tcp }], resolution: DNS }
`;
    const config = `defaultConfig:
  proxyMetadata: { ISTIO_META_DNS_CAPTURE: "true", ISTIO_META_DNS_AUTO_ALLOCATE: "true" }
`;
    const indented = config.replaceAll(/^/gm, "    ");
    test.each([
      ["of its own", config],
      [
        "of an IstioOperator",
        `apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nspec:\n  meshConfig:\n${indented}`,
      ],
      [
        "in the ConfigMap istio",
        `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: istio }\ndata:\n  mesh: |\n${indented}`,
      ],
    ])("%s", async (_, text) => {
      const files = { "a.yaml": entry, "mesh.yaml": text };
      expect((await findings(files, "a.yaml")).map(({ istio }) => istio)).toEqual(["IST0134"]);
      expect(await findings(files, "a.yaml", "--mesh-config", "mesh.yaml")).toEqual([]);
      expect(await findings(files, "a.yaml", "mesh.yaml")).toEqual([]);
    });
  });

  test("does not pass what it cannot read", async () => {
    const files = {
      "a.yaml": route("reviews"),
      "b.yaml": "apiVersion: networking.istio.io/v1\nkind: Sidecar\nspec: [",
    };
    const { exit, out } = await run(files, "a.yaml", "b.yaml");
    expect(exit).toBe(2);
    expect(out).toContain("✗ 1 not evaluated");
    expect(await findings(files)).toMatchObject([
      { rule: "not-evaluated", object: null, file: "b.yaml" },
      {},
    ]);
  });

  test("passes over files that are no manifests, whatever is wrong with them", async () => {
    const files = { "mesh/a.yaml": service, "mesh/data.json": '{ "rating": 5 }\n{ "rating": 4 }\n' };
    expect(await run(files, "mesh")).toMatchObject({ exit: 0, out: "✓ nothing wrong\n" });
  });

  test.each([
    ["no path", []],
    ["a format that is none", ["a.yaml", "--format", "xml"]],
    ["a path that is none", ["missing.yaml"]],
    ["an option that is none", ["a.yaml", "--policy", "x"]],
  ])("refuses a command line with %s", async (_, args) => {
    await expect(run({ "a.yaml": service }, ...args)).rejects.toThrow();
  });
});
