import type { Call } from "../http/call.ts";
import { reaches } from "../http/permission.ts";
import type { IssueComment, PullRequest } from "../pull-request.ts";
import { issueComment } from "./pull-request.ts";
import { GraphqlRefusal } from "./refusal.ts";

interface Minimize {
  readonly input: {
    readonly subjectId: string;
    readonly classifier?: string;
    readonly clientMutationId?: string | null;
  };
}

/** GraphQL's `Mutation`. */
export function mutation(call: Call) {
  const minimize = ({ input }: Minimize, reason: string | null, field: string) => {
    const { pull, comment } = commentOf(call, input.subjectId);
    comment.minimized = reason;
    return { clientMutationId: input.clientMutationId ?? null, [field]: issueComment(call, pull, comment) };
  };
  return {
    minimizeComment: (args: Minimize) => minimize(args, args.input.classifier ?? null, "minimizedComment"),
    unminimizeComment: (args: Minimize) => minimize(args, null, "unminimizedComment"),
  };
}

function commentOf(call: Call, id: string): { pull: PullRequest; comment: IssueComment } {
  for (const repository of call.world.repositories) {
    if (call.token === null || !reaches(call.token, repository)) continue;
    for (const pull of repository.pulls) {
      const comment = pull.comments.find((candidate) => `IC_${candidate.id}` === id);
      if (comment !== undefined) return { pull, comment };
    }
  }
  throw new GraphqlRefusal("NOT_FOUND", `Could not resolve to a node with the global id of '${id}'`);
}
