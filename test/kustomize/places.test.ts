import { describe, expect, test } from "vitest";
import { readRepository } from "../../src/manifest/kustomize/repository.ts";
import type { Path } from "../../src/manifest/source.ts";

const base = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: reviews
spec:
  hosts: [reviews]
  http:
  - timeout: 5s
    route:
    - destination: { host: reviews, subset: stable }
      weight: 90
    - destination: { host: reviews, subset: canary }
      weight: 10
  exportTo: ["."]
`;
const head = "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: { name: reviews }\n";

/** `file:line`, and the way there, of a value of the one object that an overlay builds. */
function placeOf(path: Path, overlay: string, more: Record<string, string> = {}) {
  const { files } = readRepository(
    new Map(
      Object.entries({
        "base/kustomization.yaml": "resources: [r.yaml]\n",
        "base/r.yaml": base,
        "prod/kustomization.yaml": `resources: [../base]\n${overlay}`,
        ...more,
      }),
    ),
  );
  expect(files.flatMap(({ applied }) => applied?.missing ?? [])).toEqual([]);
  const [document] = files.flatMap(({ documents }) => documents);
  const { file, line, through } = document!.locate(path);
  return [`${file}:${line}`, ...(through ?? [])];
}

const patched = (patch: string): [string, Record<string, string>] => [
  "patches: [{ path: p.yaml }]\n",
  { "prod/p.yaml": `${head}${patch}` },
];
const operation = (text: string) =>
  `patches:\n- target: { kind: VirtualService }\n  patch: |-\n    - { op: test, path: /kind, value: VirtualService }\n    - ${text}\n`;

describe("a value of a built object stands", () => {
  test("in the base, which the overlay applies", () => {
    expect(placeOf(["spec", "http", 0, "route", 1, "weight"], "namespace: prod\n")).toEqual([
      "base/r.yaml:13",
      "prod",
    ]);
  });

  test("in the patch that sets it", () => {
    expect(placeOf(["spec", "hosts"], ...patched("spec:\n  hosts: [x]\n"))).toEqual(["prod/p.yaml:5"]);
  });

  test("in the operation that sets it", () => {
    const set = operation("{ op: replace, path: /spec/http/0/route/1/weight, value: 60 }");
    expect(placeOf(["spec", "http", 0, "route", 1, "weight"], set)).toEqual(["prod/kustomization.yaml:6"]);
    expect(placeOf(["spec", "http", 0, "route", 0, "weight"], set)).toEqual(["base/r.yaml:11", "prod"]);
  });

  test("in the field of the kustomization that sets it", () => {
    expect(placeOf(["metadata", "namespace"], "namespace: prod\n")).toEqual(["prod/kustomization.yaml:2"]);
  });

  test("where a replacement takes it from", () => {
    const replacement =
      "resources: [../base, c.yaml]\nreplacements:\n- source: { kind: ConfigMap, fieldPath: data.wait }\n  targets: [{ select: { kind: VirtualService }, fieldPaths: [spec.http.0.timeout] }]\n";
    const files = {
      "prod/kustomization.yaml": replacement,
      "prod/c.yaml":
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: z\n  annotations: { config.kubernetes.io/local-config: 'true' }\ndata:\n  wait: 3s\n",
    };
    expect(placeOf(["spec", "http", 0, "timeout"], "", files)).toEqual(["prod/c.yaml:7"]);
  });
});

describe("a value that a built object lacks stands", () => {
  test.each([
    ["a null", "spec:\n  exportTo: null\n", ["spec", "exportTo"], "prod/p.yaml:5"],
    ["a mapping that deletes", "spec:\n  $patch: delete\n", ["spec", "http"], "prod/p.yaml:5"],
  ] as const)("where %s of a patch takes it away", (_, patch, path, place) => {
    expect(placeOf(path, ...patched(patch))[0]).toBe(place);
  });

  test("where an operation takes it away", () => {
    const removal = operation("{ op: remove, path: /spec/http/0/timeout }");
    expect(placeOf(["spec", "http", 0, "timeout"], removal)).toEqual(["prod/kustomization.yaml:6"]);
  });

  test("where a patch puts it back, if another does", () => {
    const both = "patches: [{ path: p.yaml }, { path: q.yaml }]\n";
    const files = {
      "prod/p.yaml": `${head}spec:\n  exportTo: null\n`,
      "prod/q.yaml": `${head}spec:\n  exportTo: ["*"]\n`,
    };
    expect(placeOf(["spec", "exportTo"], both, files)).toEqual(["prod/q.yaml:5"]);
  });

  test("with what would hold it, where nobody ever wrote it", () => {
    expect(placeOf(["spec", "http", 0, "retries"], "namespace: prod\n")).toEqual(["base/r.yaml:8", "prod"]);
  });
});
