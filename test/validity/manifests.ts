import { describe, expect, test } from "vitest";
import { readManifests } from "../../src/manifest/read.ts";
import type { Json, JsonObject } from "../../src/manifest/source.ts";
import { type Validity, validateObject } from "../../src/mesh/validity/validity.ts";
import { pathText, type Violation } from "../../src/mesh/validity/violation.ts";

/** The manifest that a YAML text is. */
export function yaml(text: string): JsonObject {
  const { documents, problems } = readManifests("test.yaml", text);
  if (problems.length > 0 || documents.length !== 1)
    throw new Error(`${JSON.stringify(problems)} in ${text.slice(0, 500)}`);
  return documents[0]!.value as JsonObject;
}

/** A manifest of a kind with this `spec`, in namespace `prod`. */
export function manifest(kind: string, spec: string, metadata: JsonObject = {}): JsonObject {
  return {
    apiVersion: "networking.istio.io/v1",
    kind,
    metadata: { name: "test", namespace: "prod", ...metadata },
    spec: yaml(`spec:\n${spec.replaceAll(/^/gm, "  ")}`).spec as Json,
  };
}

/** A violation as one line. */
export function line({ path, message, fix }: Violation): string {
  return `${pathText(path)}: ${message}${fix === undefined ? "" : ` → ${fix}`}`;
}

/** Why a manifest is refused, as the user reads it. */
export function told(value: Json): string[] {
  return validateObject(value).refusals.map(line);
}

/** The codes of what the webhook says, warnings in brackets, each at its place. */
export function webhookCodes({ webhook }: Validity): string[] {
  const place = ({ code, path }: Violation) => `${code} ${pathText(path)}`;
  return [...webhook.errors.map(place), ...webhook.warnings.map((one) => `(${place(one)})`)];
}

/** What checks say, by what is checked. */
export type Rows = readonly (readonly [what: string, says: readonly string[], expected: readonly string[]])[];

/** One test for each row. */
export function table(name: string, rows: Rows): void {
  describe(name, () => {
    test.each(rows)("%s", (_, says, expected) => expect(says).toEqual(expected));
  });
}
