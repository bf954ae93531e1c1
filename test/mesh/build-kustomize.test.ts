import { expect, test } from "vitest";
import { readManifests } from "../../src/manifest/read.ts";
import { buildMesh } from "../../src/mesh/build.ts";

const rule = (name: string, namespace = "") =>
  `{apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: {name: ${name}${namespace && `, namespace: ${namespace}`}}, spec: {host: ${name}}}`;

/** `scope id origin` of every DestinationRule that the files apply. */
function rules(files: Record<string, string>): string[] {
  const mesh = buildMesh(Object.entries(files).map(([path, text]) => readManifests(path, text)));
  expect(mesh.problems).toEqual([]);
  return mesh.destinationRules.map(({ scope, id, namespaceOrigin }) => `${scope} ${id} ${namespaceOrigin}`);
}

test("resources belong to their kustomization and take its namespace", () => {
  expect(
    rules({
      "app/kustomization.yaml": "namespace: prod\nresources: [./a.yaml, sub/b.yaml]\n",
      "app/a.yaml": rule("a"),
      "app/sub/b.yaml": rule("b", "own"),
      "app/unlisted.yaml": rule("c"),
    }),
  ).toEqual([
    "app DestinationRule/prod/a kustomization",
    "app DestinationRule/own/b manifest",
    " DestinationRule/default/c default",
  ]);
});

test("a base belongs to every overlay that includes it, and to none of itself", () => {
  expect(
    rules({
      "base/kustomization.yml": "resources: [a.yaml]\nnamespace: base\n",
      "base/a.yaml": rule("a"),
      "overlays/dev/kustomization.yaml": "bases: [../../base/]\n",
      "overlays/prod/Kustomization":
        "resources: [../../base, b.yaml]\nnamespace: prod\ncomponents: [../../extra]\n",
      "overlays/prod/b.yaml": rule("b"),
      "extra/kustomization.yaml":
        "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [c.yaml]\n",
      "extra/c.yaml": rule("c"),
    }),
  ).toEqual([
    "overlays/dev DestinationRule/base/a kustomization",
    "overlays/prod DestinationRule/prod/a kustomization",
    "overlays/prod DestinationRule/prod/c kustomization",
    "overlays/prod DestinationRule/prod/b kustomization",
  ]);
});

test.each([
  ["patches", "patches: [{path: p.yaml}]"],
  ["strategic merge patches", "patchesStrategicMerge: [p.yaml]"],
  ["JSON patches", "patchesJson6902: [{path: p.yaml, target: {kind: DestinationRule}}]"],
  ["replacements", "replacements: [{path: p.yaml}]"],
  ["transformers", "transformers: [p.yaml]"],
  ["input of a generator", "configMapGenerator: [{name: x, files: [rule.yaml=p.yaml]}]"],
])("%s are not objects of their own", (_, field) => {
  expect(
    rules({
      "k/kustomization.yaml": `resources: [a.yaml]\n${field}\n`,
      "k/a.yaml": rule("a"),
      "k/p.yaml": rule("p"),
    }),
  ).toEqual(["k DestinationRule/default/a default"]);
});

test("a patch that is a resource elsewhere is an object there", () => {
  expect(
    rules({
      "a/kustomization.yaml": "patches: [{path: ../b/p.yaml}]\n",
      "b/kustomization.yaml": "resources: [p.yaml]\n",
      "b/p.yaml": rule("p"),
    }),
  ).toEqual(["b DestinationRule/default/p default"]);
});

test("a patch written into the kustomization is no file", () => {
  const inline = `patches:\n- patch: |-\n    ${rule("a")}\npatchesStrategicMerge:\n- |-\n  ${rule("b")}\n`;
  expect(rules({ "kustomization.yaml": `resources: [a.yaml]\n${inline}`, "a.yaml": rule("a") })).toEqual([
    " DestinationRule/default/a default",
  ]);
});

test("one base reached twice is applied once", () => {
  expect(
    rules({
      "kustomization.yaml": "resources: [a, b]\n",
      "a/kustomization.yaml": "resources: [../base]\n",
      "b/kustomization.yaml": "resources: [../base]\n",
      "base/kustomization.yaml": "resources: [a.yaml]\n",
      "base/a.yaml": rule("a"),
    }),
  ).toEqual([" DestinationRule/default/a default"]);
});

test("kustomizations that include each other, or remote ones, lose nothing", () => {
  expect(
    rules({
      "a/kustomization.yaml": "resources: [../b, a.yaml]\n",
      "b/kustomization.yaml": "resources: [../a, 'https://example.com/x?ref=v1', 7, {}]\n",
      "a/a.yaml": rule("a"),
    }),
  ).toEqual(["a DestinationRule/default/a default"]);
});

test("Flux's Kustomization and other files of that name decide nothing", () => {
  expect(
    rules({
      "a/kustomization.yaml":
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nresources: [a.yaml]\n",
      "a/a.yaml": rule("a"),
      "b/kustomization.yaml": "[]",
    }),
  ).toEqual([" DestinationRule/default/a default"]);
});
