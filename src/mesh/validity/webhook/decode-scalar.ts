import type { Json, Path } from "../../../manifest/source.ts";
import { durationFix, parseDuration } from "../duration.ts";
import type { IntegerNode, SchemaNode } from "../schema/node.ts";
import { quote, unknownValue, wrongType } from "../schema/wording.ts";
import { fieldText, type Violation } from "../violation.ts";

/** Reads a scalar as `jsonpb` does. Undefined when it cannot be read, with the reason in `errors`. */
export function decodeScalar(
  node: SchemaNode,
  value: Json,
  path: Path,
  errors: Violation[],
): Json | undefined {
  const [decoded, error] = read(node, value, path);
  if (error) errors.push(error);
  return decoded;
}

type Reading = [decoded: Json | undefined, error?: Violation];

function read(node: SchemaNode, value: Json, path: Path): Reading {
  switch (node.kind) {
    case "text":
      if (typeof value !== "string") return [undefined, wrongType(node, value, path)];
      if (node.format === "duration") return readDuration(value, path);
      return node.format === "base64" ? readBytes(value, path) : [value];
    case "enum":
      return readEnum(node.values, value, path);
    case "integer":
      return readInteger(node, value, path);
    case "number":
      return readNumber(node, value, path);
    default:
      return typeof value === "boolean" ? [value] : [undefined, wrongType(node, value, path)];
  }
}

function readDuration(value: string, path: Path): Reading {
  if (parseDuration(value) !== null) return [value];
  const fix = durationFix(value);
  const message = `\`${fieldText(path)}\` must be a duration such as \`5s\`, not ${quote(value)}`;
  return [undefined, { code: "invalid-duration", path, message, ...(fix === null ? {} : { fix }) }];
}

/** Go's `base64.StdEncoding`, which skips line ends. The answer has one character per byte. */
function readBytes(value: string, path: Path): Reading {
  const text = value.replaceAll(/[\r\n]/g, "");
  if (/^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0) return [atob(text)];
  const message = `\`${fieldText(path)}\` must be base64 text with padding, not ${quote(value)}`;
  return [undefined, { code: "wrong-format", path, message }];
}

/** A name, or its number: Go's protobuf keeps numbers that have no name. */
function readEnum(values: readonly string[], value: Json, path: Path): Reading {
  if (typeof value === "string" && values.includes(value)) return [value];
  const isNumber = typeof value === "number" && Number.isInteger(value) && Math.abs(value) < 2 ** 31;
  return isNumber ? [values[value] ?? String(value)] : [undefined, unknownValue(values, value, path)];
}

/** Istiod strips the quotes of a quoted number, so that even `"null"` becomes 0. */
function readInteger(node: IntegerNode, value: Json, path: Path): Reading {
  if (typeof value === "string" && value.trim() === "null") return [0];
  const quoted = typeof value === "string" && /^ *-?(0|[1-9]\d{0,30}) *$/.test(value) ? BigInt(value) : null;
  const number = quoted ?? value;
  const isNumber = typeof number === "bigint" || (typeof number === "number" && Number.isInteger(number));
  if (!isNumber) return [undefined, wrongType({ kind: "integer" }, value, path)];
  const [least, most] = storage(node);
  if (number >= least && number <= most) return [Number(number)];
  const message = `\`${fieldText(path)}\` must be from ${least} to ${most}, not ${number}`;
  return [undefined, { code: "out-of-range", path, message }];
}

/** What the protobuf type holds, which may be more than the schema allows. */
function storage({ minimum = 0, maximum }: IntegerNode): [number | bigint, number | bigint] {
  if (minimum < 0) return [-(2 ** 31), 2 ** 31 - 1];
  return [0, maximum === undefined ? 2n ** 64n - 1n : 2 ** 32 - 1];
}

const notFinite: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  "-Infinity": Number.NEGATIVE_INFINITY,
};

function readNumber(node: SchemaNode, value: Json, path: Path): Reading {
  if (typeof value === "number" || typeof value === "bigint") return [Number(value)];
  if (typeof value === "string") {
    if (Object.hasOwn(notFinite, value)) return [notFinite[value]!];
    if (/^ *-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)? *$/.test(value)) return [Number(value)];
    if (value.trim() === "null") return [0];
  }
  return [undefined, wrongType(node, value, path)];
}
