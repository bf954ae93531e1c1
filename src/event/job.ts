import type { RepositoryRef } from "../github/port.ts";
import type { Remark } from "../policy/approvals/conversation.ts";
import type { Account } from "../policy/approvals/facts.ts";

/** Where a webhook came from, and under which name GitHub delivered it. */
interface Occasion {
  /** Id of the installation whose token may be used. */
  readonly installation: number;
  readonly repository: RepositoryRef;
  /** `X-GitHub-Delivery`: the same for a redelivery. */
  readonly delivery: string;
  /** For the log: `pull_request.opened`. */
  readonly reason: string;
}

/** Look at one pull request again. */
export interface PullRequestJob extends Occasion {
  readonly kind: "pull-request";
  readonly number: number;
  /** Null where only the number is known. */
  readonly url: string | null;
  /** What the event saw, when it saw anything: the API may still show less (webhooks overtake replication). */
  readonly seen: { readonly head: string; readonly updatedAt: number } | null;
  readonly said?: Said;
}

/** What an event says that GitHub cannot be asked for later. It may only withdraw; a press has nothing but its event. */
export interface Said {
  /** Id of a comment that holds a command: to be acknowledged at once. */
  readonly command?: number;
  /** A comment or review that was edited, deleted or dismissed: `comment:17`. */
  readonly withdrawn?: string;
  /** A `/revoke` as it was before it was edited or deleted. */
  readonly revoked?: Remark;
  readonly pressed?: Press;
}

/** Somebody pressed one of the check's buttons. */
export interface Press {
  /** `X-GitHub-Delivery`: the same for a redelivery. */
  readonly delivery: string;
  readonly by: Account;
  readonly head: string;
  readonly identifier: string;
}

/** Look at every open pull request whose head is this commit: somebody pressed "Re-run". */
export interface HeadJob extends Occasion {
  readonly kind: "head";
  readonly head: string;
}

/** A branch moved: look at the pull requests into it that it may concern. */
export interface PushJob extends Occasion {
  readonly kind: "push";
  readonly branch: string;
  readonly defaultBranch: string;
  /** Null when the push created the branch. */
  readonly before: string | null;
  readonly after: string;
}

/** A merge group waits for checks: evaluate what the branch would become. */
export interface MergeGroupJob extends Occasion {
  readonly kind: "merge-group";
  readonly head: string;
  /** The branch it goes into. */
  readonly branch: string;
  /** GitHub has merged it, or done away with it. */
  readonly ended: boolean;
}

/** What a webhook asks for. It never says what changed: everything is read again from GitHub. */
export type Job = PullRequestJob | HeadJob | PushJob | MergeGroupJob;
