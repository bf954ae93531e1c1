import { isObject } from "../../../manifest/json.ts";
import type { Json } from "../../../manifest/source.ts";
import { fieldNode, type SchemaNode } from "./node.ts";

/**
 * The manifest as the API server keeps it: nulls of known fields and map entries that cannot be null are dropped,
 * nulls in lists stay (apiextensions-apiserver `defaulting/prunenulls.go`). Answers the same value when there are none.
 */
export function pruneNulls(node: SchemaNode | undefined, value: Json): Json {
  if (!node) return value;
  if (Array.isArray(value)) {
    if (node.kind !== "list") return value;
    const items = value.map((item) => pruneNulls(node.items, item));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  if (!isObject(value)) return value;
  let changed = false;
  const kept: [string, Json][] = [];
  for (const [field, inner] of Object.entries(value)) {
    const child =
      node.kind === "map" ? node.values : node.kind === "object" ? fieldNode(node, field) : undefined;
    const pruned = pruneNulls(child, inner);
    const dropped = inner === null && child !== undefined && !child.nullable;
    changed ||= dropped || pruned !== inner;
    if (!dropped) kept.push([field, pruned]);
  }
  return changed ? Object.fromEntries(kept) : value;
}
