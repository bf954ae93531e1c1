import type { Json, Path } from "../../../manifest/source.ts";
import { fieldText, type Violation } from "../violation.ts";
import { isBase64, isDateTime } from "./formats.ts";
import type { IntegerNode, SchemaNode, TextNode } from "./node.ts";
import { quote, unknownValue, wrongType } from "./wording.ts";

/** What the schema says against a value that is neither object nor list; null when it is right. `path` is copied. */
export function checkScalar(node: SchemaNode, value: Json, path: Path): Violation | null {
  switch (node.kind) {
    case "text":
      return typeof value === "string" ? checkText(node, value, path) : wrongType(node, value, [...path]);
    case "enum":
      if (typeof value === "string" && node.values.includes(value)) return null;
      return unknownValue(node.values, value, [...path]);
    case "integer":
      return isInteger(value) ? checkRange(node, value, path) : wrongType(node, value, [...path]);
    case "number":
      if (typeof value !== "number" && typeof value !== "bigint") return wrongType(node, value, [...path]);
      return checkRange(node, value, path);
    case "boolean":
      return typeof value === "boolean" ? null : wrongType(node, value, [...path]);
    case "integer-or-string":
      return typeof value === "string" || isInteger(value) ? null : wrongType(node, value, [...path]);
    default:
      throw new Error(`${node.kind} is no scalar`);
  }
}

/** Numbers without a fraction that fit 64 bits; larger ones reach the API server as floats. */
function isInteger(value: Json): value is number | bigint {
  if (typeof value !== "bigint" && !Number.isInteger(value)) return false;
  return (value as number | bigint) >= -(2 ** 63) && (value as number | bigint) < 2 ** 63;
}

function checkText(node: TextNode, value: string, path: Path): Violation | null {
  // `most` counts characters, and no character is longer than two UTF-16 units.
  if (node.most !== undefined && value.length > node.most && [...value].length > node.most) {
    const message = `\`${fieldText(path)}\` may have ${node.most} characters, not ${[...value].length}`;
    return { code: "too-long", path: [...path], message };
  }
  const isWell = node.format === "base64" ? isBase64 : node.format === "date-time" ? isDateTime : null;
  if (!isWell || isWell(value)) return null;
  const form = node.format === "base64" ? "base64 text with padding" : "an RFC 3339 date and time";
  return {
    code: "wrong-format",
    path: [...path],
    message: `\`${fieldText(path)}\` must be ${form}, not ${quote(value)}`,
  };
}

function checkRange(
  { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY }: Omit<IntegerNode, "kind">,
  value: number | bigint,
  path: Path,
): Violation | null {
  if (value >= minimum && value <= maximum) return null;
  const limit = value < minimum ? `at least ${minimum}` : `at most ${maximum}`;
  return {
    code: "out-of-range",
    path: [...path],
    message: `\`${fieldText(path)}\` must be ${limit}, not ${value}`,
  };
}
