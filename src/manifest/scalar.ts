/**
 * What a scalar means to Kubernetes: YAML 1.1 as `sigs.k8s.io/yaml` resolves it (`goyaml.v2/resolve.go`), then
 * carried through JSON. Differs from YAML 1.2: `on`, `y` and `off` are booleans, `017` is 15, `1_000` is 1000.
 */
import { YamlError } from "./yaml-error.ts";

const words = new Map<string, boolean | null>();
for (const word of "y Y yes Yes YES true True TRUE on On ON".split(" ")) words.set(word, true);
for (const word of "n N no No NO false False FALSE off Off OFF".split(" ")) words.set(word, false);
for (const word of ["", "~", "null", "Null", "NULL"]) words.set(word, null);

const nonFinite = /^(?:\.(?:nan|NaN|NAN)|[-+]?\.(?:inf|Inf|INF))$/;
const dotFloat = /^\.[0-9](?:_?[0-9])*(?:[eE][-+]?[0-9](?:_?[0-9])*)?$/;
const float = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const integer = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))$/;
const timestamp =
  /^\d{4}-\d\d?-\d\d?(?:[Tt]\d\d?:\d\d?:\d\d?(?:\.\d+)?(?:Z|[-+]\d\d:\d\d)| \d\d?:\d\d?:\d\d?(?:\.\d+)?)?$/;
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

const zero = 48;
const nine = 57;
const dot = 46;
const plus = 43;
const minus = 45;

export type Scalar = null | boolean | number | bigint | string;

/** The value of an unquoted, untagged scalar. Throws {@link YamlError} for infinities and NaN, which JSON cannot hold. */
export function plainScalar(text: string): Scalar {
  const word = words.get(text);
  if (word !== undefined) return word;
  const first = text.charCodeAt(0);
  const signed = first === plus || first === minus;
  if ((first === dot || signed) && nonFinite.test(text)) {
    throw new YamlError("non-finite-number", `\`${text}\` is not a number that Kubernetes can store`, {
      fix: "write a finite number, or quote it to make it a string",
    });
  }
  if (first === dot) return dotFloat.test(text) ? finite(text.replaceAll("_", ""), text) : text;
  if (!signed && (first < zero || first > nine)) return text;
  const digits = text.includes("_") ? text.replaceAll("_", "") : text;
  return wholeNumber(digits) ?? (float.test(digits) ? finite(digits, text) : text);
}

/** The value of a scalar with a core tag such as `int`; an unknown tag leaves the text as it is, as Go does. */
export function taggedScalar(text: string, tag: string): Scalar {
  switch (tag) {
    case "binary":
      return decodeBinary(text);
    case "timestamp":
      if (timestamp.test(text)) return text;
      throw mismatch(text, tag);
    case "int":
    case "float":
    case "bool":
    case "null": {
      const value = plainScalar(text);
      if (tagOf(value) === tag || (tag === "float" && typeof value === "number")) return value;
      throw mismatch(text, tag);
    }
    default:
      return text;
  }
}

/**
 * How a scalar reads as a key of a JSON object (`sigs.k8s.io/yaml` convertToJSONableObject): numbers and booleans
 * become strings; null, and integers that need the 64th bit, are refused. `text` tells `1e3` from `1000`.
 */
export function keyOf(value: Scalar, text: string): string {
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return String(value);
  if (typeof value === "bigint" && value < 1n << 63n) return String(value);
  if (typeof value === "number") {
    return wholeNumber(text.replaceAll("_", "")) === value ? String(value) : shortestFloat32(value);
  }
  throw new YamlError("invalid-key", `${value === null ? "null" : value} cannot be a key`, {
    fix: "quote the key to make it a string",
  });
}

/** Integers as `strconv.ParseInt(text, 0, 64)`, else `ParseUint`, reads them; undefined where neither does. */
function wholeNumber(digits: string): number | bigint | undefined {
  const match = integer.exec(digits);
  if (match === null) return undefined;
  const [, sign, hex, binary, octal, decimal] = match;
  if (decimal !== undefined && decimal.length < 16) return Number(digits) || 0;
  if (digits.length > 80) return undefined;
  const size =
    hex !== undefined
      ? BigInt(`0x${hex}`)
      : binary !== undefined
        ? BigInt(`0b${binary}`)
        : octal !== undefined
          ? BigInt(`0o${octal}`)
          : BigInt(decimal ?? 0);
  const ceiling = sign === "-" ? (1n << 63n) + 1n : sign === "+" ? 1n << 63n : 1n << 64n;
  if (size >= ceiling) return undefined;
  const value = sign === "-" ? -size : size;
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}

/** Go keeps a number that overflows a float64 as the text it was. */
function finite(digits: string, text: string): number | string {
  const value = Number(digits);
  if (!Number.isFinite(value)) return text;
  return value || 0;
}

function tagOf(value: Scalar): string {
  if (value === null) return "null";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "string") return "str";
  return typeof value === "bigint" || Number.isInteger(value) ? "int" : "float";
}

function mismatch(text: string, tag: string): YamlError {
  return new YamlError("tag-mismatch", `\`${text}\` cannot be read as !!${tag}`, {
    fix: "remove the tag or correct the value",
  });
}

function decodeBinary(text: string): string {
  const compact = text.replace(/[\r\n]/g, "");
  if (!base64.test(compact)) {
    throw new YamlError("tag-mismatch", "the !!binary value is not valid base64", {
      fix: "pad the value with `=`, or remove the tag",
    });
  }
  return new TextDecoder().decode(Uint8Array.from(atob(compact), (char) => char.charCodeAt(0)));
}

/** Go's `FormatFloat(value, 'g', -1, 32)`: the fewest digits that give the same float32, `1e+07` from a million on. */
function shortestFloat32(value: number): string {
  const single = Math.fround(value);
  let digits = 1;
  while (digits < 9 && Math.fround(Number(single.toPrecision(digits))) !== single) digits += 1;
  const [mantissa = "", exponent = "0"] = single.toExponential(digits - 1).split("e");
  const power = Number(exponent);
  if (power >= -4 && power < 6) return String(Number(single.toPrecision(digits)));
  return `${mantissa}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
}
