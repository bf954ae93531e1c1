import type { GitHubApp } from "./app.ts";
import { limits } from "./limits.ts";
import { Listing, type Page } from "./listing.ts";
import { queuePermissions } from "./manifest.ts";
import { GitHubFault, type MergeGroupState, type RepositoryRef } from "./port.ts";

interface EntryNode {
  readonly position: number;
  readonly headCommit: { readonly oid: string } | null;
  readonly pullRequest: { readonly number: number } | null;
}
interface Answer {
  readonly repository: {
    readonly ref: { readonly target: { readonly oid: string } } | null;
    readonly mergeQueue: { readonly entries: Page<EntryNode> } | null;
  } | null;
}

const query = `
query MergeGroup($owner: String!, $name: String!, $ref: String!, $branch: String!, $entries: String) {
  repository(owner: $owner, name: $name) {
    ref(qualifiedName: $ref) { target { oid } }
    mergeQueue(branch: $branch) {
      entries(first: ${limits.pageSize}, after: $entries) {
        pageInfo { hasNextPage endCursor }
        nodes { position headCommit { oid } pullRequest { number } }
      }
    }
  }
}`;

/**
 * Who is in the group whose head is `head`, and where its branch stands. Every entry at or before the head's counts: what
 * is queued before is on its way into the branch too, and `base_sha` of the event is only the parent commit.
 */
export async function readMergeGroup(
  app: GitHubApp,
  installation: number,
  { id, owner, name }: RepositoryRef,
  branch: string,
  head: string,
): Promise<MergeGroupState> {
  // A token of its own: an installation that has not accepted the permission can do everything else all the same.
  const scope = { repositories: { repository_ids: [id] }, permissions: queuePermissions };
  const connection = app.connect(installation, scope);
  const listing = new Listing<EntryNode>();
  let baseTip: string | undefined;
  while (listing.more) {
    const variables = { owner, name, branch, ref: `refs/heads/${branch}`, entries: listing.cursor };
    const { data } = await connection.graphql<Answer>(query, variables);
    baseTip = data?.repository?.ref?.target.oid;
    listing.add(data?.repository?.mergeQueue?.entries);
  }
  if (baseTip === undefined) throw new GitHubFault(`GitHub shows no branch ${branch}`, 404);
  const last = listing.nodes.find(({ headCommit }) => headCommit?.oid === head)?.position ?? 0;
  const before = listing.nodes.filter(({ position }) => position <= last);
  return { head, branch, baseTip, members: before.flatMap(({ pullRequest }) => pullRequest?.number ?? []) };
}
