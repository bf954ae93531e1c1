import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";
import { Refusal } from "../http/answer.ts";
import type { Route } from "../http/route.ts";

/** The slice of GitHub's OpenAPI description that `extract.ts` makes. */
export interface ContractSlice {
  readonly source: string;
  /** By `METHOD /path`; query and body are null where the operation takes none. */
  readonly operations: Readonly<Record<string, OperationSlice>>;
  /** Webhook payloads by `event` or `event.action`. */
  readonly events: Readonly<Record<string, object>>;
  readonly definitions: Readonly<Record<string, object>>;
}
export interface OperationSlice {
  readonly query: object;
  readonly body: object | null;
  readonly bodyRequired: boolean;
  readonly responses: Readonly<Record<string, object>>;
}

/** Compiling GitHub's schemas takes a moment: fast compilation counts for more than fast validation. */
const settings = {
  strict: false,
  allErrors: true,
  verbose: true,
  inlineRefs: false,
  code: { optimize: false },
} as const;

/** GitHub's schemas, read once per process and compiled when they are first needed. */
class Schemas {
  readonly slice: ContractSlice;
  readonly #bodies = new Ajv(settings);
  /** Everything in a query is text: what spells a number is one where a number is wanted. */
  readonly #queries = new Ajv({ ...settings, coerceTypes: true });
  readonly #validators = new Map<string, ValidateFunction>();

  constructor() {
    this.slice = JSON.parse(readFileSync(join(import.meta.dirname, "openapi.json"), "utf8")) as ContractSlice;
    for (const ajv of [this.#bodies, this.#queries]) {
      addFormats.default(ajv);
      ajv.addSchema(this.slice, "github");
    }
  }

  /** Errors of a value against the schema at a path of the slice. */
  errors(path: readonly string[], value: unknown): readonly ErrorObject[] {
    const pointer = path
      .map((part) => encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1")))
      .join("/");
    let validate = this.#validators.get(pointer);
    if (validate === undefined) {
      const ajv = path.at(-1) === "query" ? this.#queries : this.#bodies;
      validate = ajv.compile({ $ref: `github#/${pointer}` });
      this.#validators.set(pointer, validate);
    }
    return validate(value) ? [] : (validate.errors ?? []);
  }
}
let schemas: Schemas | null = null;

/** Holds requests, answers and webhook payloads against GitHub's own description of them. */
export class Contract {
  readonly #schemas: Schemas;
  readonly #report: (violation: string) => void;

  /** `report` hears of everything that the description does not allow. */
  constructor(report: (violation: string) => void) {
    schemas ??= new Schemas();
    this.#schemas = schemas;
    this.#report = report;
  }

  /** Throws GitHub's 422 for a query or body the operation does not take. */
  checkRequest(route: Route, query: URLSearchParams, body: unknown): void {
    const key = `${route.method} ${route.path}`;
    const operation = this.#operation(key);
    const errors = [
      ...this.#schemas.errors(["operations", key, "query"], Object.fromEntries(query)),
      ...(operation.body === null || (body === undefined && !operation.bodyRequired)
        ? []
        : this.#schemas.errors(["operations", key, "body"], body ?? {})),
    ];
    if (errors.length === 0) return;
    const problems = [...new Set(errors.filter(isSpecific).map(inGitHubsWords))];
    this.#report(`request ${key}: ${problems.join(" ")}`);
    throw new Refusal(422, `Invalid request.\n\n${problems.join("\n")}`);
  }

  /** Throws when an answer of ours is not what GitHub would send. */
  checkResponse(route: Route, status: number, json: unknown): void {
    const key = `${route.method} ${route.path}`;
    const schema = this.#operation(key).responses[status];
    if (schema === undefined || json === undefined) return;
    this.#assert(`answer ${status} to ${key}`, ["operations", key, "responses", String(status)], json);
  }

  /** Throws when a webhook payload of ours is not what GitHub would send. */
  checkPayload(event: string, action: string | null, payload: unknown): void {
    const key = action === null ? event : `${event}.${action}`;
    if (this.#schemas.slice.events[key] === undefined) throw new Error(`no schema for the event ${key}`);
    this.#assert(`event ${key}`, ["events", key], payload);
  }

  #assert(what: string, path: readonly string[], value: unknown): void {
    const errors = this.#schemas.errors(path, value).filter(isSpecific);
    if (errors.length === 0) return;
    const problems = errors.slice(0, 5).map((error) => `${error.instancePath} ${error.message}`);
    const violation = `${what}: ${problems.join("; ")}`;
    this.#report(violation);
    throw new Error(`the local GitHub breaks its contract: ${violation}`);
  }

  #operation(key: string): OperationSlice {
    const operation = this.#schemas.slice.operations[key];
    if (operation === undefined) throw new Error(`openapi.json lacks ${key}: run npm run contract`);
    return operation;
  }
}

/** Errors that only say "no branch of oneOf fits" come with the specific ones beside them. */
function isSpecific(error: ErrorObject, _index: number, all: readonly ErrorObject[]): boolean {
  const general = ["oneOf", "anyOf", "if"].includes(error.keyword) || error.propertyName !== undefined;
  return !general || all.length === 1;
}

/** GitHub's wording of schema errors, as users quote it (reviewdog/action-eslint#139, qiniu/reviewbot#258). */
function inGitHubsWords(error: ErrorObject): string {
  const { keyword, params, instancePath, data } = error;
  const size = Array.isArray(data) || typeof data === "string" ? data.length : 0;
  if (keyword === "maxItems") return `No more than ${params.limit} items are allowed; ${size} were supplied.`;
  if (keyword === "maxLength") return `Only ${params.limit} characters are allowed; ${size} were supplied.`;
  if (keyword === "required") return `"${params.missingProperty}" wasn't supplied.`;
  if (keyword === "propertyNames") return `"${params.propertyName}" is not a permitted key.`;
  if (keyword === "enum" && Array.isArray(params.allowedValues)) {
    return `For '${instancePath}', ${JSON.stringify(data)} is not a member of ${JSON.stringify(params.allowedValues)}.`;
  }
  return `For '${instancePath}', ${error.message}.`;
}
