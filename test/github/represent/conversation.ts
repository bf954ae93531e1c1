import type { IssueComment, PullRequest, Reaction, Review, ReviewComment } from "../pull-request.ts";
import type { World } from "../world.ts";
import { accountJson, appJson } from "./account.ts";
import type { Links } from "./links.ts";
import { repositoryPage, repositoryUrl } from "./repository.ts";

/** GitHub's `reaction-rollup`. */
export function reactionsJson(url: string, reactions: readonly Reaction[] = []) {
  const counts = { "+1": 0, "-1": 0, laugh: 0, confused: 0, heart: 0, hooray: 0, eyes: 0, rocket: 0 };
  for (const reaction of reactions) counts[reaction] += 1;
  return { url: `${url}/reactions`, total_count: reactions.length, ...counts };
}

/** A comment on the pull request's timeline as GitHub's `issue-comment`. */
export function commentJson(world: World, links: Links, pull: PullRequest, comment: IssueComment) {
  const url = `${repositoryUrl(links, pull.repository)}/issues/comments/${comment.id}`;
  return {
    id: comment.id,
    node_id: `IC_${comment.id}`,
    url,
    html_url: `${repositoryPage(links, pull.repository)}/pull/${pull.number}#issuecomment-${comment.id}`,
    issue_url: `${repositoryUrl(links, pull.repository)}/issues/${pull.number}`,
    user: accountJson(links, comment.author),
    author_association: associationOf(comment.author.type),
    body: comment.body,
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    performed_via_github_app: comment.author === world.app.bot ? appJson(links, world.app) : null,
    reactions: reactionsJson(url, comment.reactions),
  };
}

/** The pull request as the issue that `issue_comment` events carry. */
export function issueJson(links: Links, pull: PullRequest) {
  const repository = repositoryUrl(links, pull.repository);
  const url = `${repository}/issues/${pull.number}`;
  const page = `${repositoryPage(links, pull.repository)}/pull/${pull.number}`;
  return {
    id: pull.id,
    node_id: `PR_${pull.id}`,
    number: pull.number,
    title: pull.title,
    body: pull.body,
    state: pull.state,
    state_reason: null,
    draft: pull.draft,
    locked: false,
    active_lock_reason: null,
    user: accountJson(links, pull.author),
    author_association: "CONTRIBUTOR",
    assignee: null,
    assignees: [],
    labels: [],
    milestone: null,
    comments: pull.comments.length,
    created_at: pull.createdAt,
    updated_at: pull.updatedAt,
    closed_at: pull.closedAt,
    performed_via_github_app: null,
    reactions: reactionsJson(url),
    url,
    html_url: page,
    repository_url: repository,
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    timeline_url: `${url}/timeline`,
    pull_request: {
      url: `${repository}/pulls/${pull.number}`,
      html_url: page,
      diff_url: `${page}.diff`,
      patch_url: `${page}.patch`,
      merged_at: pull.merged?.at ?? null,
    },
  };
}

/** A review as GitHub's `pull-request-review`. */
export function reviewJson(links: Links, pull: PullRequest, review: Review) {
  const page = `${repositoryPage(links, pull.repository)}/pull/${pull.number}#pullrequestreview-${review.id}`;
  const pullUrl = `${repositoryUrl(links, pull.repository)}/pulls/${pull.number}`;
  return {
    id: review.id,
    node_id: `PRR_${review.id}`,
    user: accountJson(links, review.author),
    body: review.body,
    state: review.state,
    commit_id: review.commit,
    author_association: associationOf(review.author.type),
    html_url: page,
    pull_request_url: pullUrl,
    ...(review.state === "PENDING" ? {} : { submitted_at: review.submittedAt }),
    _links: { html: { href: page }, pull_request: { href: pullUrl } },
  };
}

/** An inline comment as GitHub's `pull-request-review-comment`. */
export function reviewCommentJson(links: Links, pull: PullRequest, comment: ReviewComment) {
  const url = `${repositoryUrl(links, pull.repository)}/pulls/comments/${comment.id}`;
  const page = `${repositoryPage(links, pull.repository)}/pull/${pull.number}#discussion_r${comment.id}`;
  const pullUrl = `${repositoryUrl(links, pull.repository)}/pulls/${pull.number}`;
  return {
    id: comment.id,
    node_id: `PRRC_${comment.id}`,
    pull_request_review_id: comment.review.id,
    url,
    html_url: page,
    pull_request_url: pullUrl,
    diff_hunk: comment.hunk,
    path: comment.path,
    commit_id: comment.review.commit,
    original_commit_id: comment.review.commit,
    user: accountJson(links, comment.review.author),
    author_association: associationOf(comment.review.author.type),
    body: comment.body,
    created_at: comment.createdAt,
    updated_at: comment.createdAt,
    side: comment.side,
    line: comment.line,
    original_line: comment.line,
    start_side: comment.startSide,
    start_line: comment.startLine,
    original_start_line: comment.startLine,
    position: comment.hunk.split("\n").length - 1,
    original_position: comment.hunk.split("\n").length - 1,
    subject_type: "line",
    reactions: reactionsJson(url),
    _links: { self: { href: url }, html: { href: page }, pull_request: { href: pullUrl } },
  };
}

/** Private members of an organisation show as CONTRIBUTOR too: the field authorises nobody. */
const associationOf = (type: string) => (type === "Bot" ? "NONE" : "CONTRIBUTOR");
