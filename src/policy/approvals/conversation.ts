import type { Account } from "./facts.ts";
import { digestOf, type Receipt, readReceipt, type SigningKeys } from "./receipt.ts";

/** A comment on a pull request's timeline, as it stands now. Times are milliseconds since 1970. */
export interface Remark {
  readonly id: number;
  /** Null for an account that is no more. */
  readonly author: (Account & { readonly human: boolean }) | null;
  /** Written by our own app. */
  readonly ours: boolean;
  readonly body: string;
  readonly createdAt: number;
  readonly edited: boolean;
}

/** A review as it stands now. */
export interface GivenReview {
  readonly id: number;
  readonly author: (Account & { readonly human: boolean }) | null;
  readonly approving: boolean;
  readonly commit: string;
  readonly submittedAt: number;
  readonly edited: boolean;
}

/** Everything said on one pull request that may bear on an approval, as GitHub has it now. */
export interface Conversation {
  readonly repository: number;
  readonly pull: number;
  readonly head: string;
  readonly author: Account | null;
  readonly comments: readonly Remark[];
  readonly reviews: readonly GivenReview[];
}

/** A `/revoke`, whether it still stands or not: deleting one revives nothing. */
export interface Revocation {
  readonly by: Account;
  readonly at: number;
  /** Null revokes all. */
  readonly fingerprints: readonly string[] | null;
}

/** What Sluice remembers of a pull request. It may only withdraw. */
export interface Memory {
  /** Comments, reviews, presses and receipts that were edited, deleted or revoked: `comment:17`. */
  readonly withdrawn: ReadonlySet<string>;
  /** What was answered once is never answered again, even when the answer is gone. */
  readonly answered: ReadonlySet<string>;
  /** The last published verdict, and since when it says the same of the same commit. */
  readonly standing: Standing | null;
}

/** A published verdict: bare commands speak of it. */
export interface Standing {
  readonly head: string;
  readonly fingerprints: readonly string[];
  /** Milliseconds since 1970. */
  readonly since: number;
}

export const nothingRemembered: Memory = { withdrawn: new Set(), answered: new Set(), standing: null };

/** An approval that stands: its command or review and its receipt are both there, as they were written. */
export interface Grant extends Receipt {
  /** The comment that holds the receipt. */
  readonly receipt: number;
}

const replyMarker = /<!-- sluice:reply v1 (\S+) -->/;

/** Marks a comment of ours as the one answer to something. */
export function answerMarker(key: string): string {
  return `<!-- sluice:reply v1 ${key} -->`;
}

/** What needs no answer any more. */
export function answeredKeys({ comments }: Conversation, { answered }: Memory): Set<string> {
  const replies = comments.flatMap(({ ours, body }) => (ours ? (replyMarker.exec(body)?.[1] ?? []) : []));
  return new Set([...answered, ...replies]);
}

/** Grants whose command and receipt stand unedited and were never withdrawn; one for each command. Who may is another question. */
export function standingGrants(
  conversation: Conversation,
  memory: Memory,
  keys: SigningKeys | null,
): Grant[] {
  if (keys === null) return [];
  const grants = new Map<string, Grant>();
  for (const { id, ours, edited, body } of conversation.comments) {
    if (!ours || edited || memory.withdrawn.has(`comment:${id}`)) continue;
    const receipt = readReceipt(body, keys, conversation);
    if (receipt === null || memory.withdrawn.has(receipt.key) || !isBacked(receipt, conversation)) continue;
    if (!grants.has(receipt.key)) grants.set(receipt.key, { ...receipt, receipt: id });
  }
  return [...grants.values()];
}

/** Whether what the receipt answers is still there as it was. Of a press nothing but the receipt is left. */
function isBacked(receipt: Receipt, { comments, reviews, head }: Conversation): boolean {
  const { key, via, approver, digest } = receipt;
  if (via === "button") return true;
  if (via === "comment") {
    const comment = comments.find(({ id }) => `comment:${id}` === key);
    return (
      comment?.author?.id === approver.id &&
      comment.author.human &&
      !comment.edited &&
      digestOf(comment.body) === digest
    );
  }
  const review = reviews.find(({ id }) => `review:${id}` === key);
  return (
    review?.author?.id === approver.id &&
    review.author.human &&
    review.approving &&
    !review.edited &&
    review.commit === head &&
    digestOf(review.commit) === digest
  );
}
