import { evaluate } from "./evaluation.ts";
import type { CheckReport, GitHub, PolicyOwner, PullRequestState, ReviewComment } from "./github/port.ts";
import { subjectOf } from "./policy/subject.ts";
import { type GovernedPulls, readProposal } from "./policy-proposal.ts";
import { readChange } from "./read-change.ts";
import { readInventory } from "./read-inventory.ts";
import { readPast } from "./read-past.ts";
import { type PolicyMemory, readPolicyInForce } from "./read-policy.ts";
import { checkReport } from "./report/check-run.ts";
import { reportComment } from "./report/comment.ts";
import { withProposal } from "./report/policy-proposal.ts";
import { reviewComments } from "./report/review.ts";
import { firstTurn, type Turn } from "./rules/moment.ts";
import { type Session, type Settlement, settle } from "./settlement.ts";
import { suggestions } from "./suggestion.ts";

/** What Sluice has to say about one pull request at one moment. */
export interface Verdict {
  readonly pull: PullRequestState;
  readonly report: CheckReport;
  /** The one report comment; null when there is nothing to say that the check does not. */
  readonly comment: string | null;
  readonly reviewComments: readonly ReviewComment[];
  /** What the pull request changes: object ids and hosts, so that a push to the base knows whom it concerns. */
  readonly touches: { readonly objects: readonly string[]; readonly hosts: readonly string[] };
  /** What to remember of the policies. */
  readonly policies?: PolicyMemory;
  /** When the verdict may be another one though nothing happens: worth looking again then. Null: never. */
  readonly turn: Turn | null;
  /** What to remember of the approvals. */
  readonly settlement?: Settlement;
}

/** What a look works with besides GitHub. */
export interface Look extends Session {
  /** What earlier looks saw of the policies. */
  readonly policies: PolicyMemory;
  /** Whose policy the file in this repository is, and which open pull requests it is held against. */
  readonly policyFile: { readonly owner: PolicyOwner; governed(): Promise<GovernedPulls> };
}

/** How the durable room calls the story. `now` is milliseconds since 1970. */
export type Judge = (github: GitHub, pull: PullRequestState, now: number, look: Look) => Promise<Verdict>;

/**
 * THE STORY: fetch → parse → model → diff → check → settle → decide → report, for one pull request as GitHub has it now.
 * Between the reads there are only values; faults of GitHub are thrown to whoever can retry.
 */
export const judge: Judge = async (github, pull, now, look) => {
  const [organisation, read] = await Promise.all([github.organisationPolicy(), readChange(github, pull)]);
  const files = { organisation, repository: pull.repositoryPolicy };
  const { policy, memory } = await readPolicyInForce(github, subjectOf(pull), files, look.policies);
  const { comparison, headOwn } = read;
  const change = { ...read.change, inventory: await readInventory(github, read.change, policy) };
  const present = evaluate(change, policy, { now });
  const past = await readPast(github, present.pastFiles);
  const evaluated = past.size === 0 ? present : evaluate(change, policy, { now, past });
  const { evaluation, settlement } = await settle(github, pull, evaluated, change, look, now);
  const context = { pull, comparison, headOwn };
  const proposal = await readProposal(github, read, { ...look.policyFile, organisation, now });
  return {
    pull,
    report: withProposal(checkReport(evaluation, context), proposal),
    comment: reportComment(evaluation, context),
    reviewComments: reviewComments(
      evaluation,
      context,
      suggestions(change, policy, { now, past }, evaluated),
    ),
    touches: evaluation.touches,
    policies: memory,
    turn: firstTurn([evaluation.turn, settlement.turn]),
    settlement,
  };
};
