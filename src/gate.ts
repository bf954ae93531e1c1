import { evaluate } from "./evaluation.ts";
import type { CheckReport, GitHub, PullRequestState, ReviewComment } from "./github/port.ts";
import { effectivePolicy } from "./policy/effective.ts";
import { policyLayers } from "./policy/layers.ts";
import { subjectOf } from "./policy/subject.ts";
import { readChange } from "./read-change.ts";
import { readPast } from "./read-past.ts";
import { checkReport } from "./report/check-run.ts";
import { reportComment } from "./report/comment.ts";
import { reviewComments } from "./report/review.ts";
import { type Session, type Settlement, settle } from "./settlement.ts";
import { filesWithPast } from "./traffic/past.ts";

/** What Sluice has to say about one pull request at one moment. */
export interface Verdict {
  readonly pull: PullRequestState;
  readonly report: CheckReport;
  /** The one report comment; null when there is nothing to say that the check does not. */
  readonly comment: string | null;
  readonly reviewComments: readonly ReviewComment[];
  /** What the pull request changes: object ids and hosts, so that a push to the base knows whom it concerns. */
  readonly touches: { readonly objects: readonly string[]; readonly hosts: readonly string[] };
  /** What to remember of the approvals. */
  readonly settlement?: Settlement;
}

/** How the durable room calls the story. `now` is milliseconds since 1970. */
export type Judge = (
  github: GitHub,
  pull: PullRequestState,
  now: number,
  session: Session,
) => Promise<Verdict>;

/**
 * THE STORY: fetch → parse → model → diff → check → settle → decide → report, for one pull request as GitHub has it now.
 * Between the reads there are only values; faults of GitHub are thrown to whoever can retry.
 */
export const judge: Judge = async (github, pull, now, session) => {
  const [organisation, { change, comparison, headOwn }] = await Promise.all([
    github.organisationPolicy(),
    readChange(github, pull),
  ]);
  const policy = effectivePolicy(
    policyLayers(organisation, pull.repositoryPolicy),
    "observe",
    subjectOf(pull),
  );
  const present = evaluate(change, policy, { now });
  const past = await readPast(github, filesWithPast(present.evidence.traffic.shifts));
  const evaluated = past.size === 0 ? present : evaluate(change, policy, { now, past });
  const { evaluation, settlement } = await settle(github, pull, evaluated, change, session, now);
  const context = { pull, comparison, headOwn };
  return {
    pull,
    report: checkReport(evaluation, context),
    comment: reportComment(evaluation, context),
    reviewComments: reviewComments(evaluation, context),
    touches: evaluation.touches,
    settlement,
  };
};
