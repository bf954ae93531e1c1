/** What a kustomization does, beside what it includes. */
import fc from "fast-check";
import { type Daring, jsonEntryOf, patchOf, strategicEntryOf } from "./patches.ts";
import { pathIn, replacementOf } from "./replacements.ts";
import { type Fields, name, rare, stated, type Thing, texts, type Value } from "./values.ts";

/** A kustomization without what it includes, and the texts of files that it names by name. */
export interface Layer {
  readonly fields: Fields;
  readonly files: ReadonlyMap<string, string>;
}

/** Where a kustomization stands: what it can build on. */
export interface Ground {
  readonly objects: readonly Thing[];
  /** Whether a ConfigMap and a Secret named `settings` have been generated below. */
  readonly generated: boolean;
  /** Whether patches may change the types of scalars, which then nothing else touches. */
  readonly daring: Daring;
  /** The variable that it may define. */
  readonly variable: string | null;
}

const labelFields = fc.array(
  fc.record(
    {
      path: fc.constantFrom("spec/subsets/labels", "spec/template/metadata/labels", "spec/selector"),
      kind: fc.constantFrom("DestinationRule", "Deployment", "Service"),
      create: fc.boolean(),
    },
    { requiredKeys: ["path"] },
  ),
  { maxLength: 2 },
);
const labels = fc.array(
  fc
    .record(
      {
        pairs: texts,
        includeSelectors: fc.boolean(),
        includeTemplates: fc.boolean(),
        fields: rare(labelFields),
      },
      { requiredKeys: ["pairs"] },
    )
    .map(stated),
  { minLength: 1, maxLength: 2 },
);

function generators({ generated }: Ground): fc.Arbitrary<Value> {
  const options = fc.record(
    { disableNameSuffixHash: fc.boolean(), labels: texts, annotations: texts, immutable: fc.boolean() },
    { requiredKeys: [] },
  );
  const own = {
    literals: fc.uniqueArray(fc.constantFrom("a=1", "b=x y", "c='q'", "d=<&>", "e="), { maxLength: 3 }),
    options,
  };
  const fresh = fc.record(
    {
      ...own,
      name: fc.oneof(
        { weight: 5, arbitrary: fc.integer({ min: 0, max: 999 }).map((n) => `generated-${n}`) },
        name,
      ),
      namespace: fc.constantFrom("shop"),
    },
    { requiredKeys: ["name"] },
  );
  const changed = fc.record(
    { ...own, name: fc.constant("settings"), behavior: fc.constantFrom("merge", "replace") },
    { requiredKeys: ["name", "behavior"] },
  );
  return fc.array(generated ? fc.oneof(changed, fresh) : fresh, { minLength: 1, maxLength: 1 });
}

function variableOf(variable: string, objects: readonly Thing[]): fc.Arbitrary<Value> {
  return fc.constantFrom(...objects).chain((object) => {
    const { apiVersion, kind, metadata } = object;
    return fc
      .record({ fieldPath: fc.oneof(fc.constant("metadata.name"), pathIn(object)) })
      .map((fieldref) => [{ name: variable, objref: { apiVersion, kind, name: metadata.name }, fieldref }]);
  });
}

/** Images, and counts of the Deployments that there are. */
function workloads(objects: readonly Thing[]) {
  const image = fc.record(
    {
      name: fc.constantFrom("nginx", "gcr.io/a/nginx"),
      newName: fc.constant("mirror/nginx"),
      newTag: fc.constant("2"),
      digest: fc.constant("sha256:abc"),
    },
    { requiredKeys: ["name"] },
  );
  const deployments = objects
    .filter(({ kind }) => kind === "Deployment")
    .map(({ metadata }) => metadata.name);
  const counts = fc.record({
    name: fc.constantFrom(...deployments, "edge"),
    count: fc.integer({ min: 0, max: 5 }),
  });
  return {
    images: rare(fc.array(image, { maxLength: 1 })),
    replicas: deployments.length === 0 ? fc.constant(undefined) : rare(fc.array(counts, { maxLength: 1 })),
  };
}

/** What can be configured: references of Istio's kinds, and places for labels. */
const configuration = fc.constantFrom<Value>(
  {
    nameReference: [
      {
        kind: "Service",
        version: "v1",
        fieldSpecs: [
          { kind: "VirtualService", path: "spec/http/route/destination/host" },
          { kind: "VirtualService", path: "spec/hosts" },
          { kind: "DestinationRule", path: "spec/host" },
        ],
      },
    ],
  },
  {
    varReference: [
      { kind: "VirtualService", path: "spec/hosts" },
      { kind: "VirtualService", path: "spec/http/timeout" },
      { kind: "DestinationRule", path: "spec/host" },
    ],
  },
  { commonLabels: [{ path: "spec/subsets/labels", create: true, kind: "DestinationRule" }] },
  { namespace: [{ path: "spec/namespace", create: true, kind: "DestinationRule" }] },
);

/** A kustomization on its ground. */
export function layer(ground: Ground): fc.Arbitrary<Layer> {
  const { objects, variable, daring } = ground;
  return fc
    .record({
      fields: fc.record({
        namespace: rare(fc.constantFrom("prod", "shop", "default")),
        namePrefix: rare(fc.constantFrom("pre-", "b-")),
        nameSuffix: rare(fc.constantFrom("-x", "-2")),
        commonLabels: rare(texts),
        labels: rare(labels),
        commonAnnotations: rare(texts),
        patchesStrategicMerge: rare(
          fc.array(strategicEntryOf(objects, daring), { minLength: 1, maxLength: 2 }),
        ),
        patches: fc.option(fc.array(patchOf(objects, daring), { minLength: 1, maxLength: 2 }), {
          freq: 2,
          nil: undefined,
        }),
        patchesJson6902: daring
          ? fc.constant(undefined)
          : rare(fc.array(jsonEntryOf(objects), { minLength: 1, maxLength: 1 })),
        replacements: daring
          ? fc.constant(undefined)
          : rare(fc.array(replacementOf(objects), { minLength: 1, maxLength: 2 })),
        configMapGenerator: rare(generators(ground)),
        secretGenerator: rare(generators(ground)),
        vars: variable === null || daring ? fc.constant(undefined) : rare(variableOf(variable, objects)),
        ...workloads(objects),
      }),
      configuration: rare(configuration),
      inFiles: fc.boolean(),
    })
    .map(({ fields, configuration: configured, inFiles }) => {
      const files = new Map<string, string>();
      const configurations = configured === undefined ? undefined : ["configuration.yaml"];
      if (configured !== undefined) files.set("configuration.yaml", JSON.stringify(configured));
      const all = stated({ ...fields, configurations });
      return { fields: inFiles ? withFiles(all, files) : all, files };
    });
}

/** The patches and replacements of a kustomization as files that it names. */
function withFiles(fields: Fields, files: Map<string, string>): Fields {
  const filed = (text: Value) => {
    const path = `patch-${files.size}.yaml`;
    files.set(path, String(text));
    return path;
  };
  const list = (key: string) => fields[key] as Fields[] | undefined;
  const byPath = ({ patch = "", ...rest }: Fields): Fields => ({ ...rest, path: filed(patch) });
  return stated({
    ...fields,
    patches: list("patches")?.map(byPath),
    patchesJson6902: list("patchesJson6902")?.map(byPath),
    patchesStrategicMerge: list("patchesStrategicMerge")?.map(filed),
    replacements: list("replacements")?.map((one) => ({ path: filed(JSON.stringify(one)) })),
  });
}
