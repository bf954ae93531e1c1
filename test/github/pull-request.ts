import type { FileChange } from "./git/difference.ts";
import type { Side } from "./git/hunk.ts";
import { serverLimits } from "./limits.ts";
import type { Repository } from "./repository.ts";
import type { Account } from "./world.ts";

export interface PullRequest {
  readonly id: number;
  readonly number: number;
  /** The repository it goes into. */
  readonly repository: Repository;
  /** Where the head branch lives: the repository itself or a fork. */
  readonly headRepository: Repository;
  readonly headRef: string;
  headSha: string;
  /** The head before the last push, which a reader sees while GitHub has not caught up. */
  previousHeadSha: string;
  baseRef: string;
  /** Tip of the base when the pull request was last opened, pushed to or retargeted: GitHub does not move it along. */
  baseSha: string;
  /** The last test merge anybody was shown; GitHub shows it on until it has made the next. */
  shownMerge: string | null;
  readonly title: string;
  readonly body: string | null;
  readonly author: Account;
  readonly draft: boolean;
  state: "open" | "closed";
  merged: { readonly sha: string; readonly at: string; readonly by: Account } | null;
  readonly createdAt: string;
  updatedAt: string;
  closedAt: string | null;
  readonly comments: IssueComment[];
  readonly reviews: Review[];
  readonly reviewComments: ReviewComment[];
}

export interface IssueComment {
  readonly id: number;
  readonly author: Account;
  body: string;
  readonly createdAt: string;
  updatedAt: string;
  /** When the body was last changed; null for a comment as it was written. */
  lastEditedAt: string | null;
  minimized: string | null;
  /** The app's own reactions. */
  readonly reactions: Reaction[];
}

export type Reaction = "+1" | "-1" | "laugh" | "confused" | "heart" | "hooray" | "rocket" | "eyes";

export type ReviewState = "APPROVED" | "CHANGES_REQUESTED" | "COMMENTED" | "PENDING" | "DISMISSED";

export interface Review {
  readonly id: number;
  readonly author: Account;
  readonly body: string;
  state: ReviewState;
  readonly commit: string;
  readonly submittedAt: string;
}

export interface ReviewComment {
  readonly id: number;
  readonly review: Review;
  readonly path: string;
  readonly side: Side;
  readonly line: number;
  readonly startSide: Side | null;
  readonly startLine: number | null;
  readonly hunk: string;
  body: string;
  readonly createdAt: string;
  resolved: boolean;
}

/** Files of the pull request: three-dot, from the merge base to the head, at most GitHub's 3,000. */
export async function changedFiles(pull: PullRequest, head = pull.headSha): Promise<FileChange[]> {
  const { git } = pull.repository;
  const base = (await git.mergeBase(pull.baseSha, head)) ?? pull.baseSha;
  return (await git.changes(base, head)).slice(0, serverLimits.pullRequestFiles);
}

/** Whether the head lives in another repository than the base. */
export function isFromFork(pull: PullRequest): boolean {
  return pull.headRepository !== pull.repository;
}
