import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { schemas } from "../../src/mesh/validity/schema/kinds.ts";
import type { SchemaNode } from "../../src/mesh/validity/schema/node.ts";

const root = resolve(import.meta.dirname, "../..", process.env.SLUICE_CONFORMANCE ?? "../shared");
const file = resolve(root, "reference/istio-crd-fields.json");

type Row = Readonly<Record<string, unknown>>;

/** Every field below a node, with its type and constraints in the words of OpenAPI. */
function* rowsOf(node: SchemaNode, path: string): Generator<[string, Row]> {
  yield [path || ".", { ...constraints(node), ...shared(node) }];
  if (node.kind === "object") {
    for (const [field, child] of Object.entries(node.fields)) yield* rowsOf(child, `${path}.${field}`);
  } else if (node.kind === "map") yield* rowsOf(node.values, `${path}{}`);
  else if (node.kind === "list") yield* rowsOf(node.items, `${path}[]`);
}

function shared({ rules = [], nullable }: SchemaNode): Row {
  return {
    ...(nullable ? { nullable } : {}),
    ...(rules.length > 0 ? { cel: rules.map(({ cel }) => cel).sort() } : {}),
  };
}

function constraints(node: SchemaNode): Row {
  switch (node.kind) {
    case "object":
      return defined({
        type: "object",
        required: node.required.length > 0 ? [...node.required].sort() : undefined,
        oneOf: node.oneOf.length > 0 ? node.oneOf.map((fields) => fields.join()).sort() : undefined,
        open: node.open || undefined,
      });
    case "map":
      return defined({ type: "object", maxProperties: node.most });
    case "list":
      return defined({ type: "array", minItems: node.least, maxItems: node.most, key: node.key });
    case "text":
      return defined({
        type: "string",
        maxLength: node.most,
        format: { base64: "byte", "date-time": "date-time", duration: undefined }[node.format ?? "duration"],
      });
    case "enum":
      return { type: "string", enum: node.values };
    case "integer":
      return node.minimum === -(2 ** 31)
        ? { type: "integer", format: "int32" }
        : defined({ type: "integer", minimum: node.minimum, maximum: node.maximum });
    case "number":
      return defined({ type: "number", format: "double", minimum: node.minimum, maximum: node.maximum });
    case "boolean":
      return { type: "boolean" };
    case "integer-or-string":
      return { type: "any" };
  }
}

interface Field {
  readonly path: string;
  readonly type: string;
  readonly constraints?: {
    readonly "x-kubernetes-validations"?: readonly { readonly rule: string }[];
    readonly "x-kubernetes-list-map-keys"?: readonly string[];
    readonly "x-kubernetes-preserve-unknown-fields"?: boolean;
    readonly required?: readonly string[];
    readonly oneOf?: readonly { readonly required?: readonly string[] }[];
    readonly allOf?: readonly { readonly oneOf: readonly { readonly required?: readonly string[] }[] }[];
    readonly [name: string]: unknown;
  };
}

/** Istio's CRD has this rule twice, once with the message of another. */
const statedTwice = "(has(self.credentialNames) ? 1 : 0) + (has(self.tlsCertificates) ? 1 : 0) <= 1";

function rowOfCrd({ type, constraints: given = {} }: Field): Row {
  const rules = (given["x-kubernetes-validations"] ?? [])
    .map(({ rule }) => rule)
    .filter((rule) => rule !== statedTwice);
  const groups = (given.allOf?.map(({ oneOf }) => oneOf) ?? (given.oneOf ? [given.oneOf] : [])).map((group) =>
    group.flatMap(({ required = [] }) => required).join(),
  );
  const same = [
    "maxProperties",
    "minItems",
    "maxItems",
    "maxLength",
    "format",
    "enum",
    "minimum",
    "maximum",
    "nullable",
  ];
  return defined({
    type,
    ...Object.fromEntries(same.map((name) => [name, given[name]])),
    required: given.required && [...given.required].sort(),
    oneOf: groups.length > 0 ? groups.sort() : undefined,
    key: given["x-kubernetes-list-map-keys"]?.join(),
    open: given["x-kubernetes-preserve-unknown-fields"],
    cel: rules.length > 0 ? rules.sort() : undefined,
  });
}

function defined(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined));
}

if (existsSync(file)) {
  const crds: Record<string, { schema: readonly Field[] }> = JSON.parse(readFileSync(file, "utf8"));
  describe("describes every field of Istio's CRDs", () => {
    test.each(Object.entries(schemas))("%s", (kind, schema) => {
      const theirs = Object.fromEntries(crds[kind]!.schema.map((field) => [field.path, rowOfCrd(field)]));
      expect(Object.fromEntries(rowsOf(schema, ""))).toEqual(theirs);
    });
  });
} else {
  console.log(`No CRD fields at ${file}: set SLUICE_CONFORMANCE to the folder that holds reference.`);
  test("the CRD fields are absent, nothing is compared", () => {
    expect(existsSync(file)).toBe(false);
  });
}
