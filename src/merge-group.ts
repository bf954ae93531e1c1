import { changedPaths, type Evaluation, evaluate, withApprovals } from "./evaluation.ts";
import type { Look } from "./gate.ts";
import type { CheckReport, GitHub, MergeGroupState, PullRequestState } from "./github/port.ts";
import type { Inventory } from "./inventory.ts";
import { revocationsIn } from "./petitions.ts";
import { fingerprintsOf } from "./policy/approvals/answer.ts";
import { type Assessment, assess, type Court, revokedBy } from "./policy/approvals/assess.ts";
import { isContributor } from "./policy/approvals/authorise.ts";
import { type Memory, type Remark, standingGrants } from "./policy/approvals/conversation.ts";
import { type Fact, FactReader, questionKey } from "./policy/approvals/facts.ts";
import type { SigningKeys } from "./policy/approvals/receipt.ts";
import type { EffectivePolicy } from "./policy/effective.ts";
import { subjectOf } from "./policy/subject.ts";
import { readChange } from "./read-change.ts";
import { readInventory } from "./read-inventory.ts";
import { readPast } from "./read-past.ts";
import { readPolicyInForce } from "./read-policy.ts";
import { checkReport } from "./report/check-run.ts";
import { firstTurn, type Turn } from "./rules/moment.ts";
import { answerOf, turnOf } from "./settlement.ts";

/** A pull request of the group, and what is remembered of it. */
export interface Member {
  readonly pull: PullRequestState;
  readonly memory: Memory;
  /** Every `/revoke` that was edited or deleted, as it was. */
  readonly revoked: readonly Remark[];
}

/** A member's own change against the tip of the branch: which findings it carries, and in which files. Null: unknown. */
interface Alone {
  readonly member: Member;
  readonly fingerprints: ReadonlySet<string> | null;
  readonly paths: readonly string[];
}

/** What Sluice has to say about a merge group, and when that may be something else though nothing happens. */
interface GroupVerdict {
  readonly report: CheckReport;
  readonly turn: Turn | null;
}

/**
 * THE STORY of a merge group: what the branch becomes by everything queued up to here, judged for real, with the union of
 * its pull requests' approvals by fingerprint. What appears only in combination was approved by nobody.
 */
export async function judgeGroup(
  github: GitHub,
  group: MergeGroupState,
  members: readonly Member[],
  { policies, keys }: Pick<Look, "policies" | "keys">,
  now: number,
): Promise<GroupVerdict> {
  const last = members.at(-1)?.pull;
  if (!last) return { report: notQueued, turn: null };
  const ends = { baseTip: group.baseTip, head: group.head, testMerge: null };
  const files = { organisation: await github.organisationPolicy(), repository: last.repositoryPolicy };
  const subject = subjectOf({ url: last.url, baseRef: group.branch });
  const { policy } = await readPolicyInForce(github, subject, files, policies);
  const read = await readChange(github, ends);
  const inventory = await readInventory(github, read.change, policy);
  const change = { ...read.change, inventory };
  const present = evaluate(change, policy, { now });
  const past = await readPast(github, present.pastFiles);
  const evaluated = past.size === 0 ? present : evaluate(change, policy, { now, past });
  const evaluation = await settled(github, evaluated, group, members, inventory, keys, now);
  const pull = { ...last, ...ends, baseRef: group.branch };
  const report = checkReport(evaluation, { pull, comparison: read.comparison, headOwn: read.headOwn });
  const names = members.map((member) => `#${member.pull.number}`).join(", ");
  const spoken = {
    ...report,
    summary: `Merge group of ${names}, against \`${group.branch}\` as it is now.\n\n${report.summary}`,
    // A group is approved on its pull requests, never as such.
    actions: (report.actions ?? []).filter(({ identifier }) => identifier === "recheck"),
  };
  return { report: spoken, turn: firstTurn([evaluation.turn, ...evaluation.assessments.map(turnOf)]) };
}

async function settled(
  github: GitHub,
  evaluation: Evaluation,
  group: MergeGroupState,
  members: readonly Member[],
  inventory: readonly Inventory[],
  keys: SigningKeys | null,
  now: number,
): Promise<Evaluation> {
  const policy = { ...evaluation.policy, approvals: keys === null ? {} : evaluation.policy.approvals };
  const { blocking } = evaluation.decision;
  const given = members.flatMap(({ pull, memory }) => standingGrants(pull.conversation, memory, keys));
  const isApproved = blocking.some(({ fingerprint }) =>
    given.some(({ fingerprints }) => fingerprints.includes(fingerprint)),
  );
  const alone = isApproved ? await membersAlone(github, group, members, inventory, policy, now) : [];
  const facts = new Map<string, Fact>();
  for (;;) {
    const reader = new FactReader(facts);
    const assessments = assessGroup(evaluation, alone, keys, groupCourt(policy, alone, reader, now));
    if (reader.missing.length === 0) {
      return { ...withApprovals({ ...evaluation, policy }, assessments), approvalsOff: keys === null };
    }
    for (const question of reader.missing) facts.set(questionKey(question), await answerOf(github, question));
  }
}

function assessGroup(
  { decision }: Evaluation,
  alone: readonly Alone[],
  keys: SigningKeys | null,
  court: Court,
): Assessment[] {
  const grants = alone.flatMap(({ member: { pull, memory, revoked } }) => {
    const standing = standingGrants(pull.conversation, memory, keys);
    const taken = revocationsIn(pull.conversation, revoked).flatMap((revocation) =>
      revokedBy(revocation, standing, court),
    );
    return standing.filter((grant) => !taken.includes(grant));
  });
  return decision.blocking.map((finding) => assess(finding, grants, court));
}

/** Whoever wrote any pull request that carries a fingerprint cannot have approved it on another one. */
function groupCourt(policy: EffectivePolicy, alone: readonly Alone[], facts: FactReader, now: number): Court {
  const carrying = (fingerprint: string) =>
    alone.filter(({ fingerprints }) => fingerprints === null || fingerprints.has(fingerprint));
  return {
    approvals: policy.approvals,
    facts,
    now,
    placeOf: (fingerprint) => ({ paths: carrying(fingerprint).flatMap(({ paths }) => paths) }),
    contributed: (account, fingerprint) =>
      carrying(fingerprint).some(({ member: { pull } }) => isContributor(account, pull.conversation, facts)),
  };
}

/** What each member would do on its own; one that cannot be told may carry anything. */
async function membersAlone(
  github: GitHub,
  { baseTip }: MergeGroupState,
  members: readonly Member[],
  inventory: readonly Inventory[],
  policy: EffectivePolicy,
  now: number,
): Promise<Alone[]> {
  const alone: Alone[] = [];
  for (const member of members) {
    const { change } = await readChange(github, { baseTip, head: member.pull.head, testMerge: null });
    const { decision, evidence } = evaluate({ ...change, inventory }, policy, { now });
    const isKnown = evidence.notEvaluated.length === 0;
    const fingerprints = isKnown ? new Set(fingerprintsOf(decision.blocking)) : null;
    alone.push({ member, fingerprints, paths: changedPaths(change) });
  }
  return alone;
}

const notQueued: CheckReport = {
  conclusion: "failure",
  title: "Could not evaluate: the merge queue does not show this group any more",
  summary:
    "GitHub asked for checks on a merge group that is not in its queue. Queue the pull requests again.",
  text: "",
  annotations: [],
};
