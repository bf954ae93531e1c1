import { createHash } from "node:crypto";

/** JSON of a schema: nothing is assumed about a node before it is looked at. */
export type Node = { readonly [key: string]: Json };
export type Json = string | number | boolean | null | readonly Json[] | Node;

/** Below this many characters a schema is not worth a name. */
const worthSharing = 200;

/**
 * Writes every object schema that occurs more than once as one definition. GitHub's webhook schemas repeat whole users and
 * repositories dozens of times; shared, they compile in two thirds of the time.
 */
export function shareSchemas(slice: Readonly<Record<string, Node>>): Record<string, Node> {
  const occurrences = new Map<string, number>();
  count(slice, occurrences);
  const shared = new Map<string, Json>();
  const replaced = Object.fromEntries(
    Object.entries(slice).map(([section, entries]) => [
      section,
      replace(entries, occurrences, shared) as Node,
    ]),
  );
  return { ...replaced, definitions: { ...replaced.definitions, ...Object.fromEntries(shared) } };
}

function count(node: Json, occurrences: Map<string, number>): void {
  if (node === null || typeof node !== "object") return;
  if (isObjectSchema(node)) {
    const text = JSON.stringify(node);
    const seen = occurrences.get(text) ?? 0;
    occurrences.set(text, seen + 1);
    if (seen > 0) return; // what is inside is shared with it
  }
  for (const inner of Object.values(node)) count(inner, occurrences);
}

function replace(node: Json, occurrences: ReadonlyMap<string, number>, shared: Map<string, Json>): Json {
  if (node === null || typeof node !== "object") return node;
  const inner = () =>
    Array.isArray(node)
      ? node.map((item: Json) => replace(item, occurrences, shared))
      : Object.fromEntries(
          Object.entries(node as Node).map(([key, value]) => [key, replace(value, occurrences, shared)]),
        );
  const text = isObjectSchema(node) ? JSON.stringify(node) : "";
  if (text.length < worthSharing || (occurrences.get(text) ?? 0) < 2) return inner();
  const name = `shared-${createHash("sha256").update(text).digest("hex").slice(0, 12)}`;
  if (!shared.has(name)) shared.set(name, inner());
  return { $ref: `#/definitions/${name}` };
}

function isObjectSchema(node: Json): boolean {
  if (node === null || typeof node !== "object" || Array.isArray(node)) return false;
  const { type, properties } = node as Node;
  const isObject = type === "object" || (Array.isArray(type) && type.includes("object"));
  return isObject && typeof properties === "object";
}
