import { isObject } from "../../manifest/json.ts";
import type { Json, JsonObject, Path } from "../../manifest/source.ts";
import { quote } from "./schema/wording.ts";
import type { Violation } from "./violation.ts";

/** What validation reads of an object's metadata. */
export interface Metadata {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Reads `metadata` as Kubernetes does; values of the wrong type cannot be read by anybody. */
export function readMetadata(
  manifest: JsonObject,
  defaultNamespace: string,
): { metadata: Metadata; errors: Violation[] } {
  const errors: Violation[] = [];
  const metadata = objectAt(manifest.metadata, ["metadata"], errors);
  return {
    metadata: {
      name: textAt(metadata.name, ["metadata", "name"], errors),
      namespace: textAt(metadata.namespace, ["metadata", "namespace"], errors) || defaultNamespace,
      labels: textsAt(metadata.labels, ["metadata", "labels"], errors),
      annotations: textsAt(metadata.annotations, ["metadata", "annotations"], errors),
    },
    errors,
  };
}

function objectAt(value: Json | undefined, path: Path, errors: Violation[]): JsonObject {
  if (isObject(value)) return value;
  if (value !== undefined && value !== null) errors.push(wrong("an object", value, path));
  return {};
}

function textAt(value: Json | undefined, path: Path, errors: Violation[]): string {
  if (typeof value === "string") return value;
  if (value !== undefined && value !== null) errors.push(wrong("a string", value, path));
  return "";
}

function textsAt(value: Json | undefined, path: Path, errors: Violation[]): Record<string, string> {
  const entries = Object.entries(objectAt(value, path, errors));
  return Object.fromEntries(entries.map(([key, text]) => [key, textAt(text, [...path, key], errors)]));
}

function wrong(expected: string, value: Json, path: Path): Violation {
  const message = `\`${String(path.at(-1))}\` must be ${expected}, not ${quote(value)}`;
  const scalar = !Array.isArray(value) && !isObject(value);
  const fix = expected === "a string" && scalar ? { fix: `write \`"${value}"\`, in quotes` } : {};
  return { code: "wrong-type", path, message, ...fix };
}
