import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  buildSchema,
  defaultFieldResolver,
  type ExecutionResult,
  type GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  graphql,
} from "graphql";
import type { Fault } from "../faults.ts";
import { type Answer, Refusal } from "../http/answer.ts";
import type { Call } from "../http/call.ts";
import { grants, type Permission } from "../http/permission.ts";
import { mutation } from "./mutation.ts";
import { query } from "./query.ts";
import { GraphqlRefusal } from "./refusal.ts";

/** The permission behind each field that needs one; the same table as the one for REST, for GraphQL. */
export const fieldPermissions: Readonly<Record<string, Permission>> = {
  "Query.repository": "metadata:read",
  "Repository.defaultBranchRef": "contents:read",
  "Repository.mergeQueue": "merge_queues:read",
  "Repository.object": "contents:read",
  "Repository.ref": "contents:read",
  "Repository.pullRequest": "pull_requests:read",
  "Repository.pullRequests": "pull_requests:read",
  "Commit.associatedPullRequests": "pull_requests:read",
  "PullRequest.baseRef": "contents:read",
  "PullRequest.headRef": "contents:read",
  "PullRequest.mergeCommit": "contents:read",
  "PullRequest.potentialMergeCommit": "contents:read",
  "Mutation.minimizeComment": "pull_requests:write",
  "Mutation.unminimizeComment": "pull_requests:write",
};

let schema: GraphQLSchema | null = null;

/** Parsed when it is first needed, once per process. */
function loadSchema(): GraphQLSchema {
  schema ??= buildSchema(readFileSync(join(import.meta.dirname, "../contract/schema.graphql"), "utf8"), {
    assumeValid: true,
    assumeValidSDL: true,
  });
  return schema;
}

interface GraphqlBody {
  readonly query?: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly operationName?: string;
}

type FieldFault = Extract<Fault, { readonly kind: "graphql-error" }>;

export interface GraphqlAnswer {
  readonly body: object;
  /** Permissions the fields asked for needed and the token had. */
  readonly permissions: readonly Permission[];
}

/** Answers one GraphQL request. Errors of single fields come with status 200, beside what could be answered. */
export async function executeGraphql(call: Call, faults: readonly Fault[]): Promise<GraphqlAnswer> {
  const { query: source, variables, operationName } = (call.body ?? {}) as GraphqlBody;
  if (typeof source !== "string")
    throw new Refusal(400, "A query attribute must be specified and must be a string.");
  const permissions = new Set<Permission>();
  const result = await graphql({
    schema: loadSchema(),
    source,
    rootValue: { ...query(call), ...mutation(call) },
    contextValue: call,
    variableValues: variables ?? null,
    operationName: operationName ?? null,
    fieldResolver: resolver(
      call,
      permissions,
      faults.filter((fault) => fault.kind === "graphql-error"),
    ),
  });
  const unexpected =
    result.errors?.filter(({ originalError }) => !(originalError instanceof GraphqlRefusal)) ?? [];
  call.services.ledger.violations.push(...unexpected.map(({ message }) => `graphql: ${message}`));
  return { body: inGitHubsForm(result), permissions: [...permissions] };
}

/** GraphQL says with status 200 that the hourly budget is used up (rate-limits-and-node-limits-for-the-graphql-api.md). */
export function rateLimited(answer: Answer): Answer {
  if (answer.headers?.["x-ratelimit-remaining"] !== "0") return answer;
  const message = "API rate limit exceeded for installation.";
  return { ...answer, status: 200, json: { errors: [{ type: "RATE_LIMITED", message }] } };
}

function resolver(
  call: Call,
  used: Set<Permission>,
  faults: readonly FieldFault[],
): GraphQLFieldResolver<unknown, unknown> {
  return (source, args, context, info) => {
    const fault = faults.find(({ field }) => field === pathOf(info));
    if (fault !== undefined) throw new GraphqlRefusal(fault.type, fault.message);
    const field = `${info.parentType.name}.${info.fieldName}`;
    const needed = fieldPermissions[field];
    if (needed !== undefined) {
      if (!grants(call.token?.permissions ?? {}, needed)) {
        throw new GraphqlRefusal("FORBIDDEN", "Resource not accessible by integration");
      }
      used.add(needed);
    }
    const value = defaultFieldResolver(source, args, context, info);
    if (value !== undefined) return value;
    throw new Error(`the local GitHub does not emulate ${field}`);
  };
}

/** Names of the fields down to this one, aliases and list positions left out: `repository.pullRequest.comments`. */
function pathOf(info: GraphQLResolveInfo): string {
  const names: string[] = [];
  for (let at: GraphQLResolveInfo["path"] | undefined = info.path; at !== undefined; at = at.prev) {
    if (typeof at.key === "string") names.unshift(at.key);
  }
  names[names.length - 1] = info.fieldName;
  return names.join(".");
}

function inGitHubsForm({ data, errors }: ExecutionResult): object {
  if (errors === undefined) return { data };
  return { ...(data === undefined ? {} : { data }), errors: errors.map(errorJson) };
}

function errorJson(error: GraphQLError): object {
  const { message, path, locations, originalError } = error;
  return {
    ...(originalError instanceof GraphqlRefusal ? { type: originalError.type } : {}),
    ...(path === undefined ? {} : { path }),
    locations,
    message,
  };
}
