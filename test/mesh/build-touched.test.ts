import { expect, test } from "vitest";
import { readManifests } from "../../src/manifest/read.ts";
import { buildMesh } from "../../src/mesh/build.ts";
import { touchedBy } from "../../src/mesh/touched.ts";

const mesh = (files: Record<string, string>) =>
  buildMesh(Object.entries(files).map(([path, text]) => readManifests(path, text)));

const base = `apiVersion: networking.istio.io/v1beta1
kind: VirtualService
metadata: {name: reviews, namespace: prod}
spec:
  hosts: [reviews, "*.acme.com"]
  http:
  - route: [{destination: {host: reviews, subset: v1}}]
    mirror: {host: audit.ops.svc.cluster.local}
status: {observed: 1}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: prod}
spec: {host: reviews.other.svc.cluster.local}
`;

test.each([
  ["nothing", base],
  [
    "formatting and comments",
    base.replace('hosts: [reviews, "*.acme.com"]', "hosts:  # all\n  - 'reviews'\n  - \"*.acme.com\""),
  ],
  ["the order of keys", base.replace("{name: reviews, namespace: prod}", "{namespace: prod, name: reviews}")],
  ["the API version", base.replace("v1beta1", "v1")],
  ["the status", base.replace("observed: 1", "observed: 2")],
  ["the order of documents", base.split("---\n").reverse().join("\n---\n")],
  ["a field that is null", base.replace("spec: {host", "spec: {trafficPolicy: null, host")],
])("%s touches nothing", (_, head) => {
  expect(touchedBy(mesh({ "a.yaml": base }), mesh({ "b/c.yaml": head }))).toEqual({ objects: [], hosts: [] });
});

test.each([
  [
    "a changed route",
    base.replace("subset: v1", "subset: v2"),
    ["VirtualService/prod/reviews"],
    ["*.acme.com", "audit.ops.svc.cluster.local", "reviews.prod.svc.cluster.local"],
  ],
  [
    "a changed host, on both sides",
    base.replace("reviews.other.svc.cluster.local", "ratings"),
    ["DestinationRule/prod/reviews"],
    ["ratings.prod.svc.cluster.local", "reviews.other.svc.cluster.local"],
  ],
  [
    "a label",
    base.replace(
      "{name: reviews, namespace: prod}\nspec: {host",
      "{name: reviews, namespace: prod, labels: {a: b}}\nspec: {host",
    ),
    ["DestinationRule/prod/reviews"],
    ["reviews.other.svc.cluster.local"],
  ],
  [
    "a document that is gone",
    base.split("---\n")[0] ?? "",
    ["DestinationRule/prod/reviews"],
    ["reviews.other.svc.cluster.local"],
  ],
  [
    "a document commented out",
    base.replace(/(?<=---\n(?:.*\n)*)/gm, "# "),
    ["DestinationRule/prod/reviews"],
    ["reviews.other.svc.cluster.local"],
  ],
  [
    "a Service that is new",
    `${base}---\n{apiVersion: v1, kind: Service, metadata: {name: db, namespace: data}}`,
    ["Service/data/db"],
    ["db.data.svc.cluster.local"],
  ],
  [
    "external hosts",
    `${base}---\n{apiVersion: networking.istio.io/v1, kind: ServiceEntry, metadata: {name: x}, spec: {hosts: [api.x.com]}}`,
    ["ServiceEntry/default/x"],
    ["api.x.com"],
  ],
])("%s", (_, head, objects, hosts) => {
  expect(touchedBy(mesh({ "a.yaml": base }), mesh({ "a.yaml": head }))).toEqual({ objects, hosts });
});

test("of several scopes it matters which one holds which value", () => {
  const rule = (host: string) =>
    `{apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: {name: x}, spec: {host: ${host}}}`;
  const before = mesh({ "dev/a.yaml": rule("one"), "prod/a.yaml": rule("two") });
  const after = mesh({ "dev/a.yaml": rule("two"), "prod/a.yaml": rule("one") });
  expect(touchedBy(before, after).objects).toEqual(["DestinationRule/default/x"]);
});

test.each([
  ["a new image", "spec: {containers: [{image: c}]}", []],
  ["a new pod label", "metadata: {labels: {v: '2'}}", ["Deployment/default/x"]],
])("a Deployment with %s", (_, template, objects) => {
  const deployment = (text: string) =>
    mesh({
      "a.yaml": `{apiVersion: apps/v1, kind: Deployment, metadata: {name: x}, spec: {template: {${text}}}}`,
    });
  const [before, after] = [deployment("spec: {containers: [{image: b}]}"), deployment(template)];
  expect(touchedBy(before, after)).toEqual({ objects, hosts: [] });
});

test("a Rollout counts as a whole, for it shifts traffic", () => {
  const rollout = (weight: number) =>
    mesh({
      "a.yaml": `{apiVersion: argoproj.io/v1alpha1, kind: Rollout, metadata: {name: x}, spec: {strategy: {canary: {steps: [{setWeight: ${weight}}]}}}}`,
    });
  expect(touchedBy(rollout(10), rollout(20)).objects).toEqual(["Rollout/default/x"]);
});
