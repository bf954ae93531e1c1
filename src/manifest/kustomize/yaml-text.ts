/** YAML as kubectl prints it: `sigs.k8s.io/yaml` over `goyaml.v2` (emitterc.go, encode.go), block style throughout. */
import { isObject } from "../json.ts";
import type { Json, Path } from "../source.ts";
import { naturally } from "./natural-order.ts";
import { doubleQuoted, numberText, stringText } from "./yaml-scalar.ts";

/** A comment for the line on which a value begins, by its path; empty for none. */
export type Comment = (path: Path) => string;

/** Writes a value as a YAML document, ended by a newline. */
export function yamlText(value: Json, comment: Comment = () => ""): string {
  if (isEmpty(value) || !isCollection(value)) return `${scalar(value, 0, 0)}\n`;
  return block(value, 0, [], comment).join("\n").concat("\n");
}

function block(value: Json, indent: number, path: Path, comment: Comment): string[] {
  const pad = " ".repeat(indent);
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => {
      const at = [...path, index];
      if (isEmpty(item) || !isCollection(item))
        return [noted(`${pad}- ${scalar(item, indent + 2, indent)}`, at, comment)];
      const [first = "", ...rest] = block(item, indent + 2, at, comment);
      return [`${pad}- ${first.slice(indent + 2)}`, ...rest];
    });
  }
  const mapping = value as { [key: string]: Json };
  return Object.keys(mapping)
    .sort(naturally)
    .flatMap((key) => {
      const child = mapping[key]!;
      const at = [...path, key];
      const lead = `${pad}${keyText(key, indent)}:`;
      if (isEmpty(child) || !isCollection(child))
        return [noted(`${lead} ${scalar(child, lead.length + 1, indent)}`, at, comment)];
      // A list in a mapping is not indented further.
      return [
        noted(lead, at, comment),
        ...block(child, Array.isArray(child) ? indent : indent + 2, at, comment),
      ];
    });
}

function noted(line: string, path: Path, comment: Comment): string {
  const note = comment(path);
  // Behind a text of several lines a comment would become part of it.
  return note === "" || line.includes("\n") ? line : `${line} # ${note}`;
}

function isCollection(value: Json): boolean {
  return Array.isArray(value) || isObject(value);
}

function isEmpty(value: Json): boolean {
  return Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0;
}

function keyText(key: string, indent: number): string {
  const text =
    key.length > 128 || key.includes("\n") || key === "<<"
      ? doubleQuoted(key, indent, 0, false)
      : stringText(key, 0, indent, false);
  return key.length > 128 ? `? ${text}\n${" ".repeat(indent)}` : text;
}

function scalar(value: Json, column: number, indent: number): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "[]";
  if (isObject(value)) return "{}";
  if (typeof value === "number") return numberText(value);
  return typeof value === "string" ? stringText(value, column, indent, true) : String(value);
}
