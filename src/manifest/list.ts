import { BareObject, isObject } from "./json.ts";
import type { Json } from "./source.ts";

/**
 * The items of a `kind: List` or `kind: SomethingList`, which need not repeat their type
 * (apimachinery `unstructured/helpers.go` decodeToList); undefined where the value is no list.
 */
export function listItems(value: Json): readonly Json[] | undefined {
  if (!isObject(value)) return undefined;
  const { kind, apiVersion, items } = value;
  if (typeof kind !== "string" || !kind.endsWith("List") || !Array.isArray(items)) return undefined;
  const itemKind = kind.slice(0, -"List".length);
  if (itemKind === "" || typeof apiVersion !== "string") return items;
  const type = { kind: itemKind, apiVersion };
  return items.map((item) =>
    isObject(item) && item.kind === undefined ? Object.assign(new BareObject(), item, type) : item,
  );
}
