import type { Finding } from "../../rules/finding.ts";
import { type Answer, type ApprovalRequest, answerTo } from "./answer.ts";
import { type Assessment, assess, type Court, revokedBy } from "./assess.ts";
import {
  answeredKeys,
  type Conversation,
  type Grant,
  type Memory,
  type Revocation,
  standingGrants,
} from "./conversation.ts";
import type { SigningKeys } from "./receipt.ts";

/** Everything that decides what is approved: the present state of GitHub, and what was withdrawn. */
export interface Case {
  /** What would stand in the way without any approval. */
  readonly blocking: readonly Finding[];
  readonly conversation: Conversation;
  readonly memory: Memory;
  /** Null: approvals are off. */
  readonly keys: SigningKeys | null;
  readonly requests: readonly ApprovalRequest[];
  readonly revocations: readonly Revocation[];
}

export interface Deliberation {
  /** What to answer whom: once each, and only to requests that have no answer. */
  readonly answers: readonly { readonly request: ApprovalRequest; readonly answer: Answer }[];
  readonly grants: readonly Grant[];
  readonly assessments: readonly Assessment[];
  /** Keys of the grants that were revoked: to be remembered, for a revocation can be deleted. */
  readonly withdrawn: readonly string[];
}

/** What is approved, and what to answer; pure, and the same whatever brought us here and how often. */
export function deliberate(subject: Case, court: Court): Deliberation {
  const { blocking, conversation, memory, keys, requests, revocations } = subject;
  const standing = standingGrants(conversation, memory, keys);
  const revoked = new Set(
    revocations.flatMap((revocation) => revokedBy(revocation, standing, court).map(({ key }) => key)),
  );
  const grants = standing.filter(({ key }) => !revoked.has(key));
  const answered = answeredKeys(conversation, memory);
  const open = requests.filter(({ key }) => !answered.has(key) && !memory.withdrawn.has(key));
  return {
    answers: open.map((request) => ({
      request,
      answer: answerTo(request, { head: conversation.head, blocking }, memory, court),
    })),
    grants,
    assessments: blocking.map((finding) => assess(finding, grants, court)),
    withdrawn: [...revoked],
  };
}
