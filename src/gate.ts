import type { CheckReport, GitHub, PullRequestState, ReviewComment } from "./github/port.ts";

/** What Sluice has to say about one pull request at one moment. */
export interface Verdict {
  readonly pull: PullRequestState;
  readonly report: CheckReport;
  /** The one report comment; null when there is nothing to say that the check does not. */
  readonly comment: string | null;
  readonly reviewComments: readonly ReviewComment[];
  /** What the pull request changes: object ids and hosts, so that a push to the base knows whom it concerns. */
  readonly touches: { readonly objects: readonly string[]; readonly hosts: readonly string[] };
}

/** THE STORY, as the durable room calls it. `now` is milliseconds since 1970. */
export type Judge = (github: GitHub, pull: PullRequestState, now: number) => Promise<Verdict>;
