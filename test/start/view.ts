import type { Annotation, CheckOutput, Conclusion, Status } from "../github/checks.ts";
import type { FileChange } from "../github/git/difference.ts";

/** Everything a person sees of one pull request at one moment: what the page and the terminal show. */
export interface PullRequestView {
  /** `owner/name`. */
  readonly repository: string;
  readonly number: number;
  readonly title: string;
  readonly body: string | null;
  readonly state: "open" | "closed" | "merged";
  readonly author: string;
  readonly createdAt: string;
  readonly base: string;
  readonly head: string;
  readonly headSha: string;
  readonly commits: number;
  /** Null until the app has said that it is looking. */
  readonly check: CheckView | null;
  readonly files: readonly FileChange[];
  readonly lineComments: readonly LineComment[];
  /** Oldest first. */
  readonly conversation: readonly CommentView[];
  /** Newest first. */
  readonly deliveries: readonly DeliveryView[];
  /** What may be pressed now. */
  readonly actions: readonly ActionView[];
  /** Who may comment. */
  readonly people: readonly string[];
}

export interface CheckView {
  readonly name: string;
  readonly headSha: string;
  readonly status: Status;
  readonly conclusion: Conclusion | null;
  readonly startedAt: string;
  readonly completedAt: string | null;
  readonly output: CheckOutput;
  readonly annotations: readonly Annotation[];
}

export interface LineComment {
  readonly path: string;
  readonly side: "LEFT" | "RIGHT";
  readonly line: number;
  readonly author: string;
  readonly body: string;
  readonly createdAt: string;
}

export interface CommentView {
  readonly id: string;
  readonly author: string;
  /** `commented`, `reviewed`. */
  readonly did: string;
  /** Whether it speaks of what is no longer there: shown folded. */
  readonly outdated?: boolean;
  readonly body: string;
  readonly createdAt: string;
  readonly edited: boolean;
}

export interface DeliveryView {
  /** `pull_request.opened`. */
  readonly event: string;
  readonly status: string;
  readonly statusCode: number;
  readonly deliveredAt: string;
  /** Seconds. */
  readonly duration: number;
  readonly redelivery: boolean;
}

/** A button. */
export interface ActionView {
  readonly id: string;
  readonly label: string;
  /** What will happen. */
  readonly explanation: string;
  /** The one that leads on. */
  readonly primary?: boolean;
}
