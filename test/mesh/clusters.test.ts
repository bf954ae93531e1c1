import { expect, test } from "vitest";
import { readRepository } from "../../src/manifest/kustomize/repository.ts";
import { buildMesh } from "../../src/mesh/build.ts";
import { worlds } from "../../src/mesh/worlds.ts";

const rule = (name: string, host = name) =>
  `{apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: {name: ${name}, namespace: shop}, spec: {host: ${host}}}`;

const application = (name: string, path: string, cluster: string) => `
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: ${name}, namespace: argocd }
spec:
  source: { repoURL: https://git.example.com/shop.git, path: ${path} }
  destination: { ${cluster}, namespace: shop }
`;

function meshOf(files: Record<string, string>) {
  return buildMesh(readRepository(new Map(Object.entries(files))).files);
}

/** What can be in one cluster: the scopes of each world. */
function together(files: Record<string, string>): string[] {
  return worlds(meshOf(files)).map(({ scopes }) => [...scopes].sort().join(" + "));
}

const overlays = {
  "a/kustomization.yaml": "resources: [r.yaml]\n",
  "a/r.yaml": rule("a"),
  "b/kustomization.yaml": "resources: [r.yaml]\n",
  "b/r.yaml": rule("b"),
};

test("a deployment tells the cluster of what it applies, under the name that it has for it", () => {
  const mesh = meshOf({
    ...overlays,
    "apps.yaml": application("a", "a", "name: eu") + application("b", "b", "server: https://10.0.0.1"),
  });
  expect(mesh.destinationRules.map(({ id, clusters }) => [id, clusters])).toEqual([
    ["DestinationRule/shop/a", ["eu"]],
    ["DestinationRule/shop/b", ["https://10.0.0.1"]],
  ]);
});

test.each(["server: https://kubernetes.default.svc", "name: in-cluster"])(
  "%s is any cluster: each Argo CD calls its own one so",
  (own) => {
    const mesh = meshOf({ ...overlays, "apps.yaml": application("a", "a", own) });
    expect(mesh.destinationRules.map(({ clusters }) => clusters)).toEqual([[], []]);
  },
);

test("one overlay in several clusters is one object that knows them all", () => {
  const mesh = meshOf({
    ...overlays,
    "apps.yaml": application("a-us", "a", "name: us") + application("a-eu", "a", "name: eu"),
  });
  expect(mesh.destinationRules.map(({ id, clusters }) => [id, clusters])).toEqual([
    ["DestinationRule/shop/a", ["eu", "us"]],
    ["DestinationRule/shop/b", []],
  ]);
});

test("what goes to different clusters never meets, and what is in both is with each", () => {
  const apps = application("a", "a", "name: eu") + application("b", "b", "name: us");
  expect(together({ ...overlays, "apps.yaml": apps })).toEqual(["a", "b"]);
  expect(together({ ...overlays, "apps.yaml": apps + application("a2", "a", "name: us") })).toEqual([
    "a",
    "a + b",
  ]);
});

test("what no deployment speaks of may be in any cluster", () => {
  const apps = application("a", "a", "name: eu") + application("b", "b", "name: us");
  expect(together({ ...overlays, "apps.yaml": apps, "plain.yaml": rule("c") })).toEqual([" + a", " + b"]);
});

test("versions of one object that nothing tells the cluster of are alternatives in it", () => {
  const files = {
    ...overlays,
    "apps.yaml": application("a", "a", "name: eu"),
    "c/kustomization.yaml": "resources: [r.yaml]\n",
    "c/r.yaml": rule("b", "other"),
  };
  expect(together(files)).toEqual(["a + b", "a + c"]);
});
