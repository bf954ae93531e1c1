/** The kustomization file: api `types/kustomization.go`, and what it refers to. */
import { isObject } from "../json.ts";
import { type Decoded, decode, type Shape } from "./decode.ts";
import { refuse } from "./not-buildable.ts";
import { fields, type Traced } from "./traced.ts";

const type = { group: "string", version: "string", kind: "string" } as const;
const resourceId = { ...type, name: "string", namespace: "string" } as const;
const selector = {
  fields: { ...resourceId, labelSelector: "string", annotationSelector: "string" },
} as const;
const fieldSpec = { fields: { ...type, path: "string", create: "boolean" } } as const;
export const fieldSpecs = { listOf: fieldSpec } as const satisfies Shape;
const fieldOptions = {
  fields: { delimiter: "string", index: "integer", encoding: "string", create: "boolean" },
} as const;

export const patchShape = {
  fields: { path: "string", patch: "string", target: selector, options: "switches" },
} as const satisfies Shape;
export const imageShape = {
  fields: { name: "string", newName: "string", tagSuffix: "string", newTag: "string", digest: "string" },
} as const satisfies Shape;
export const replicaShape = { fields: { name: "string", count: "integer" } } as const satisfies Shape;
export const replacementFields = {
  source: { fields: { ...resourceId, fieldPath: "string", options: fieldOptions } },
  targets: {
    listOf: {
      fields: {
        select: selector,
        reject: { listOf: selector },
        fieldPaths: { listOf: "string" },
        options: fieldOptions,
      },
    },
  },
} as const;
export const replacementShape = { fields: replacementFields } as const satisfies Shape;

const generatorOptions = {
  fields: { labels: "texts", annotations: "texts", disableNameSuffixHash: "boolean", immutable: "boolean" },
} as const;
const texts = { listOf: "string" } as const;
export const generatorFields = {
  namespace: "string",
  name: "string",
  behavior: "string",
  literals: texts,
  files: texts,
  envs: texts,
  env: "string",
  options: generatorOptions,
} as const;

const kustomizationShape = {
  fields: {
    apiVersion: "string",
    kind: "string",
    metadata: { fields: { name: "string", namespace: "string", labels: "texts", annotations: "texts" } },
    openapi: "texts",
    namePrefix: "string",
    nameSuffix: "string",
    namespace: "string",
    commonLabels: "texts",
    labels: {
      listOf: {
        fields: {
          pairs: "texts",
          includeSelectors: "boolean",
          includeTemplates: "boolean",
          fields: fieldSpecs,
        },
      },
    },
    commonAnnotations: "texts",
    patchesStrategicMerge: { listOf: "anything" },
    patchesJson6902: { listOf: patchShape },
    patches: { listOf: patchShape },
    images: { listOf: imageShape },
    imageTags: { listOf: imageShape },
    replacements: { listOf: { fields: { ...replacementFields, path: "string" } } },
    replicas: { listOf: replicaShape },
    vars: {
      listOf: {
        fields: {
          name: "string",
          objref: { fields: { apiVersion: "string", ...resourceId } },
          fieldref: { fields: { fieldPath: "string" } },
        },
      },
    },
    sortOptions: {
      fields: { order: "string", legacySortOptions: { fields: { orderFirst: texts, orderLast: texts } } },
    },
    resources: { listOf: "anything" },
    components: { listOf: "anything" },
    crds: { listOf: "anything" },
    bases: { listOf: "anything" },
    configMapGenerator: { listOf: { fields: generatorFields } },
    secretGenerator: { listOf: { fields: { ...generatorFields, type: "string" } } },
    helmGlobals: "anything",
    helmCharts: { listOf: "anything" },
    helmChartInflationGenerator: { listOf: "anything" },
    generatorOptions,
    configurations: { listOf: "anything" },
    generators: { listOf: "anything" },
    transformers: { listOf: "anything" },
    validators: { listOf: "anything" },
    buildMetadata: texts,
  },
} as const satisfies Shape;

export type Kustomization = Decoded<typeof kustomizationShape>;
export type Patch = Decoded<typeof patchShape>;
export type ReplacementFields = Decoded<typeof replacementShape>;
export type FieldSpecs = Decoded<typeof fieldSpecs>;

const versions: Readonly<Record<string, string>> = {
  Kustomization: "kustomize.config.k8s.io/v1beta1",
  Component: "kustomize.config.k8s.io/v1alpha1",
};

/** Reads a kustomization; ends the build where kustomize would refuse it. */
export function readKustomization(document: Traced): Kustomization {
  if (!isObject(document.value)) refuse("the kustomization is no mapping", document);
  const kustomization = decode(document, kustomizationShape, "");
  const kind = kustomization.kind || "Kustomization";
  if (!Object.hasOwn(versions, kind))
    refuse(`a kustomization is not of the kind ${kind}`, kustomization.placeOf("kind"));
  if (kustomization.apiVersion !== "" && kustomization.apiVersion !== versions[kind]) {
    refuse(`the apiVersion of a ${kind} is ${versions[kind]}`, kustomization.placeOf("apiVersion"));
  }
  const isEmpty = fields(document).every(
    ([key, { value }]) => /^(apiVersion|kind)$/i.test(key) || value === null,
  );
  if (isEmpty) refuse("the kustomization is empty", document);
  return kustomization;
}

/** A path, or a whole manifest where kustomize takes one in the place of a path. */
export interface Entry {
  readonly text: string;
  readonly at: Traced;
}

/** The entries of a list of paths, each with where it is written. */
export function entriesOf(
  kustomization: Kustomization,
  ...names: readonly (keyof Kustomization & string)[]
): Entry[] {
  return names.flatMap((name) =>
    (kustomization[name] as readonly (Traced | null)[]).map((at) => {
      if (typeof at?.value !== "string")
        refuse(`an entry of ${name} is not a string`, at ?? kustomization.placeOf(name));
      return { text: at.value, at };
    }),
  );
}
