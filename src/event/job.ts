import type { RepositoryRef } from "../github/port.ts";

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
  readonly url: string;
  /** What the event saw, when it saw anything: the API may still show less (webhooks overtake replication). */
  readonly seen: { readonly head: string; readonly updatedAt: number } | null;
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

/** What a webhook asks for. It never says what changed: everything is read again from GitHub. */
export type Job = PullRequestJob | HeadJob | PushJob;
