import type * as z from "zod";
import type { Account } from "../policy/approvals/facts.ts";
import { commandIn } from "./command.ts";
import type { Job, Said } from "./job.ts";
import type * as payload from "./payload.ts";

type CommentEvent = z.infer<typeof payload.commentEvent>;
type ReviewEvent = z.infer<typeof payload.reviewEvent>;
type PressEvent = z.infer<typeof payload.pressEvent>;

/** Identifier of the button that evaluates again; any other button approves. */
export const recheckIdentifier = "recheck";

/** What of a comment's creation, edit or deletion matters; null when nobody's approval can hang on it. */
export function saidByComment(action: string, { comment, changes, sender }: CommentEvent): Said | null {
  const isPerson = comment.user?.type === "User";
  const before = changes?.body?.from ?? comment.body;
  if (action === "created") {
    const isCommand = isPerson && sender.type === "User" && commandIn(comment.body) !== null;
    return isCommand ? { command: comment.id } : null;
  }
  const command = isPerson ? commandIn(before) : null;
  const isReceipt = !isPerson && before.includes("<!-- sluice:receipt ");
  if (command === null && !isReceipt) return null;
  const withdrawn = `comment:${comment.id}`;
  if (command?.kind !== "revoke" || comment.user === null) return { withdrawn };
  const { id, login } = comment.user;
  const author = { id, login, human: true };
  const createdAt = Date.parse(comment.created_at);
  return {
    withdrawn,
    revoked: { id: comment.id, author, ours: false, body: before, createdAt, edited: false },
  };
}

/** A review that approves is looked at; one that was edited or dismissed counts no more. */
export function saidByReview(action: string, { review }: ReviewEvent): Said | null {
  if (action === "submitted") return review.state === "approved" ? {} : null;
  return { withdrawn: `review:${review.id}` };
}

/** The job of a pressed button. A check's external id names the pull request that it was opened for. */
export function jobOfPress(
  { sender, requested_action, check_run }: PressEvent,
  occasion: Pick<Job, "installation" | "repository" | "delivery" | "reason">,
): Job | null {
  const head = check_run.head_sha;
  if (requested_action.identifier === recheckIdentifier) return { ...occasion, kind: "head", head };
  const number = Number(/^v1:([1-9]\d*):\d+$/.exec(check_run.external_id)?.[1]);
  if (sender.type !== "User" || !Number.isSafeInteger(number)) return null;
  const by: Account = { id: sender.id, login: sender.login };
  const pressed = { delivery: occasion.delivery, by, head, identifier: requested_action.identifier };
  return { ...occasion, kind: "pull-request", number, url: null, seen: null, said: { pressed } };
}
