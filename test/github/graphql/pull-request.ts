import type { Call } from "../http/call.ts";
import type { IssueComment, PullRequest, Review, ReviewComment } from "../pull-request.ts";
import { commentJson, reviewCommentJson, reviewJson } from "../represent/conversation.ts";
import type { ShownState } from "../represent/pull-request.ts";
import { repositoryPage } from "../represent/repository.ts";
import { shownState } from "../rest/pulls.ts";
import type { Account } from "../world.ts";
import { type ConnectionArguments, connection } from "./connection.ts";
import { gitObject, ref } from "./git-object.ts";
import { repositoryNode, stateOf } from "./repository.ts";

/** GraphQL's `PullRequest`. */
export function pullRequest(call: Call, pull: PullRequest) {
  const { repository, headRepository } = pull;
  const headSha = call.services.visibility.headOf(call, pull);
  let shown: Promise<ShownState> | null = null;
  const merge = () => {
    shown ??= shownState(call, pull); // made only for a query that asks
    return shown;
  };
  return {
    __typename: "PullRequest",
    id: `PR_${pull.id}`,
    databaseId: pull.id,
    number: pull.number,
    title: pull.title,
    body: pull.body ?? "",
    state: stateOf(pull),
    closed: pull.state === "closed",
    merged: pull.merged !== null,
    isDraft: pull.draft,
    isCrossRepository: headRepository !== repository,
    url: `${repositoryPage(call.links, repository)}/pull/${pull.number}`,
    createdAt: pull.createdAt,
    updatedAt: pull.updatedAt,
    closedAt: pull.closedAt,
    mergedAt: pull.merged?.at ?? null,
    author: actor(pull.author),
    repository: () => repositoryNode(call, repository),
    headRepository: () => repositoryNode(call, headRepository),
    baseRefName: pull.baseRef,
    baseRefOid: pull.baseSha,
    baseRef: () => ref(call, repository, pull.baseRef),
    headRefName: pull.headRef,
    headRefOid: headSha,
    headRef: () => ref(call, headRepository, pull.headRef, headSha),
    mergeable: async () => mergeableState((await merge()).mergeable),
    potentialMergeCommit: async () =>
      pull.merged === null ? commit(call, pull, (await merge()).mergeCommit) : null,
    mergeCommit: () => commit(call, pull, pull.merged?.sha ?? null),
    comments: (args: ConnectionArguments) =>
      connection("comments", pull.comments, args, (comment) => issueComment(call, pull, comment)),
    reviews: (args: ConnectionArguments) =>
      connection("reviews", pull.reviews, args, (review) => reviewNode(call, pull, review)),
    reviewThreads: (args: ConnectionArguments) =>
      connection("reviewThreads", visible(pull.reviewComments), args, (comment) =>
        thread(call, pull, comment),
      ),
  };
}

/** GraphQL's `IssueComment`. */
export function issueComment(call: Call, pull: PullRequest, comment: IssueComment) {
  const json = commentJson(call.world, call.links, pull, comment);
  return {
    __typename: "IssueComment",
    id: json.node_id,
    databaseId: comment.id,
    fullDatabaseId: String(comment.id),
    author: actor(comment.author),
    authorAssociation: json.author_association,
    body: comment.body,
    createdAt: comment.createdAt,
    updatedAt: comment.updatedAt,
    lastEditedAt: comment.lastEditedAt,
    includesCreatedEdit: comment.lastEditedAt !== null,
    isMinimized: comment.minimized !== null,
    minimizedReason: comment.minimized?.toLowerCase() ?? null,
    url: json.html_url,
    viewerDidAuthor: comment.author === call.world.app.bot,
  };
}

function reviewNode(call: Call, pull: PullRequest, review: Review) {
  const json = reviewJson(call.links, pull, review);
  return {
    __typename: "PullRequestReview",
    id: json.node_id,
    databaseId: review.id,
    author: actor(review.author),
    authorAssociation: json.author_association,
    body: review.body,
    state: review.state,
    createdAt: review.submittedAt,
    submittedAt: review.state === "PENDING" ? null : review.submittedAt,
    lastEditedAt: null,
    url: json.html_url,
    viewerDidAuthor: review.author === call.world.app.bot,
    commit: () => commit(call, pull, review.commit),
  };
}

/** One thread per inline comment: this GitHub knows no replies. */
function thread(call: Call, pull: PullRequest, comment: ReviewComment) {
  return {
    __typename: "PullRequestReviewThread",
    id: `PRRT_${comment.id}`,
    isResolved: comment.resolved,
    isCollapsed: comment.resolved,
    path: comment.path,
    line: comment.line,
    originalLine: comment.line,
    startLine: comment.startLine,
    originalStartLine: comment.startLine,
    diffSide: comment.side,
    startDiffSide: comment.startSide,
    comments: (args: ConnectionArguments) =>
      connection("comments", [comment], args, (only) => reviewComment(call, pull, only)),
  };
}

function reviewComment(call: Call, pull: PullRequest, comment: ReviewComment) {
  const json = reviewCommentJson(call.links, pull, comment);
  return {
    __typename: "PullRequestReviewComment",
    id: json.node_id,
    databaseId: comment.id,
    fullDatabaseId: String(comment.id),
    author: actor(comment.review.author),
    body: comment.body,
    path: comment.path,
    line: comment.line,
    originalLine: comment.line,
    startLine: comment.startLine,
    diffHunk: comment.hunk,
    createdAt: comment.createdAt,
    updatedAt: comment.createdAt,
    lastEditedAt: null,
    isMinimized: false,
    url: json.html_url,
    viewerDidAuthor: comment.review.author === call.world.app.bot,
    commit: () => commit(call, pull, comment.review.commit),
  };
}

/** GraphQL's `Actor`. A bot's login lacks the `[bot]` that REST shows. */
export function actor(account: Account) {
  return {
    __typename: account.type,
    id: `U_${account.id}`,
    databaseId: account.id,
    login: account.login.replace(/\[bot\]$/, ""),
  };
}

const visible = (comments: readonly ReviewComment[]) =>
  comments.filter(({ review }) => review.state !== "PENDING");

function commit(call: Call, pull: PullRequest, oid: string | null) {
  return oid === null ? null : gitObject(call, pull.repository, { oid, type: "commit", size: 0 });
}

function mergeableState(mergeable: boolean | "unknown"): "MERGEABLE" | "CONFLICTING" | "UNKNOWN" {
  if (mergeable === "unknown") return "UNKNOWN";
  return mergeable ? "MERGEABLE" : "CONFLICTING";
}
