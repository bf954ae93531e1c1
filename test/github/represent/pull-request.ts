import { changedFiles, type PullRequest } from "../pull-request.ts";
import type { Repository } from "../repository.ts";
import type { Account } from "../world.ts";
import { accountJson } from "./account.ts";
import type { Links } from "./links.ts";
import { repositoryJson, repositoryPage, repositoryUrl } from "./repository.ts";

/** What GitHub shows of a pull request's head and of its test merge, which may lag behind the truth. */
export interface ShownState {
  readonly headSha: string;
  /** `unknown` while GitHub still computes it. */
  readonly mergeable: boolean | "unknown";
  readonly mergeCommit: string | null;
}

/** What is known without making a test merge: webhooks and lists never wait for one. */
export function knownState(pull: PullRequest, headSha = pull.headSha): ShownState {
  return { headSha, mergeable: "unknown", mergeCommit: pull.merged?.sha ?? pull.shownMerge };
}

/** The state with a real test merge of the head into the base's present tip. */
export async function mergedState(pull: PullRequest): Promise<ShownState> {
  const { git } = pull.repository;
  const base = await git.tip(pull.baseRef);
  if (pull.merged !== null || base === null) return knownState(pull);
  const mergeCommit = await git.testMerge(base, pull.headSha);
  pull.shownMerge = mergeCommit;
  return { headSha: pull.headSha, mergeable: mergeCommit !== null, mergeCommit };
}

/** As lists of pull requests show one: GitHub's `pull-request-simple`. */
export function pullSummaryJson(links: Links, pull: PullRequest, shown: ShownState) {
  const { repository, headRepository } = pull;
  const url = `${repositoryUrl(links, repository)}/pulls/${pull.number}`;
  const issue = `${repositoryUrl(links, repository)}/issues/${pull.number}`;
  const page = `${repositoryPage(links, repository)}/pull/${pull.number}`;
  const statuses = `${repositoryUrl(links, repository)}/statuses/${shown.headSha}`;
  const reviewComment = `${repositoryUrl(links, repository)}/pulls/comments{/number}`;
  return {
    id: pull.id,
    node_id: `PR_${pull.id}`,
    number: pull.number,
    state: pull.state,
    title: pull.title,
    body: pull.body,
    user: accountJson(links, pull.author),
    draft: pull.draft,
    locked: false,
    head: branchJson(links, headRepository, pull.headRef, shown.headSha),
    base: branchJson(links, repository, pull.baseRef, pull.baseSha),
    merge_commit_sha: shown.mergeCommit,
    created_at: pull.createdAt,
    updated_at: pull.updatedAt,
    closed_at: pull.closedAt,
    merged_at: pull.merged?.at ?? null,
    author_association: "CONTRIBUTOR",
    auto_merge: null,
    active_lock_reason: null,
    assignee: null,
    assignees: [],
    labels: [],
    milestone: null,
    requested_reviewers: [],
    requested_teams: [],
    url,
    html_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    issue_url: issue,
    comments_url: `${issue}/comments`,
    commits_url: `${url}/commits`,
    review_comments_url: `${url}/comments`,
    review_comment_url: reviewComment,
    statuses_url: statuses,
    _links: {
      self: { href: url },
      html: { href: page },
      issue: { href: issue },
      comments: { href: `${issue}/comments` },
      commits: { href: `${url}/commits` },
      review_comments: { href: `${url}/comments` },
      review_comment: { href: reviewComment },
      statuses: { href: statuses },
    },
  };
}

/** As `GET /pulls/{n}` and webhooks show one: GitHub's `pull-request`. */
export async function pullJson(links: Links, pull: PullRequest, shown: ShownState) {
  const files = await changedFiles(pull, shown.headSha);
  const commits = await pull.repository.git.commitsBetween(pull.baseSha, shown.headSha);
  return {
    ...pullSummaryJson(links, pull, shown),
    merged: pull.merged !== null,
    merged_by: accountOrNull(links, pull.merged?.by),
    mergeable: shown.mergeable === "unknown" ? null : shown.mergeable,
    mergeable_state: mergeableState(shown),
    rebaseable: shown.mergeable === "unknown" ? null : shown.mergeable,
    maintainer_can_modify: false,
    comments: pull.comments.length,
    review_comments: pull.reviewComments.length,
    commits: commits.length,
    additions: files.reduce((sum, file) => sum + file.additions, 0),
    deletions: files.reduce((sum, file) => sum + file.deletions, 0),
    changed_files: files.length,
  };
}

/** As check runs and suites name one: GitHub's `pull-request-minimal`. */
export function pullReferenceJson(links: Links, pull: PullRequest) {
  const end = (repository: Repository, ref: string, sha: string) => ({
    ref,
    sha,
    repo: { id: repository.id, name: repository.name, url: repositoryUrl(links, repository) },
  });
  return {
    id: pull.id,
    number: pull.number,
    url: `${repositoryUrl(links, pull.repository)}/pulls/${pull.number}`,
    head: end(pull.headRepository, pull.headRef, pull.headSha),
    base: end(pull.repository, pull.baseRef, pull.baseSha),
  };
}

function branchJson(links: Links, repository: Repository, ref: string, sha: string) {
  return {
    label: `${repository.owner.login}:${ref}`,
    ref,
    sha,
    user: accountJson(links, repository.owner),
    repo: repositoryJson(links, repository),
  };
}

function mergeableState(shown: ShownState): string {
  if (shown.mergeable === "unknown") return "unknown";
  return shown.mergeable ? "clean" : "dirty";
}

const accountOrNull = (links: Links, account: Account | undefined) =>
  account === undefined ? null : accountJson(links, account);
