import { describe, expect, test } from "vitest";
import { readManifests } from "../../src/manifest/read.ts";
import { type BuildOptions, buildMesh } from "../../src/mesh/build.ts";
import type { Mesh, MeshObject } from "../../src/mesh/object.ts";

function build(files: Record<string, string>, options: BuildOptions = {}): Mesh {
  return buildMesh(
    Object.entries(files).map(([path, text]) => readManifests(path, text)),
    options,
  );
}

/** An object in one line of YAML. */
function manifest(type: string, name: string, more = ""): string {
  const [apiVersion, kind] = [type.slice(0, type.lastIndexOf("/")), type.slice(type.lastIndexOf("/") + 1)];
  return `{apiVersion: ${apiVersion}, kind: ${kind}, metadata: {name: ${name}}${more}}\n`;
}
const virtualService = (name: string, more = "") =>
  manifest("networking.istio.io/v1/VirtualService", name, more);

const known = (objects: readonly MeshObject<unknown>[]) => objects.map(({ id, scope }) => [scope, id]);
const codes = (mesh: Mesh) =>
  [...mesh.problems, ...mesh.refused.flatMap(({ problems }) => problems)].map(
    ({ code, range }) => `${code} ${range.file}:${range.line}`,
  );

describe("kinds", () => {
  test.each([
    ["networking.istio.io/v1/VirtualService", "virtualServices"],
    ["networking.istio.io/v1beta1/DestinationRule", "destinationRules"],
    ["networking.istio.io/v1alpha3/Gateway", "gateways"],
    ["networking.istio.io/v1/ServiceEntry", "serviceEntries"],
    ["networking.istio.io/v1/Sidecar", "sidecars"],
    ["v1/Service", "services"],
    ["networking.istio.io/v1/WorkloadEntry", "workloads"],
    ["networking.istio.io/v1/WorkloadGroup", "workloads"],
    ["v1/Pod", "workloads"],
    ["apps/v1/Deployment", "workloads"],
    ["apps/v1/StatefulSet", "workloads"],
    ["apps/v1/DaemonSet", "workloads"],
    ["argoproj.io/v1alpha1/Rollout", "workloads"],
    ["argoproj.io/v1alpha1/Rollout", "others"],
    ["flagger.app/v1beta1/Canary", "others"],
    ["v1/Secret", "others"],
    ["security.istio.io/v1/PeerAuthentication", "others"],
    ["security.istio.io/v1/RequestAuthentication", "others"],
    ["gateway.networking.k8s.io/v1/Gateway", "others"],
  ] as const)("%s is among %s", (type, list) => {
    const mesh = build({ "a.yaml": manifest(type, "x", ", spec: {hosts: [a.com]}") }, { admit: () => [] });
    expect(mesh[list].map(({ id }) => id)).toEqual([`${type.split("/").at(-1)}/default/x`]);
    expect(mesh.problems).toEqual([]);
  });

  test.each([
    ["Gloo", manifest("gateway.solo.io/v1/VirtualService", "x")],
    ["App Mesh", manifest("appmesh.k8s.aws/v1beta2/VirtualService", "x")],
    [
      "a CRD",
      "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nspec:\n  names:\n    kind: VirtualService\n  group: networking.istio.io\n",
    ],
    [
      "a ConfigMap's text",
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata:\n  vs: |\n    ${virtualService("x")}`,
    ],
    ["values of a chart", "kind: VirtualService\nhosts: [a]\n"],
    ["Knative's Service", manifest("serving.knative.dev/v1/Service", "x")],
    ["a list", "- apiVersion: networking.istio.io/v1\n  kind: VirtualService\n"],
    ["text", "networking.istio.io/v1 VirtualService"],
  ])("%s is not an object of the mesh", (_, text) => {
    const { settings, ...lists } = build({ "a.yaml": text });
    expect(Object.values(lists).flat()).toEqual([]);
  });

  test("a Namespace has no namespace", () => {
    const mesh = build({
      "a.yaml":
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: prod, labels: {istio-injection: enabled}}\n",
    });
    expect(mesh.others).toMatchObject([
      { id: "Namespace/prod", namespace: "", labels: { "istio-injection": "enabled" } },
    ]);
  });
});

describe("objects", () => {
  test("know what their manifest says and where", () => {
    const text = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: reviews
  namespace: prod
  labels: {team: a}
  annotations: {note: "x"}
  creationTimestamp: "2026-01-02T03:04:05Z"
spec:
  hosts: [reviews]
  http: null
`;
    const [object] = build({ "vs.yaml": text }).virtualServices;
    expect(object).toMatchObject({
      id: "VirtualService/prod/reviews",
      scope: "",
      apiVersion: "networking.istio.io/v1",
      kind: "VirtualService",
      namespace: "prod",
      namespaceOrigin: "manifest",
      name: "reviews",
      labels: { team: "a" },
      annotations: { note: "x" },
      created: Date.UTC(2026, 0, 2, 3, 4, 5),
    });
    expect(object?.locate(["spec", "hosts", 0])).toMatchObject({ file: "vs.yaml", line: 10 });
  });

  test("lose their nulls, as in the API server, but not those of lists", () => {
    const spec = ", spec: {hosts: [a], gateways: null, http: [{name: null, route: [null]}]}";
    const mesh = build({ "a.yaml": virtualService("x", spec) }, { admit: () => [] });
    expect(mesh.virtualServices[0]?.spec).toEqual({ hosts: ["a"], http: [{ route: [null] }] });
  });

  test.each([
    ["apps/v1/Deployment", "spec: {template: {metadata: {labels: {app: a, n: 1}}}}", { app: "a" }],
    ["v1/Pod", "x: 1", {}],
    ["networking.istio.io/v1/WorkloadEntry", "spec: {labels: {app: a}}", { app: "a" }],
    ["networking.istio.io/v1/WorkloadGroup", "spec: {metadata: {labels: {app: a}}}", { app: "a" }],
  ])("%s says which labels its pods carry", (type, spec, labels) => {
    expect(build({ "a.yaml": manifest(type, "x", `, ${spec}`) }).workloads[0]?.podLabels).toEqual(labels);
  });

  test("keep the order of paths and documents", () => {
    const mesh = build({
      "b.yaml": `${virtualService("b1")}---\n${virtualService("b2")}`,
      "a.yaml": virtualService("a1"),
      "B.yaml": virtualService("B1"),
    });
    expect(mesh.virtualServices.map(({ name }) => name)).toEqual(["B1", "a1", "b1", "b2"]);
  });
});

describe("namespace", () => {
  const namespaceOf: BuildOptions["namespaceOf"] = (path) =>
    path.startsWith("prod/") ? { namespace: "live", origin: "destination" } : null;

  test.each([
    [
      "the manifest's",
      "prod/a.yaml",
      "{apiVersion: networking.istio.io/v1, kind: Sidecar, metadata: {name: x, namespace: own}}",
      "own",
      "manifest",
    ],
    [
      "else where the file is deployed",
      "prod/a.yaml",
      manifest("networking.istio.io/v1/Sidecar", "x"),
      "live",
      "destination",
    ],
    ["else default", "a.yaml", manifest("networking.istio.io/v1/Sidecar", "x"), "default", "default"],
    [
      "an empty one is none",
      "a.yaml",
      "{apiVersion: networking.istio.io/v1, kind: Sidecar, metadata: {name: x, namespace: ''}}",
      "default",
      "default",
    ],
  ])("%s", (_, path, text, namespace, origin) => {
    const [object] = build({ [path]: text }, { namespaceOf }).sidecars;
    expect(object).toMatchObject({ namespace, namespaceOrigin: origin });
  });

  test("settings are Istio's unless told otherwise", () => {
    expect(build({}, { settings: { rootNamespace: "mesh" } }).settings).toEqual({
      rootNamespace: "mesh",
      clusterDomain: "cluster.local",
      outboundTrafficPolicy: "ALLOW_ANY",
    });
  });
});

describe("scope", () => {
  test("is the repository for plain files", () => {
    const mesh = build({ "a/vs.yaml": virtualService("x"), "b/vs.yaml": virtualService("w") });
    expect(known(mesh.virtualServices)).toEqual([
      ["", "VirtualService/default/x"],
      ["", "VirtualService/default/w"],
    ]);
  });

  test("is the directory where several hold the same object", () => {
    const mesh = build({
      "staging/vs.yaml": virtualService("x"),
      "prod/vs.yaml": virtualService("x"),
      "prod/other.yaml": virtualService("w"),
      "root.yaml": virtualService("z"),
    });
    expect(known(mesh.virtualServices)).toEqual([
      ["", "VirtualService/default/w"],
      ["prod", "VirtualService/default/x"],
      ["", "VirtualService/default/z"],
      ["staging", "VirtualService/default/x"],
    ]);
    expect(mesh.problems).toEqual([]);
  });

  test("alternatives side by side in one directory are scopes of their own: none goes unjudged", () => {
    const mesh = build({
      "a/1.yaml": virtualService("x", ", spec: {hosts: [a]}"),
      "a/2.yaml": virtualService("x", ", spec: {hosts: [b]}"),
      "b/1.yaml": virtualService("x", ", spec: {hosts: [c]}"),
    });
    expect(mesh.virtualServices.map(({ scope, spec }) => [scope, spec.hosts])).toEqual([
      ["a/1.yaml", ["a"]],
      ["a/2.yaml", ["b"]],
      ["b", ["c"]],
    ]);
    expect(mesh.problems).toEqual([]);
  });

  test("an object defined twice in one file is a problem, and the last one counts", () => {
    const mesh = build({
      "a.yaml": `${virtualService("x", ", spec: {hosts: [a]}")}---\n${virtualService("x", ", spec: {hosts: [b]}")}`,
    });
    expect(mesh.virtualServices.map(({ spec }) => spec.hosts)).toEqual([["b"]]);
    expect(mesh.problems).toMatchObject([
      {
        code: "duplicate-object",
        message: "VirtualService/default/x is defined in a.yaml:1 as well; the last one applied wins",
        range: { file: "a.yaml", line: 3 },
      },
    ]);
  });

  test("versions of one kind are the same object, groups are not", () => {
    const mesh = build({
      "a.yaml": [
        manifest("networking.istio.io/v1/Gateway", "x"),
        manifest("networking.istio.io/v1beta1/Gateway", "x"),
        manifest("gateway.networking.k8s.io/v1/Gateway", "x"),
      ].join("---\n"),
    });
    expect([mesh.gateways.length, mesh.others.length, codes(mesh)]).toEqual([
      1,
      1,
      ["duplicate-object a.yaml:3"],
    ]);
  });
});

describe("what the cluster would refuse is a problem, never a crash", () => {
  test.each([
    ["spec is text", virtualService("x", ", spec: none"), "wrong-type a.yaml:1"],
    ["spec is a list", virtualService("x", ", spec: [a]"), "wrong-type a.yaml:1"],
    ["hosts is text", virtualService("x", ", spec: {hosts: a}"), "wrong-type a.yaml:1"],
    [
      "a host that YAML reads as a boolean",
      virtualService("x", ", spec: {hosts: [y]}"),
      "wrong-type a.yaml:1",
    ],
    ["http is an object", virtualService("x", ", spec: {http: {route: []}}"), "wrong-type a.yaml:1"],
    ["a route is null", virtualService("x", ", spec: {http: [null]}"), "wrong-type a.yaml:1"],
    [
      "servers hold text",
      manifest("networking.istio.io/v1/Gateway", "x", ", spec: {servers: [a]}"),
      "wrong-type a.yaml:1",
    ],
    ["a Service's ports", manifest("v1/Service", "x", ", spec: {ports: {a: 1}}"), "wrong-type a.yaml:1"],
    [
      "no name",
      "apiVersion: networking.istio.io/v1\nkind: VirtualService\nspec: {}\n",
      "wrong-type a.yaml:1",
    ],
    ["a name that YAML reads as a number", virtualService("1"), "wrong-type a.yaml:1"],
    [
      "metadata is text",
      "{apiVersion: networking.istio.io/v1, kind: Sidecar, metadata: x}\n",
      "wrong-type a.yaml:1",
    ],
    [
      "a namespace that is a number",
      "apiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata:\n  name: x\n  namespace: 1\n",
      "wrong-type a.yaml:5",
    ],
    [
      "an unknown version",
      manifest("networking.istio.io/v2/VirtualService", "x"),
      "unserved-version a.yaml:1",
    ],
    ["a misspelt kind", manifest("networking.istio.io/v1/Virtualservice", "x"), "unknown-kind a.yaml:1"],
  ])("%s", (_, text, problem) => {
    const mesh = build({ "a.yaml": `${text}---\n${virtualService("fine")}` });
    expect(codes(mesh)).toEqual([problem]);
    expect(known(mesh.virtualServices)).toEqual([["", "VirtualService/default/fine"]]);
  });

  test("others' mistakes are theirs", () => {
    const mesh = build({
      "a.yaml":
        "{apiVersion: v1, kind: Pod, metadata: {generateName: x-}}\n---\n{apiVersion: apps/v1, kind: Deployment, metadata: []}",
    });
    expect([mesh.workloads, mesh.problems]).toEqual([[], []]);
  });

  test("a judge may be given, and keeps out what it complains about", () => {
    const mesh = build(
      { "a.yaml": `${virtualService("good")}---\n${virtualService("bad")}` },
      {
        admit: (object) =>
          object.name === "bad"
            ? [{ code: "no", message: "no", range: object.locate(["metadata", "name"]) }]
            : [],
      },
    );
    expect([known(mesh.virtualServices), codes(mesh)]).toEqual([
      [["", "VirtualService/default/good"]],
      ["no a.yaml:3"],
    ]);
  });

  test("problems and templates of the files are the mesh's too", () => {
    const mesh = build({ "b.yaml": "a: [", "a.yaml": virtualService("{{ .Values.x }}") });
    expect(codes(mesh)).toEqual(["yaml-syntax b.yaml:1"]);
    expect(mesh.notRendered).toMatchObject([{ range: { file: "a.yaml" } }]);
  });
});
