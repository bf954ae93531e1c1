import { changedPaths, type Evaluation, type ProposedChange, withApprovals } from "./evaluation.ts";
import type { GitHub, PullRequestState } from "./github/port.ts";
import { type NotedPress, petitionsIn, requestsIn, revocationsIn, stalePresses } from "./petitions.ts";
import { fingerprintsOf } from "./policy/approvals/answer.ts";
import { type Assessment, courtOf } from "./policy/approvals/assess.ts";
import {
  answeredKeys,
  type Conversation,
  type Memory,
  type Remark,
} from "./policy/approvals/conversation.ts";
import { type Case, type Deliberation, deliberate } from "./policy/approvals/deliberate.ts";
import { type Fact, FactReader, type Question, questionKey } from "./policy/approvals/facts.ts";
import type { SigningKeys } from "./policy/approvals/receipt.ts";
import { approversOf } from "./policy/decide.ts";
import { approveIdentifier } from "./report/approvals.ts";
import { plainReply, replyTo } from "./report/replies.ts";
import { replyToCommand } from "./report-commands.ts";
import { firstTurn, type Turn } from "./rules/moment.ts";

/** What a look at a pull request works with besides GitHub: memory that only withdraws, and a way to answer. */
export interface Session {
  readonly memory: Memory;
  readonly presses: readonly NotedPress[];
  /** Every `/revoke` that was edited or deleted, as it was. */
  readonly revoked: readonly Remark[];
  /** Null: approvals are off. */
  readonly keys: SigningKeys | null;
  /** Puts a comment of ours on the pull request. */
  reply(body: string): Promise<Remark>;
}

/** What is to be remembered of a look, and what it said for the log. */
export interface Settlement {
  readonly answered: readonly string[];
  readonly withdrawn: readonly string[];
  /** What would block without approvals. */
  readonly fingerprints: readonly string[];
  /** When an approval ends by time; null when none does. */
  readonly turn: Turn | null;
  readonly audit: readonly Readonly<Record<string, unknown>>[];
  /** Something may be another way soon: GitHub did not say who may, or there is more to answer. */
  readonly unsettled: boolean;
}

/** Replies of one look: whoever writes more commands is answered in the next. */
const repliesAtOnce = 10;
/** Questions lead to questions: CODEOWNERS names teams. */
const roundsOfQuestions = 5;

/**
 * Who approved what, as GitHub has it now: answers every open request once, with a receipt or a refusal, and decides with
 * the receipts that then stand.
 */
export async function settle(
  github: GitHub,
  pull: PullRequestState,
  evaluation: Evaluation,
  change: ProposedChange,
  session: Session,
  now: number,
): Promise<{ evaluation: Evaluation; settlement: Settlement }> {
  const paths = changedPaths(change);
  const off = session.keys === null;
  const approvals = off ? {} : evaluation.policy.approvals;
  const policy = { ...evaluation.policy, approvals };
  const blocking = evaluation.decision.blocking;
  const fingerprints = fingerprintsOf(blocking);
  const identifier = approveIdentifier(pull.head, fingerprints);
  const facts = new Map<string, Fact>();
  let failures: readonly string[] = [];
  const consider = async (conversation: Conversation): Promise<Deliberation> => {
    const petitions = petitionsIn(conversation);
    const subject: Case = {
      blocking,
      conversation,
      memory: session.memory,
      keys: session.keys,
      requests: requestsIn(conversation, petitions, session.presses, identifier, approvals),
      revocations: revocationsIn(conversation, session.revoked),
    };
    for (let round = 0; ; round++) {
      const reader = new FactReader(facts);
      const court = courtOf(approvals, { paths }, reader, pull.conversation, now);
      const deliberation = deliberate(subject, court);
      failures = reader.failures;
      if (reader.missing.length === 0 || round === roundsOfQuestions) return deliberation;
      for (const question of reader.missing) {
        facts.set(questionKey(question), await answerOf(github, question));
      }
    }
  };

  const first = await consider(pull.conversation);
  const context = {
    repository: pull.conversation.repository,
    pull: pull.number,
    keys: session.keys ?? ([""] as const),
    policy: policy.sources[0]?.sha ?? null,
    approversOf: (finding: Parameters<typeof approversOf>[0]) => approversOf(finding, policy),
    failures,
  };
  const done = answeredKeys(pull.conversation, session.memory);
  const bodies = [
    ...first.answers.map(({ request, answer }) => ({
      key: request.key,
      body: off ? plainReply(request.key, approvalsAreOff) : replyTo(request, answer, context),
      audit: { by: request.by.login, via: request.via, ...auditOf(answer) },
    })),
    ...stalePresses(pull.conversation, session.presses, identifier).flatMap(({ delivery, by }) => {
      const key = `button:${delivery}`;
      const body = plainReply(
        key,
        `Not approved: what \`${by.login}\` pressed spoke of another verdict than the present one.`,
      );
      return done.has(key) ? [] : [{ key, body, audit: { by: by.login, via: "button", refused: "stale" } }];
    }),
    ...petitionsIn(pull.conversation).flatMap((petition) => {
      const { command } = petition;
      if (done.has(petition.key) || command.kind === "approve") return [];
      const body = replyToCommand(
        { ...petition, command },
        {
          evaluation,
          revoked: first.withdrawn.length,
          change,
          now,
        },
      );
      return [{ key: petition.key, body, audit: { by: petition.by.login, command: petition.command.kind } }];
    }),
  ];
  const comments: Remark[] = [];
  for (const { body } of bodies.slice(0, repliesAtOnce)) {
    const comment = await posted(session, body);
    if (comment === null) break;
    comments.push(comment);
  }
  const said = bodies.slice(0, comments.length);
  const conversation = { ...pull.conversation, comments: [...pull.conversation.comments, ...comments] };
  const last = comments.length > 0 ? await consider(conversation) : first;
  return {
    evaluation: { ...withApprovals({ ...evaluation, policy }, last.assessments), approvalsOff: off },
    settlement: {
      answered: said.map(({ key }) => key),
      withdrawn: last.withdrawn,
      fingerprints,
      turn: firstTurn(last.assessments.map(turnOf)),
      audit: said.map(({ audit }) => audit),
      unsettled: failures.length > 0 || bodies.length > said.length,
    },
  };
}

/** The end of an approval as the moment at which the verdict turns. */
export function turnOf({ until }: Assessment): Turn | null {
  return until === null ? null : { at: until, what: "approval expired" };
}

const approvalsAreOff =
  "Approvals are off: the operator of Sluice has not set `SLUICE_SIGNING_KEY`, so nobody can approve anything.";

/** A conversation can be locked: without a receipt nobody has approved, and the verdict stands all the same. */
async function posted(session: Session, body: string): Promise<Remark | null> {
  try {
    return await session.reply(body);
  } catch {
    return null;
  }
}

/** A fault is an answer too: nobody is authorised by it. */
export async function answerOf(github: Pick<GitHub, "ask">, question: Question): Promise<Fact> {
  try {
    return await github.ask(question);
  } catch (error) {
    return { failed: error instanceof Error ? error.message : String(error) };
  }
}

function auditOf(answer: Deliberation["answers"][number]["answer"]): Readonly<Record<string, unknown>> {
  if (answer.kind === "refused")
    return { refused: answer.why.kind, because: answer.left.map(({ why }) => why) };
  const { fingerprints, ceiling, expires, reason, breakGlass } = answer.claim;
  return { granted: fingerprints, ceiling, expires, reason, breakGlass };
}
