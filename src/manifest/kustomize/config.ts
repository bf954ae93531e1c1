/** What a kustomization configures of its transformations: `configurations` and `crds`. */
import { isObject } from "../json.ts";
import type { Json, ManifestDocument } from "../source.ts";
import { type Decoded, decode, type Shape } from "./decode.ts";
import { defaultConfig, type TransformerConfig } from "./default-config.ts";
import type { NameReference } from "./default-references.ts";
import { type FieldSpec, mergedSpecs } from "./field-spec.ts";
import { byCodePoint } from "./hash.ts";
import { type GroupVersionKind, type KindSelector, sameKind } from "./identity.ts";
import { entriesOf, fieldSpecs, type Kustomization } from "./kustomization.ts";
import { refuse } from "./not-buildable.ts";
import { rankOf, typeText } from "./order.ts";
import { type Traced, written } from "./traced.ts";

const lists = [
  "namePrefix",
  "nameSuffix",
  "namespace",
  "commonLabels",
  "labels",
  "templateLabels",
  "commonAnnotations",
  "varReference",
  "images",
  "replicas",
] as const;

const configShape = {
  fields: {
    ...(Object.fromEntries(lists.map((list) => [list, fieldSpecs])) as Record<
      (typeof lists)[number],
      typeof fieldSpecs
    >),
    nameReference: {
      listOf: { fields: { group: "string", version: "string", kind: "string", fieldSpecs } },
    },
  },
} as const satisfies Shape;

export const emptyConfig: TransformerConfig = {
  ...(Object.fromEntries(lists.map((list) => [list, []])) as unknown as Record<
    (typeof lists)[number],
    FieldSpec[]
  >),
  nameReference: [],
};

/** The configuration that a file states. */
function readConfig(document: Traced): TransformerConfig {
  return decode(document, configShape, "the transformer configuration") as Decoded<typeof configShape>;
}

/** What applies where several configurations meet. More general specs do not join more particular ones of the same path. */
export function mergedConfig(
  config: TransformerConfig,
  more: TransformerConfig,
  at: Traced,
): TransformerConfig {
  if (more === emptyConfig || more === config) return config;
  if (config === emptyConfig && more === defaultConfig) return more;
  const merged = lists.map((list) => [list, [...mergedSpecs(config[list], more[list], at)].sort(byKind)]);
  return {
    ...(Object.fromEntries(merged) as Record<(typeof lists)[number], readonly FieldSpec[]>),
    nameReference: more.nameReference.reduce(
      (known, one) => withReference(known, one, at),
      config.nameReference,
    ),
  };
}

function byKind(a: FieldSpec, b: FieldSpec): number {
  const [x, y] = [stated(a), stated(b)];
  return rankOf(x.kind) - rankOf(y.kind) || byCodePoint(typeText(x), typeText(y));
}

function stated({ group = "", version = "", kind = "" }: KindSelector): GroupVersionKind {
  return { group, version, kind };
}

/** What the bases of a kustomization configure, and then the kustomization itself. `settings` reads a file that it names. */
export function configured(
  inherited: TransformerConfig,
  kustomization: Kustomization,
  settings: (path: string, at: Traced) => ManifestDocument | undefined,
): TransformerConfig {
  const read = (name: "configurations" | "crds", as: (document: Traced) => TransformerConfig) =>
    entriesOf(kustomization, name).reduce((config, { text, at }) => {
      const document = settings(text, at);
      return document === undefined
        ? config
        : mergedConfig(config, as(written(document, document.value)), at);
    }, emptyConfig);
  const own = mergedConfig(defaultConfig, read("configurations", readConfig), kustomization.at);
  const config = mergedConfig(inherited, own, kustomization.at);
  return mergedConfig(config, read("crds", configOfDefinitions), kustomization.at);
}

function withReference(
  known: readonly NameReference[],
  one: NameReference,
  at: Traced,
): readonly NameReference[] {
  const kind = (of: NameReference) => ({
    group: of.group ?? "",
    version: of.version ?? "",
    kind: of.kind ?? "",
  });
  const same = known.find((other) => sameKind(kind(other), kind(one)));
  if (same === undefined) return [...known, one];
  const fieldSpecs = mergedSpecs(same.fieldSpecs, one.fieldSpecs, at);
  return known.map((other) => (other === same ? { ...same, fieldSpecs } : other));
}

/**
 * What the OpenAPI definitions of custom resources tell of their fields through `x-kubernetes-*` extensions (api
 * `internal/accumulator/loadconfigfromcrds.go`).
 */
function configOfDefinitions(document: Traced): TransformerConfig {
  const { value } = document;
  if (!isObject(value)) refuse("the definitions of custom resources are no mapping", document);
  const collected = {
    commonAnnotations: [] as FieldSpec[],
    commonLabels: [] as FieldSpec[],
    namePrefix: [] as FieldSpec[],
  };
  let nameReference: readonly NameReference[] = [];
  const visit = (kind: string, name: string, path: readonly string[], depth: number): void => {
    if (depth > 20) refuse(`the definition of ${kind} refers to itself`, document);
    for (const [key, property] of Object.entries(propertiesOf(value[name]))) {
      if (!isObject(property)) continue;
      const at = [...path, key];
      const spec: FieldSpec = { kind, path: at.join("/") };
      if (typeof property["x-kubernetes-annotation"] === "string") collected.commonAnnotations.push(spec);
      if (typeof property["x-kubernetes-label-selector"] === "string") collected.commonLabels.push(spec);
      if (typeof property["x-kubernetes-identity"] === "string") collected.namePrefix.push(spec);
      const reference = referenceOf(property, kind, at);
      if (reference !== null) nameReference = withReference(nameReference, reference, document);
      if (typeof property.$ref === "string") visit(kind, property.$ref, at, depth + 1);
    }
  };
  for (const [name, definition] of Object.entries(value)) {
    if (!isObject(definition))
      refuse("crds takes OpenAPI definitions, not manifests of custom resources", document);
    const properties = propertiesOf(definition);
    if ("kind" in properties && "apiVersion" in properties && "metadata" in properties) {
      visit(name.split(".").at(-1)!, name, [], 0);
    }
  }
  return { ...emptyConfig, ...collected, nameReference };
}

function propertiesOf(definition: Json | undefined): Record<string, Json> {
  const schema = isObject(definition) ? (definition.Schema ?? definition.schema) : undefined;
  const properties = isObject(schema) ? schema.properties : undefined;
  return isObject(properties) ? properties : {};
}

function referenceOf(
  property: Record<string, Json>,
  kind: string,
  path: readonly string[],
): NameReference | null {
  const version = property["x-kubernetes-object-ref-api-version"];
  const target = property["x-kubernetes-object-ref-kind"];
  const nameKey = property["x-kubernetes-object-ref-name-key"] ?? "name";
  if (typeof version !== "string" || typeof target !== "string") return null;
  return { kind: target, version, fieldSpecs: [{ kind, path: [...path, String(nameKey)].join("/") }] };
}
