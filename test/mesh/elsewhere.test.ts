import { expect, test } from "vitest";
import { fileElsewhere, pathAtHome } from "../../src/manifest/elsewhere.ts";
import { readRepository } from "../../src/manifest/kustomize/repository.ts";
import type { ManifestFile } from "../../src/manifest/source.ts";
import { buildMesh } from "../../src/mesh/build.ts";
import type { Mesh } from "../../src/mesh/object.ts";
import { worlds } from "../../src/mesh/worlds.ts";

type Texts = Readonly<Record<string, string>>;

const own = (texts: Texts) => readRepository(new Map(Object.entries(texts))).files;
const of = (repository: string, texts: Texts): ManifestFile[] =>
  own(texts).map((file) => fileElsewhere(file, { repository, commit: "c0ffee" }));
const shared = (texts: Texts) => of("acme/mesh-shared", texts);

function rule(name: string, subset: string, namespace: string | null = "prod"): string {
  const metadata = namespace === null ? `{ name: ${name} }` : `{ name: ${name}, namespace: ${namespace} }`;
  return `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: ${metadata}
spec:
  host: ${name}
  subsets: [{ name: ${subset}, labels: { version: ${subset} } }]
`;
}

const known = ({ destinationRules }: Mesh) =>
  destinationRules.map(({ scope, id, spec }) => [scope, id, spec.subsets?.[0]?.name]);

test("plain files of another repository have that repository for their scope", () => {
  const mesh = buildMesh([
    ...shared({ "a.yaml": rule("shared", "v1"), "clusters/prod/b.yaml": rule("deep", "v1") }),
    ...own({ "z.yaml": rule("own", "v1") }),
  ]);
  expect(known(mesh)).toEqual([
    ["", "DestinationRule/prod/own", "v1"],
    ["acme/mesh-shared:", "DestinationRule/prod/shared", "v1"],
    ["acme/mesh-shared:", "DestinationRule/prod/deep", "v1"],
  ]);
});

test("places say in which repository they are, and at which commit", () => {
  const [object] = buildMesh(shared({ "clusters/a.yaml": rule("shared", "v1") })).destinationRules;
  const range = object!.locate(["spec", "host"]);
  expect(range).toMatchObject({
    file: "acme/mesh-shared:clusters/a.yaml",
    line: 5,
    elsewhere: { repository: "acme/mesh-shared", commit: "c0ffee" },
  });
  expect(pathAtHome(range)).toBe("clusters/a.yaml");
  expect(pathAtHome({ file: "a:b.yaml" })).toBe("a:b.yaml");
});

test("of one identity the own object counts, then that of the repository named first", () => {
  const files = [
    ...own({ "a.yaml": rule("one", "own") }),
    ...of("acme/second", { "a.yaml": `${rule("one", "second")}---\n${rule("two", "second")}` }),
    ...of("acme/first", { "a.yaml": `${rule("two", "first")}---\n${rule("three", "first")}` }),
  ];
  const mesh = buildMesh(files);
  expect(known(mesh)).toEqual([
    ["", "DestinationRule/prod/one", "own"],
    ["acme/second:", "DestinationRule/prod/two", "second"],
    ["acme/first:", "DestinationRule/prod/three", "first"],
  ]);
  expect(mesh.outranked.map(({ object, by }) => [object.document.file, object.id, by])).toEqual([
    ["acme/second:a.yaml", "DestinationRule/prod/one", null],
    ["acme/first:a.yaml", "DestinationRule/prod/two", "acme/second"],
  ]);
  expect(worlds(mesh)).toHaveLength(1);
});

test("alternatives in another repository are worlds of their own, with the own objects in each", () => {
  const mesh = buildMesh([
    ...own({ "a.yaml": rule("own", "v1") }),
    ...shared({
      "prod/r.yaml": rule("one", "blue"),
      "staging/r.yaml": rule("one", "green"),
      "all.yaml": rule("all", "v1"),
    }),
  ]);
  expect(
    worlds(mesh).map((world) => [world.name, known(world.mesh).map(([, id, subset]) => [id, subset])]),
  ).toEqual([
    [
      "acme/mesh-shared:prod",
      [
        ["DestinationRule/prod/own", "v1"],
        ["DestinationRule/prod/all", "v1"],
        ["DestinationRule/prod/one", "blue"],
      ],
    ],
    [
      "acme/mesh-shared:staging",
      [
        ["DestinationRule/prod/own", "v1"],
        ["DestinationRule/prod/all", "v1"],
        ["DestinationRule/prod/one", "green"],
      ],
    ],
  ]);
});

test("overlays of both repositories meet by environment", () => {
  const overlay = (subset: string) => ({
    "kustomization.yaml": "resources: [r.yaml]\n",
    "r.yaml": rule("one", subset),
  });
  const under = (folder: string, texts: Texts) =>
    Object.fromEntries(Object.entries(texts).map(([path, text]) => [`${folder}/${path}`, text]));
  const ownOverlay = (folder: string, subset: string) => ({
    [`${folder}/kustomization.yaml`]: "resources: [o.yaml]\n",
    [`${folder}/o.yaml`]: rule("own", subset),
  });
  const mesh = buildMesh([
    ...own({ ...ownOverlay("overlays/prod", "p"), ...ownOverlay("overlays/staging", "s") }),
    ...shared({ ...under("prod", overlay("p")), ...under("staging", overlay("s")) }),
  ]);
  expect(worlds(mesh).map((world) => known(world.mesh).map(([, , subset]) => subset))).toEqual([
    ["p", "p"],
    ["s", "s"],
  ]);
});

test("a kustomization of another repository gives namespace and scope, and its lines lead to the overlay", () => {
  const [object] = buildMesh(
    shared({
      "base/kustomization.yaml": "resources: [r.yaml]\n",
      "base/r.yaml": rule("one", "v1", null),
      "prod/kustomization.yaml": "namespace: prod\nresources: [../base]\n",
    }),
  ).destinationRules;
  expect(object).toMatchObject({
    id: "DestinationRule/prod/one",
    scope: "acme/mesh-shared:prod",
    namespaceOrigin: "kustomization",
  });
  expect(object!.locate(["spec", "host"])).toMatchObject({
    file: "acme/mesh-shared:base/r.yaml",
    through: ["acme/mesh-shared:prod"],
  });
});

test("policy's namespace of a path goes by the path in that repository", () => {
  const { destinationRules } = buildMesh(shared({ "clusters/prod/r.yaml": rule("one", "v1", null) }), {
    namespaceOf: (path) =>
      path.startsWith("clusters/prod/") ? { namespace: "prod", origin: "environment" } : null,
  });
  expect(destinationRules.map(({ id }) => id)).toEqual(["DestinationRule/prod/one"]);
});

test("what cannot be read there hides what it holds, and is no problem of the mesh", () => {
  const mesh = buildMesh(shared({ "r.yaml": rule("one", "v1").replace("  host:", "\thost:") }));
  expect(mesh.problems).toEqual([]);
  expect(mesh.notRendered).toMatchObject([{ range: { file: "acme/mesh-shared:r.yaml", line: 5 } }]);
});
