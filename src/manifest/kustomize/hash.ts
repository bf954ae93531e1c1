import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { isObject } from "../json.ts";
import type { Json } from "../source.ts";
import { kindOf, type Resource } from "./resource.ts";

const replacements: Readonly<Record<string, string>> = { "0": "g", "1": "h", "3": "k", a: "m", e: "t" };

/** The suffix that stands for the content of a generated ConfigMap or Secret (api `hasher/hasher.go`). */
export function contentHash(resource: Resource): string {
  const { data, binaryData, stringData, type } = isObject(resource.body.value) ? resource.body.value : {};
  const isSecret = kindOf(resource) === "Secret";
  const content: [string, Json][] = isSecret
    ? [
        ["data", data ?? ""],
        ["kind", "Secret"],
        ["name", ""],
        ...optional("stringData", stringData),
        ["type", typeof type === "string" ? type : ""],
      ]
    : [...optional("binaryData", binaryData), ["data", data ?? ""], ["kind", "ConfigMap"], ["name", ""]];
  const text = `{${content.map(([key, value]) => `${goJson(key)}:${goJson(value)}`).join()}}`;
  const digits = bytesToHex(sha256(utf8ToBytes(text))).slice(0, 10);
  return [...digits].map((digit) => replacements[digit] ?? digit).join("");
}

function optional(key: string, value: Json | undefined): [string, Json][] {
  return isObject(value) ? [[key, value]] : [];
}

const escaped: Readonly<Record<string, string>> = {
  "<": "\\u003c",
  ">": "\\u003e",
  "&": "\\u0026",
  "\u2028": "\\u2028",
  "\u2029": "\\u2029",
};

/** JSON as Go's `encoding/json` writes it: keys sorted, HTML escaped. */
function goJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(goJson).join()}]`;
  if (isObject(value)) {
    const entries = Object.keys(value)
      .sort(byCodePoint)
      .map((key) => `${goJson(key)}:${goJson(value[key]!)}`);
    return `{${entries.join()}}`;
  }
  if (typeof value === "bigint") return String(value);
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (character) => escaped[character]!);
}

/** Go sorts by bytes of UTF-8, which is the order of code points and not of UTF-16 units. */
export function byCodePoint(a: string, b: string): number {
  const [x, y] = [[...a], [...b]];
  const at = x.findIndex((character, index) => character !== y[index]);
  if (at < 0) return x.length - y.length;
  return y[at] === undefined ? 1 : x[at]!.codePointAt(0)! - y[at].codePointAt(0)!;
}
