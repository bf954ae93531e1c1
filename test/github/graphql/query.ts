import type { Call } from "../http/call.ts";
import { reaches } from "../http/permission.ts";
import { serverLimits } from "../limits.ts";
import type { Repository } from "../repository.ts";
import { GraphqlRefusal } from "./refusal.ts";
import { repositoryNode } from "./repository.ts";

const isVisible = ({ token }: Call, repository: Repository) =>
  !repository.private || (token !== null && reaches(token, repository));

/** GraphQL's `Query`. A repository the token does not reach is one that does not exist. */
export function query(call: Call) {
  return {
    repository: ({ owner, name }: { owner: string; name: string }) => {
      const repository = call.world.repository(owner, name) ?? call.world.formerRepository(owner, name);
      if (repository === null || !isVisible(call, repository)) {
        throw new GraphqlRefusal(
          "NOT_FOUND",
          `Could not resolve to a Repository with the name '${owner}/${name}'.`,
        );
      }
      return repositoryNode(call, repository);
    },
    rateLimit: () => ({ cost: 1, limit: serverLimits.requestsPerHour, used: 1, nodeCount: 1 }),
  };
}
