import type { Call } from "../http/call.ts";
import type { Repository } from "../repository.ts";
import { type ConnectionArguments, connection } from "./connection.ts";
import { gitObject } from "./git-object.ts";
import { pullRequest } from "./pull-request.ts";

/** GraphQL's `MergeQueue` of a branch (default: the default branch). */
export function mergeQueue(call: Call, repository: Repository, branch: string | null) {
  const name = branch ?? repository.defaultBranch;
  const entries = repository.queue.filter((entry) => entry.branch === name);
  const commit = (oid: string) => gitObject(call, repository, { oid, type: "commit", size: 0 });
  return {
    __typename: "MergeQueue",
    id: `MQ_${repository.id}_${name}`,
    entries: (args: ConnectionArguments) =>
      connection("entries", entries, args, (entry) => ({
        __typename: "MergeQueueEntry",
        id: `MQE_${entry.id}`,
        position: entries.indexOf(entry) + 1,
        state: "AWAITING_CHECKS",
        pullRequest: () => pullRequest(call, entry.pull),
        headCommit: () => commit(entry.head),
        baseCommit: () => commit(entry.base),
      })),
  };
}
