import type { Connection } from "./connection.ts";
import { limits } from "./limits.ts";
import { Listing, type Page } from "./listing.ts";
import type { RepositoryRef } from "./port.ts";

interface PullNode {
  readonly number: number;
  readonly headRefOid: string;
  readonly url: string;
}

const query = `
query OpenPullRequests($owner: String!, $name: String!, $pulls: String) {
  repository(owner: $owner, name: $name) {
    pullRequests(states: OPEN, first: ${limits.pageSize}, after: $pulls) {
      pageInfo { hasNextPage endCursor }
      nodes { number headRefOid url }
    }
  }
}`;

/**
 * The open pull requests whose head is `head`. Events name them only for branches of the same repository, never for
 * forks, so the list is read.
 */
export async function openPullRequestsAt(
  connection: Connection,
  { owner, name }: RepositoryRef,
  head: string,
): Promise<{ number: number; url: string }[]> {
  const pulls = new Listing<PullNode>();
  while (pulls.more) {
    const { data } = await connection.graphql<{
      repository: { pullRequests: Page<PullNode> } | null;
    }>(query, { owner, name, pulls: pulls.cursor });
    pulls.add(data?.repository?.pullRequests);
  }
  return pulls.nodes
    .filter(({ headRefOid }) => headRefOid === head)
    .map(({ number, url }) => ({ number, url }));
}
