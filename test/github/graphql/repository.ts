import type { ObjectInfo } from "../git/object-reader.ts";
import type { Call } from "../http/call.ts";
import type { PullRequest } from "../pull-request.ts";
import type { Repository } from "../repository.ts";
import { fullName, repositoryPage } from "../represent/repository.ts";
import { type ConnectionArguments, connection } from "./connection.ts";
import { gitObject, ref } from "./git-object.ts";
import { mergeQueue } from "./merge-queue.ts";
import { pullRequest } from "./pull-request.ts";
import { GraphqlRefusal } from "./refusal.ts";

interface PullRequestArguments extends ConnectionArguments {
  readonly states?: readonly ("OPEN" | "CLOSED" | "MERGED")[] | null;
  readonly headRefName?: string | null;
  readonly baseRefName?: string | null;
  readonly orderBy?: {
    readonly field: "CREATED_AT" | "UPDATED_AT";
    readonly direction: "ASC" | "DESC";
  } | null;
}

/** GraphQL's `Repository`. */
export function repositoryNode(call: Call, repository: Repository) {
  return {
    __typename: "Repository",
    id: `R_${repository.id}`,
    databaseId: repository.id,
    name: repository.name,
    nameWithOwner: fullName(repository),
    isPrivate: repository.private,
    isFork: repository.parent !== null,
    isArchived: false,
    url: repositoryPage(call.links, repository),
    defaultBranchRef: () => ref(call, repository, repository.defaultBranch),
    ref: ({ qualifiedName }: { qualifiedName: string }) =>
      ref(call, repository, qualifiedName.replace(/^refs\/heads\//, "")),
    object: async ({ oid, expression }: { oid?: string | null; expression?: string | null }) => {
      const name = oid ?? expression ?? "";
      const object = await visibleObject(call, repository, name);
      return object === null ? null : gitObject(call, repository, object);
    },
    mergeQueue: ({ branch }: { branch?: string | null }) => mergeQueue(call, repository, branch ?? null),
    pullRequest: ({ number }: { number: number }) => {
      const pull = call.world.pull(repository, number);
      if (pull === null) {
        throw new GraphqlRefusal(
          "NOT_FOUND",
          `Could not resolve to a PullRequest with the number of ${number}.`,
        );
      }
      return pullRequest(call, pull);
    },
    pullRequests: (args: PullRequestArguments) =>
      connection("pullRequests", selected(repository.pulls, args), args, (pull) => pullRequest(call, pull)),
  };
}

/** What a SHA or an expression such as `HEAD:path` names, unless its commit is not visible yet. */
async function visibleObject(call: Call, repository: Repository, name: string): Promise<ObjectInfo | null> {
  const revision = name.split(":")[0] ?? "";
  const commit = await repository.git.resolve(revision);
  if (commit !== null && !call.services.visibility.shows(call, commit)) return null;
  return repository.git.object(name);
}

function selected(pulls: readonly PullRequest[], args: PullRequestArguments): PullRequest[] {
  const descending = args.orderBy?.direction === "DESC";
  const key = (pull: PullRequest) => (args.orderBy?.field === "UPDATED_AT" ? pull.updatedAt : pull.createdAt);
  const found = pulls
    .filter((pull) => args.states == null || args.states.includes(stateOf(pull)))
    .filter((pull) => args.headRefName == null || pull.headRef === args.headRefName)
    .filter((pull) => args.baseRefName == null || pull.baseRef === args.baseRefName)
    .sort((a, b) => key(a).localeCompare(key(b)) || a.number - b.number);
  return descending ? found.reverse() : found;
}

/** GraphQL has a state of its own for merged pull requests; REST says `closed`. */
export function stateOf(pull: PullRequest): "OPEN" | "CLOSED" | "MERGED" {
  if (pull.merged !== null) return "MERGED";
  return pull.state === "open" ? "OPEN" : "CLOSED";
}
