import type { ObjectNode, Rule, SchemaNode } from "./node.ts";

interface ObjectOptions {
  readonly required?: readonly string[];
  readonly oneOf?: readonly (readonly string[])[];
  readonly open?: boolean;
  readonly rules?: readonly Rule[];
}

/** An object with named fields; `what` is how messages call it, with its article. */
export function object(
  what: string,
  fields: Readonly<Record<string, SchemaNode>>,
  { required = [], oneOf = [], open = false, rules = [] }: ObjectOptions = {},
): ObjectNode & SchemaNode {
  return { kind: "object", what, fields, required, oneOf, open, rules };
}

/** A list; `least` and `most` count its items. */
export function list(
  items: SchemaNode,
  options: { least?: number; most?: number; key?: string; rules?: readonly Rule[] } = {},
): SchemaNode {
  return { kind: "list", items, ...options };
}

/** An object with free keys; `most` counts its entries. */
export function map(
  values: SchemaNode,
  options: { most?: number; rules?: readonly Rule[] } = {},
): SchemaNode {
  return { kind: "map", values, ...options };
}

/** A string; `most` counts its characters. */
export function textOf(options: { most?: number; rules?: readonly Rule[] }): SchemaNode {
  return { kind: "text", ...options };
}

/** An enumeration, its values in the order of their protobuf numbers from 0. */
export function enumeration(...values: readonly string[]): SchemaNode {
  return { kind: "enum", values };
}

/** The same node with the null that protobuf's wrapper types allow. */
export function nullable(node: SchemaNode): SchemaNode {
  return { ...node, nullable: true };
}

/** The same node with CEL rules. */
export function withRules(node: SchemaNode, ...rules: readonly Rule[]): SchemaNode {
  return { ...node, rules };
}

export const text: SchemaNode = { kind: "text" };
export const texts = list(text);
export const labels = map(text);
export const bytes: SchemaNode = { kind: "text", format: "base64" };
export const dateTime: SchemaNode = { kind: "text", format: "date-time" };
export const bool: SchemaNode = { kind: "boolean" };
export const int32: SchemaNode = { kind: "integer", minimum: -(2 ** 31), maximum: 2 ** 31 - 1 };
export const uint32: SchemaNode = { kind: "integer", minimum: 0, maximum: 2 ** 32 - 1 };
export const uint64: SchemaNode = { kind: "integer", minimum: 0 };
export const double: SchemaNode = { kind: "number" };
/** A protobuf Duration whose length the CRD leaves open. */
export const anyDuration: SchemaNode = { kind: "text", format: "duration" };
