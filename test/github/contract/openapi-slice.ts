import { routes } from "../rest/routes.ts";
import { type Json, type Node, shareSchemas } from "./shared-schemas.ts";

/** Webhook payloads the local GitHub sends, by the names under `x-webhooks`. */
const events: Readonly<Record<string, string>> = {
  push: "push",
  "check_run.created": "check-run-created",
  "check_run.completed": "check-run-completed",
  "check_run.rerequested": "check-run-rerequested",
  "check_run.requested_action": "check-run-requested-action",
  "check_suite.requested": "check-suite-requested",
  "check_suite.rerequested": "check-suite-rerequested",
  "issue_comment.created": "issue-comment-created",
  "issue_comment.edited": "issue-comment-edited",
  "issue_comment.deleted": "issue-comment-deleted",
  "merge_group.checks_requested": "merge-group-checks-requested",
  "merge_group.destroyed": "merge-group-destroyed",
  "pull_request.opened": "pull-request-opened",
  "pull_request.edited": "pull-request-edited",
  "pull_request.synchronize": "pull-request-synchronize",
  "pull_request.closed": "pull-request-closed",
  "pull_request.reopened": "pull-request-reopened",
  "pull_request_review.dismissed": "pull-request-review-dismissed",
  "pull_request_review.submitted": "pull-request-review-submitted",
};

/** Keys of a schema that say nothing about validity. */
const prose = new Set([
  "title",
  "description",
  "example",
  "examples",
  "externalDocs",
  "deprecated",
  "x-github",
]);

/** The operations of `rest/routes.ts` and the events above, with every schema they need, as JSON Schema. */
export function sliceOpenapi(description: Node, source: string): string {
  const slicer = new Slicer(description);
  const operations = Object.fromEntries(
    routes.map(({ method, path }) => [`${method} ${path}`, slicer.operation(method, path)]),
  );
  const payloads = Object.fromEntries(
    Object.entries(events).map(([event, name]) => [event, slicer.event(name)]),
  );
  const slice = shareSchemas({ operations, events: payloads, definitions: slicer.definitions() });
  const sections = Object.entries(slice).map(
    ([name, entries]) => `${JSON.stringify(name)}: {\n${linePerEntry(entries)}\n}`,
  );
  return `{\n"source": ${JSON.stringify(source)},\n${sections.join(",\n")}\n}\n`;
}

const linePerEntry = (entries: object) =>
  Object.entries(entries)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`)
    .join(",\n");

class Slicer {
  readonly #description: Node;
  readonly #definitions = new Map<string, Json>();

  constructor(description: Node) {
    this.#description = description;
  }

  /** As `OperationSlice`. */
  operation(method: string, path: string): Node {
    const operation = at(this.#description, "paths", path, method.toLowerCase());
    if (operation === undefined) throw new Error(`GitHub describes no ${method} ${path}`);
    const parameters = list(at(operation, "parameters")).map((parameter) => this.#resolve(parameter));
    const query = parameters.filter((parameter) => at(parameter, "in") === "query");
    const body = at(operation, "requestBody", "content", "application/json", "schema");
    const responses = Object.entries(at(operation, "responses") as Node).flatMap(([status, response]) => {
      const schema = at(this.#resolve(response), "content", "application/json", "schema");
      return schema === undefined || !status.startsWith("2") ? [] : [[status, this.#schema(schema)]];
    });
    return {
      query: this.#querySchema(query),
      body: body === undefined ? null : closed(this.#schema(body)),
      bodyRequired: at(operation, "requestBody", "required") === true,
      responses: Object.fromEntries(responses),
    };
  }

  event(name: string): Json {
    const payload = at(
      this.#description,
      "x-webhooks",
      name,
      "post",
      "requestBody",
      "content",
      "application/json",
    );
    return this.#schema(at(payload ?? null, "schema") ?? {});
  }

  definitions(): Node {
    return Object.fromEntries(this.#definitions);
  }

  #querySchema(parameters: readonly Json[]): Node {
    const properties = parameters.map((parameter) => [
      String(at(parameter, "name")),
      this.#schema(at(parameter, "schema") ?? {}),
    ]);
    return { type: "object", properties: Object.fromEntries(properties), additionalProperties: false };
  }

  #resolve(node: Json): Json {
    const reference = at(node, "$ref");
    return typeof reference === "string" ? (at(this.#description, ...pathOf(reference)) ?? {}) : node;
  }

  /** A schema without prose, in JSON Schema's terms instead of OpenAPI 3.0's, its references gathered as definitions. */
  #schema(node: Json): Json {
    if (Array.isArray(node)) return node.map((item) => this.#schema(item));
    if (node === null || typeof node !== "object") return node;
    const reference = at(node, "$ref");
    if (typeof reference === "string") return { $ref: this.#define(reference) };
    const kept = Object.entries(node as Node).filter(([key]) => !prose.has(key) && key !== "nullable");
    const schema = Object.fromEntries(
      kept.map(([key, value]) => [key, key === "properties" ? this.#properties(value) : this.#schema(value)]),
    );
    const meant = isAccount(node) ? either(schema) : schema;
    return at(node, "nullable") === true ? nullable(meant) : meant;
  }

  #properties(node: Json): Json {
    return Object.fromEntries(
      Object.entries(node as Node).map(([name, schema]) => [name, this.#schema(schema)]),
    );
  }

  #define(reference: string): string {
    const name = pathOf(reference).at(-1) ?? "";
    if (!this.#definitions.has(name)) {
      this.#definitions.set(name, {}); // schemas refer to themselves
      this.#definitions.set(name, this.#schema(at(this.#description, ...pathOf(reference)) ?? {}));
    }
    return `#/definitions/${name}`;
  }
}

/** GitHub describes the account of an installation once as a user *and* an enterprise; elsewhere, rightly, as either. */
function isAccount(node: Json): boolean {
  const titles = list(at(node, "allOf")).map((branch) => at(branch, "title"));
  return titles.includes("Simple User") && titles.includes("Enterprise");
}
const either = ({ allOf = [], ...schema }: Node): Node => ({ ...schema, anyOf: allOf });

/** OpenAPI 3.0 says `nullable: true` where JSON Schema has the type `null`. */
function nullable(schema: Node): Json {
  const { type, enum: values } = schema;
  if (typeof type !== "string") return { anyOf: [{ type: "null" }, schema] };
  return {
    ...schema,
    type: [type, "null"],
    ...(Array.isArray(values) && !values.includes(null) ? { enum: [...values, null] } : {}),
  };
}

/** Refuses fields that no branch of a request body knows: GitHub would ignore them silently, which helps nobody. */
function closed(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(closed);
  if (schema === null || typeof schema !== "object") return schema;
  const inner = Object.fromEntries(
    Object.entries(schema as Node).map(([key, value]) => [key, closed(value)]),
  );
  const names = propertyNames(schema as Node);
  const open = at(schema, "additionalProperties") !== undefined;
  return at(schema, "properties") === undefined || open
    ? inner
    : { ...inner, propertyNames: { enum: names } };
}

function propertyNames(schema: Node): string[] {
  const own = Object.keys((schema.properties as Node | undefined) ?? {});
  const branches = ["oneOf", "anyOf", "allOf"].flatMap((key) => list(schema[key]));
  return [...new Set([...own, ...branches.flatMap((branch) => propertyNames(branch as Node))])].sort();
}

function at(node: Json, ...path: readonly string[]): Json | undefined {
  let found: Json | undefined = node;
  for (const key of path) {
    if (found === null || found === undefined || typeof found !== "object" || Array.isArray(found))
      return undefined;
    found = (found as Node)[key];
  }
  return found;
}

const list = (node: Json | undefined): readonly Json[] => (Array.isArray(node) ? node : []);
const pathOf = (reference: string) => reference.replace(/^#\//, "").split("/");
