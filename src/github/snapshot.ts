import type { Conversation } from "../policy/approvals/conversation.ts";
import type { Connection } from "./connection.ts";
import {
  type AuthorNode,
  authorFields,
  type CommentNode,
  commentFields,
  conversationOf,
  type ReviewNode,
  reviewFields,
} from "./conversation.ts";
import { limits } from "./limits.ts";
import { Listing, type Page } from "./listing.ts";
import { markedFingerprints } from "./marker.ts";
import { type PolicyNodes, policyFields, policyFileOf } from "./policy-file.ts";
import { GitHubFault, type PolicyFile, type PullRequestState, type RepositoryRef } from "./port.ts";

/** A pull request's state, and when GitHub last changed it (milliseconds since 1970). */
export interface PullRequestSnapshot extends PullRequestState {
  readonly updatedAt: number;
}

interface ThreadNode {
  readonly comments: {
    readonly nodes: readonly { readonly body: string; readonly viewerDidAuthor: boolean }[];
  };
}
interface PullNode {
  readonly number: number;
  readonly headRefOid: string;
}
interface PullRequestNode {
  readonly id: string;
  readonly number: number;
  readonly state: "OPEN" | "CLOSED" | "MERGED";
  readonly title: string;
  readonly url: string;
  readonly updatedAt: string;
  readonly author: AuthorNode | null;
  readonly baseRefName: string;
  readonly baseRefOid: string;
  readonly baseRef: { readonly target: { readonly oid: string } } | null;
  readonly headRefOid: string;
  readonly mergeable: "MERGEABLE" | "CONFLICTING" | "UNKNOWN";
  readonly potentialMergeCommit: {
    readonly oid: string;
    readonly parents: { readonly nodes: readonly { readonly oid: string }[] };
  } | null;
  readonly comments?: Page<CommentNode>;
  readonly reviews?: Page<ReviewNode>;
  readonly reviewThreads?: Page<ThreadNode>;
}
interface Answer {
  readonly repository:
    | (PolicyNodes & {
        readonly databaseId: number;
        readonly pullRequest: PullRequestNode | null;
        readonly pullRequests?: Page<PullNode>;
      })
    | null;
}

/**
 * All that is to know of a pull request in one request. Lists come in pages; the same query asks for the next pages of
 * those lists that have more. `mergeable` is asked for because asking makes GitHub compute the test merge.
 */
const query = `
query PullRequest(
  $owner: String!, $name: String!, $number: Int!,
  $comments: String, $reviews: String, $threads: String, $pulls: String,
  $withComments: Boolean!, $withReviews: Boolean!, $withThreads: Boolean!, $withPulls: Boolean!
) {
  repository(owner: $owner, name: $name) {
    databaseId
    ${policyFields}
    pullRequest(number: $number) {
      id number state title url updatedAt
      author { ${authorFields} }
      baseRefName baseRefOid baseRef { target { oid } }
      headRefOid
      mergeable
      potentialMergeCommit { oid parents(first: 2) { nodes { oid } } }
      comments(first: ${limits.pageSize}, after: $comments) @include(if: $withComments) {
        pageInfo { hasNextPage endCursor }
        nodes { ${commentFields} }
      }
      reviews(first: ${limits.pageSize}, after: $reviews) @include(if: $withReviews) {
        pageInfo { hasNextPage endCursor }
        nodes { ${reviewFields} }
      }
      reviewThreads(first: ${limits.pageSize}, after: $threads) @include(if: $withThreads) {
        pageInfo { hasNextPage endCursor }
        nodes { comments(first: 1) { nodes { body viewerDidAuthor } } }
      }
    }
    pullRequests(states: OPEN, first: ${limits.pageSize}, after: $pulls) @include(if: $withPulls) {
      pageInfo { hasNextPage endCursor }
      nodes { number headRefOid }
    }
  }
}`;

/** Reads a pull request as GitHub has it now. A pull request that is not there is a fault with status 404. */
export async function readPullRequest(
  connection: Connection,
  repository: RepositoryRef,
  number: number,
): Promise<PullRequestSnapshot> {
  const comments = new Listing<CommentNode>();
  const reviews = new Listing<ReviewNode>();
  const threads = new Listing<ThreadNode>();
  const pulls = new Listing<PullNode>();
  for (;;) {
    const { data } = await connection.graphql<Answer>(query, {
      owner: repository.owner,
      name: repository.name,
      number,
      comments: comments.cursor,
      reviews: reviews.cursor,
      threads: threads.cursor,
      pulls: pulls.cursor,
      withComments: comments.more,
      withReviews: reviews.more,
      withThreads: threads.more,
      withPulls: pulls.more,
    });
    const found = data?.repository;
    // A new repository under the old name of a renamed one is somebody else's.
    if (!found?.pullRequest || found.databaseId !== repository.id) {
      throw new GitHubFault(
        `GitHub shows no pull request ${number} in ${repository.owner}/${repository.name}`,
        404,
      );
    }
    comments.add(found.pullRequest.comments);
    reviews.add(found.pullRequest.reviews);
    threads.add(found.pullRequest.reviewThreads);
    pulls.add(found.pullRequests);
    if ([comments, reviews, threads, pulls].some(({ more }) => more)) continue;
    const policy = await policyFileOf(connection, repository, found);
    const { pullRequest: pull, defaultBranchRef } = found;
    const conversation = conversationOf(repository.id, pull, comments.nodes, reviews.nodes);
    return assemble(pull, policy, conversation, threads.nodes, pulls.nodes, defaultBranchRef?.name);
  }
}

function assemble(
  pull: PullRequestNode,
  repositoryPolicy: PolicyFile,
  conversation: Conversation,
  threads: readonly ThreadNode[],
  open: readonly PullNode[],
  defaultBranch = pull.baseRefName,
): PullRequestSnapshot {
  const baseTip = pull.baseRef?.target.oid ?? pull.baseRefOid;
  const siblings = open
    .filter(({ headRefOid }) => headRefOid === pull.headRefOid)
    .map(({ number }) => number);
  const ownThreads = threads
    .flatMap(({ comments: { nodes } }) => nodes[0] ?? [])
    .filter((first) => first.viewerDidAuthor);
  return {
    number: pull.number,
    nodeId: pull.id,
    state: ({ OPEN: "open", CLOSED: "closed", MERGED: "merged" } as const)[pull.state],
    title: pull.title,
    author: pull.author?.login ?? "ghost",
    url: pull.url,
    updatedAt: Date.parse(pull.updatedAt),
    baseRef: pull.baseRefName,
    baseTip,
    head: pull.headRefOid,
    testMerge: testMergeOf(pull, baseTip),
    defaultBranch,
    sameHead:
      pull.state === "OPEN" ? [...new Set([...siblings, pull.number])].sort((a, b) => a - b) : siblings,
    ownComments: conversation.comments.filter(({ ours }) => ours).map(({ id, body }) => ({ id, body })),
    conversation,
    repositoryPolicy,
    commentedFingerprints: new Set(ownThreads.flatMap(({ body }) => markedFingerprints(body))),
  };
}

/** GitHub keeps showing the test merge of an earlier base tip or head until it has made the new one. */
function testMergeOf({ potentialMergeCommit, headRefOid }: PullRequestNode, baseTip: string): string | null {
  const parents = potentialMergeCommit?.parents.nodes.map(({ oid }) => oid) ?? [];
  return parents[0] === baseTip && parents[1] === headRefOid ? (potentialMergeCommit?.oid ?? null) : null;
}
