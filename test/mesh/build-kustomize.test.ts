import { expect, test } from "vitest";
import { readRepository } from "../../src/manifest/kustomize/repository.ts";
import { buildMesh } from "../../src/mesh/build.ts";

const rule = (name: string, namespace = "") =>
  `{apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: {name: ${name}${namespace && `, namespace: ${namespace}`}}, spec: {host: ${name}}}`;

function meshOf(files: Record<string, string>) {
  return buildMesh(readRepository(new Map(Object.entries(files))).files);
}

/** `scope id origin` of every DestinationRule that the files apply. */
function rules(files: Record<string, string>): string[] {
  const mesh = meshOf(files);
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
      "plain/kustomization.yaml": "resources: [d.yaml, e.yaml]\n",
      "plain/d.yaml": rule("d", "own"),
      "plain/e.yaml": rule("e"),
    }),
  ).toEqual([
    "app DestinationRule/prod/a kustomization",
    "app DestinationRule/prod/b kustomization",
    " DestinationRule/default/c default",
    "plain DestinationRule/own/d manifest",
    "plain DestinationRule/default/e default",
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
    "overlays/prod DestinationRule/prod/b kustomization",
    "overlays/prod DestinationRule/prod/c kustomization",
  ]);
});

test.each([
  ["patches", "patches: [{path: p.yaml}]"],
  ["strategic merge patches", "patchesStrategicMerge: [p.yaml]"],
  ["input of a generator", "configMapGenerator: [{name: x, files: [rule.yaml=p.yaml]}]"],
])("%s are not objects of their own", (_, field) => {
  expect(
    rules({
      "k/kustomization.yaml": `resources: [a.yaml]\n${field}\n`,
      "k/a.yaml": rule("a"),
      "k/p.yaml": rule("a"),
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
  const inline = `patches:\n- patch: |-\n    ${rule("a")}\npatchesStrategicMerge:\n- |-\n  ${rule("a")}\n`;
  expect(rules({ "kustomization.yaml": `resources: [a.yaml]\n${inline}`, "a.yaml": rule("a") })).toEqual([
    " DestinationRule/default/a default",
  ]);
});

const twice = {
  "kustomization.yaml": "resources: [a, b]\n",
  "a/kustomization.yaml": "resources: [../base]\n",
  "b/kustomization.yaml": "resources: [../base]\n",
  "base/kustomization.yaml": "resources: [a.yaml]\n",
  "base/a.yaml": rule("a"),
};
const circle = {
  "a/kustomization.yaml": "resources: [../b, a.yaml]\n",
  "b/kustomization.yaml": "resources: [../a]\n",
  "a/a.yaml": rule("a"),
};
const lost = {
  "kustomization.yaml": "resources: [a.yaml]\npatches: [{path: p.yaml}]\n",
  "a.yaml": rule("a"),
  "p.yaml": rule("p"),
};

test.each([
  ["one base reached twice", twice, "is there already, from base/a.yaml:1"],
  ["kustomizations that include each other", circle, "a → b → a"],
  ["a patch for nothing", lost, "no resource matches the patch for DestinationRule p"],
])("%s cannot be built: the mesh lacks it and says why", (_, files, reason) => {
  const mesh = meshOf(files);
  expect(mesh.destinationRules).toEqual([]);
  expect(mesh.notRendered.map((found) => found.reason).join("\n")).toContain(reason);
});

test("what comes from another repository is missing, and the rest is there", () => {
  const mesh = meshOf({
    "k/kustomization.yaml": "resources: ['https://example.com/x?ref=v1', a.yaml]\nnamespace: prod\n",
    "k/a.yaml": rule("a"),
  });
  expect(mesh.destinationRules.map(({ id }) => id)).toEqual(["DestinationRule/prod/a"]);
  expect(mesh.notRendered).toMatchObject([
    { reason: "https://example.com/x?ref=v1 is in another repository", range: { line: 1, column: 13 } },
  ]);
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
