/** The OpenAPI document of `openapi: { path }`, which takes the place of the schema that kustomize carries. */
import { isObject } from "../json.ts";
import type { Json, JsonObject } from "../source.ts";
import type { MergeSchema } from "./merge-keys.ts";
import { refuse } from "./not-buildable.ts";
import type { Traced } from "./traced.ts";

/** How lists of the kinds that a document defines merge; undefined for every other kind. */
export function schemaOfDocument(
  document: Traced,
): (apiVersion: string, kind: string) => MergeSchema | undefined {
  const definitions = isObject(document.value) ? document.value.definitions : undefined;
  if (!isObject(definitions)) refuse("the schema has no definitions", document);
  const kinds = new Map<string, Json>();
  for (const definition of Object.values(definitions)) {
    const types = isObject(definition) ? definition["x-kubernetes-group-version-kind"] : undefined;
    for (const type of Array.isArray(types) ? types.filter(isObject) : []) {
      const { group, version, kind } = type;
      const apiVersion = group ? `${String(group)}/${String(version)}` : String(version);
      kinds.set(`${apiVersion} ${String(kind)}`, definition);
    }
  }
  const known = new Map<string, MergeSchema>();
  return (apiVersion, kind) => {
    const name = `${apiVersion} ${kind}`;
    const definition = kinds.get(name);
    if (definition === undefined) return undefined;
    const schema = known.get(name) ?? schemaOf(definition, definitions, new Set());
    known.set(name, schema);
    return schema;
  };
}

/** `within` are the definitions on the way here: one that contains itself is cut where it begins again. */
function schemaOf(
  definition: Json | undefined,
  definitions: JsonObject,
  within: ReadonlySet<string>,
): MergeSchema {
  if (!isObject(definition)) return {};
  if (typeof definition.$ref === "string") {
    const name = definition.$ref.replace(/^#\/definitions\//, "");
    return within.has(name) ? {} : schemaOf(definitions[name], definitions, new Set([...within, name]));
  }
  const { properties, items } = definition;
  const inner = isObject(items)
    ? schemaOf(items, definitions, within).fields
    : fieldsOf(properties, definitions, within);
  const keys = mergeKeys(definition);
  return { ...(keys === null ? {} : { keys }), ...(inner === undefined ? {} : { fields: inner }) };
}

function fieldsOf(properties: Json | undefined, definitions: JsonObject, within: ReadonlySet<string>) {
  if (!isObject(properties)) return undefined;
  return Object.fromEntries(
    Object.entries(properties).map(([name, property]) => [name, schemaOf(property, definitions, within)]),
  );
}

function mergeKeys(definition: JsonObject): readonly string[] | null {
  const strategy = definition["x-kubernetes-patch-strategy"];
  if (typeof strategy !== "string" || !strategy.split(",").includes("merge")) return null;
  const several = definition["x-kubernetes-list-map-keys"];
  if (Array.isArray(several)) return several.map(String);
  const one = definition["x-kubernetes-patch-merge-key"];
  return typeof one === "string" ? [one] : [];
}
