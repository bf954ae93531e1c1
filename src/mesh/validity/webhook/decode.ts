import { isObject } from "../../../manifest/json.ts";
import type { Json, JsonObject, Path } from "../../../manifest/source.ts";
import type { ObjectNode, SchemaNode } from "../schema/node.ts";
import { wrongType } from "../schema/wording.ts";
import type { Violation } from "../violation.ts";
import { decodeScalar } from "./decode-scalar.ts";

/**
 * Reads JSON as istiod reads it into protobuf messages (golang/protobuf `jsonpb/decode.go`), which is laxer than the
 * API server: unknown fields are skipped, protobuf's own names (`per_try_timeout`) and quoted numbers are taken, null
 * is an absent field but an empty list item or map value. The answer has camelCase names, no nulls, no empty lists or
 * maps (protobuf cannot tell them from absent ones), and of each oneof only the member declared last. Istiod stops at
 * the first error; all are collected here.
 */
export function decodeMessage(
  node: ObjectNode,
  value: Json,
  path: Path,
): { message: JsonObject; errors: Violation[] } {
  const errors: Violation[] = [];
  return { message: decodeObject(node, value, path, errors), errors };
}

function decode(node: SchemaNode, value: Json, path: Path, errors: Violation[]): Json | undefined {
  switch (node.kind) {
    case "object":
      return decodeObject(node, value, path, errors);
    case "map": {
      const entries = Object.entries(asObject(node, value, path, errors));
      if (entries.length === 0) return undefined;
      return Object.fromEntries(
        entries.map(([key, inner]) => [key, decodeElement(node.values, inner, [...path, key], errors)]),
      );
    }
    case "list": {
      if (!Array.isArray(value)) {
        errors.push(wrongType(node, value, path));
        return undefined;
      }
      if (value.length === 0) return undefined;
      return value.map((item, index) => decodeElement(node.items, item, [...path, index], errors));
    }
    default:
      return decodeScalar(node, value, path, errors);
  }
}

/** A list item or map value: null is the empty value of its type. */
function decodeElement(node: SchemaNode, value: Json, path: Path, errors: Violation[]): Json {
  return (value === null ? undefined : decode(node, value, path, errors)) ?? emptyValue(node);
}

function emptyValue(node: SchemaNode): Json {
  if (node.kind === "object") return {};
  return node.kind === "integer" || node.kind === "number" ? 0 : "";
}

function decodeObject(node: ObjectNode, value: Json, path: Path, errors: Violation[]): JsonObject {
  const source = asObject(node as ObjectNode & SchemaNode, value, path, errors);
  const message: JsonObject = {};
  const mayHoldProtobufNames = Object.keys(source).some((key) => key.includes("_"));
  for (const [field, child] of entriesOf(node)) {
    const name = mayHoldProtobufNames && source[field] === undefined ? protobufName(field) : field;
    const inner = source[name];
    if (inner === undefined || inner === null) continue;
    const decoded = decode(child, inner, [...path, name], errors);
    if (decoded !== undefined) message[field] = decoded;
  }
  for (const group of node.oneOf) keepLast(group, message);
  return message;
}

const entries = new WeakMap<ObjectNode, readonly (readonly [string, SchemaNode])[]>();

/** The fields of a message, listed once: thousands of objects of a mesh are read by the same few nodes. */
function entriesOf(node: ObjectNode): readonly (readonly [string, SchemaNode])[] {
  const known = entries.get(node) ?? Object.entries(node.fields);
  entries.set(node, known);
  return known;
}

function asObject(node: SchemaNode, value: Json, path: Path, errors: Violation[]): JsonObject {
  if (isObject(value)) return value;
  if (value !== null) errors.push(wrongType(node, value, path));
  return {};
}

function keepLast(group: readonly string[], message: JsonObject): void {
  const set = group.filter((field) => message[field] !== undefined);
  for (const field of set.slice(0, -1)) delete message[field];
}

/** `perTryTimeout` is `per_try_timeout` in the `.proto` file. */
function protobufName(field: string): string {
  if (field === "consecutive5xxErrors") return "consecutive_5xx_errors";
  return field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
