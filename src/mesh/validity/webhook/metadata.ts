import { isObject } from "../../../manifest/json.ts";
import type { Json, JsonObject, Path } from "../../../manifest/source.ts";

import { quote } from "../schema/wording.ts";
import type { Violation } from "../violation.ts";
import { error, type Issues } from "./issue.ts";

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

const refused: Readonly<Record<string, string>> = {
  "istio.io/dry-run": "works on AuthorizationPolicies only",
  "internal.istio.io/webhook-always-reject": "makes Istio refuse the object",
  "internal.istio.io/parent-namespace": "is Istio's own and may not be set",
  "internal.istio.io/parents": "is Istio's own and may not be set",
};

/** Annotations that no user may set on these kinds (validation.go `validateMetadata`); the first one found ends validation. */
export function* refusedAnnotations({ annotations }: Metadata): Issues {
  for (const [name, reason] of Object.entries(refused)) {
    if (!Object.hasOwn(annotations, name)) continue;
    yield error(
      "refused-annotation",
      ["metadata", "annotations", name],
      `the annotation \`${name}\` ${reason}`,
      "remove it",
    );
    return;
  }
}

/** Whether the object says that it was made from the Kubernetes Gateway API, for which Istio skips some rules. */
export function hasGatewaySemantics({ annotations }: Metadata, of: "gateway" | "route"): boolean {
  return annotations[`internal.istio.io/${of}-semantics`] === "gateway";
}
