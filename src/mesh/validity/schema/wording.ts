import { isObject } from "../../../manifest/json.ts";
import type { Json, Path } from "../../../manifest/source.ts";
import { fieldText, type Violation } from "../violation.ts";
import { nearest } from "./nearest.ts";
import type { ObjectNode, SchemaNode } from "./node.ts";

/** A value as messages quote it, at most 60 characters long. */
export function quote(value: Json): string {
  if (Array.isArray(value)) return "a list";
  if (isObject(value)) return "an object";
  return bounded(typeof value === "string" ? JSON.stringify(value) : String(value));
}

/** The name of a field or the like, of whatever length, as messages show it. */
export function named(name: string): string {
  return `\`${bounded(name)}\``;
}

function bounded(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function expected(node: SchemaNode): string {
  switch (node.kind) {
    case "object":
      return `${node.what}, an object with ${fieldNames(node)}`;
    case "map":
      return "an object with names as keys";
    case "list":
      return "a list";
    case "text":
      return node.format === "duration" ? "a duration such as `5s`" : "a string";
    case "enum":
      return `one of ${node.values.join(", ")}`;
    case "integer":
      return "a whole number";
    case "number":
      return "a number";
    case "boolean":
      return "`true` or `false`";
    case "integer-or-string":
      return "a whole number or a string";
  }
}

function fieldNames(node: ObjectNode): string {
  const names = Object.keys(node.fields).map((name) => `\`${name}\``);
  const shown = names.slice(0, 4).join(", ");
  return names.length > 4 ? `${shown}, …` : shown;
}

/** A value of the wrong type. */
export function wrongType(node: SchemaNode, value: Json, path: Path): Violation {
  const fix = suggestion(node, value, path);
  return {
    code: "wrong-type",
    path,
    message: `\`${fieldText(path)}\` must be ${expected(node)}, not ${actual(value)}`,
    ...(fix === null ? {} : { fix }),
  };
}

function actual(value: Json): string {
  if (typeof value === "string") return `the string ${quote(value)}`;
  if (typeof value === "number" || typeof value === "bigint") return `the number ${value}`;
  return typeof value === "boolean" ? `\`${value}\`` : quote(value);
}

/** What to do; null when what was meant cannot be guessed. */
function suggestion(node: SchemaNode, value: Json, path: Path): string | null {
  if (node.kind === "text" && typeof value === "boolean") {
    return `put the word in quotes: without them YAML reads ${value ? "y, yes, on" : "n, no, off"} as \`${value}\``;
  }
  const meant = replacement(node, value, path);
  return meant === null ? null : `write ${meant}`;
}

/** The value as it was probably meant, behind its field. */
function replacement(node: SchemaNode, value: Json, path: Path): string | null {
  const field = path.at(-1);
  if (value === null || typeof field === "number") return intended(node, value);
  const meant = intended(node, value);
  return meant === null ? null : meant.replace(/^`/, `\`${field}: `);
}

function intended(node: SchemaNode, value: Json): string | null {
  if (Array.isArray(value) || isObject(value) || value === null) return null;
  if (node.kind === "list") return literalFits(node.items, value) ? `\`[${quote(value)}]\`` : null;
  if (node.kind === "object") {
    const entry = Object.entries(node.fields).find(([, inner]) => literalFits(inner, value));
    return entry ? `\`{ ${entry[0]}: ${quote(value)} }\`` : null;
  }
  if (node.kind === "text" && node.format === "duration") {
    return typeof value === "number" && value > 0 ? `\`${value}s\`` : null;
  }
  if (node.kind === "text") return `\`${quote(String(value))}\`, in quotes`;
  if (typeof value !== "string") return null;
  if (node.kind === "integer" && /^-?\d+$/.test(value)) return `\`${value}\`, without quotes`;
  if (node.kind === "number" && value.trim() !== "" && Number.isFinite(Number(value))) {
    return `\`${value}\`, without quotes`;
  }
  return node.kind === "boolean" && /^(true|false)$/i.test(value)
    ? `\`${value.toLowerCase()}\`, without quotes`
    : null;
}

function literalFits(node: SchemaNode, value: Json): boolean {
  if (node.kind === "integer" || node.kind === "number") return typeof value === "number";
  return node.kind === "text" && typeof value === "string";
}

/** A word that is not of the enumeration. */
export function unknownValue(values: readonly string[], value: Json, path: Path): Violation {
  const meant = typeof value === "string" ? nearest(value, values) : (values[Number(value)] ?? null);
  return {
    code: "unknown-value",
    path,
    message: `\`${fieldText(path)}\` cannot be ${quote(value)}: it is one of ${values.join(", ")}`,
    ...(meant === null ? {} : { fix: `write \`${meant}\`` }),
  };
}
