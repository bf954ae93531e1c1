import type { Conversation, GivenReview, Remark } from "../policy/approvals/conversation.ts";

/** An account as GraphQL shows it; only people have an id here. */
export interface AuthorNode {
  readonly __typename: string;
  readonly login: string;
  readonly databaseId?: number | null;
}
export interface CommentNode {
  readonly databaseId: number;
  readonly body: string;
  readonly viewerDidAuthor: boolean;
  readonly author: AuthorNode | null;
  readonly createdAt: string;
  readonly lastEditedAt: string | null;
}
export interface ReviewNode {
  readonly databaseId: number;
  readonly author: AuthorNode | null;
  readonly state: string;
  readonly submittedAt: string | null;
  readonly lastEditedAt: string | null;
  readonly commit: { readonly oid: string } | null;
}

export const authorFields = "__typename login ... on User { databaseId }";
export const commentFields = `databaseId body viewerDidAuthor author { ${authorFields} } createdAt lastEditedAt`;
export const reviewFields = `databaseId author { ${authorFields} } state submittedAt lastEditedAt commit { oid }`;

/** What was said on a pull request, from the nodes of a query. */
export function conversationOf(
  repository: number,
  pull: { readonly number: number; readonly headRefOid: string; readonly author: AuthorNode | null },
  comments: readonly CommentNode[],
  reviews: readonly ReviewNode[],
): Conversation {
  return {
    repository,
    pull: pull.number,
    head: pull.headRefOid,
    author: accountOf(pull.author),
    comments: comments.map(remarkOf),
    reviews: reviews.flatMap(reviewOf),
  };
}

function remarkOf({
  databaseId,
  body,
  viewerDidAuthor,
  author,
  createdAt,
  lastEditedAt,
}: CommentNode): Remark {
  return {
    id: databaseId,
    author: accountOf(author),
    ours: viewerDidAuthor,
    body,
    createdAt: Date.parse(createdAt),
    edited: lastEditedAt !== null,
  };
}

/** Not those that are still being written. */
function reviewOf({
  databaseId,
  author,
  state,
  submittedAt,
  lastEditedAt,
  commit,
}: ReviewNode): GivenReview[] {
  if (submittedAt === null || commit === null) return [];
  const review = { id: databaseId, author: accountOf(author), approving: state === "APPROVED" };
  return [
    { ...review, commit: commit.oid, submittedAt: Date.parse(submittedAt), edited: lastEditedAt !== null },
  ];
}

/** Bots are accounts without an id of a person. */
function accountOf(author: AuthorNode | null) {
  if (author === null) return null;
  return { id: author.databaseId ?? 0, login: author.login, human: author.__typename === "User" };
}
