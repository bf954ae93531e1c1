import { type Command, commandIn } from "./event/command.ts";
import { recheckIdentifier } from "./event/conversation.ts";
import type { Press } from "./event/job.ts";
import type { ApprovalRequest } from "./policy/approvals/answer.ts";
import type { Conversation, Remark, Revocation } from "./policy/approvals/conversation.ts";
import type { Account } from "./policy/approvals/facts.ts";
import { digestOf } from "./policy/approvals/receipt.ts";
import type { Approvals } from "./policy/approvals/terms.ts";

/** A command in a comment that stands as its writer wrote it. */
export interface Petition {
  readonly key: string;
  readonly by: Account;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly command: Command;
  readonly body: string;
}

/** A press, and when its event arrived (milliseconds since 1970): events carry no time of their own. */
export interface NotedPress extends Press {
  readonly at: number;
}

/** Every command of a person on the pull request, answered or not. What was edited is no command any more. */
export function petitionsIn({ comments }: Conversation): Petition[] {
  return comments.flatMap(({ id, author, ours, body, createdAt, edited }) => {
    const command = author?.human && !ours && !edited ? commandIn(body) : null;
    return command === null || author === null
      ? []
      : [{ key: `comment:${id}`, by: author, at: createdAt, command, body }];
  });
}

/** Everything that asks for an approval: commands, approving reviews of this very head, presses that mean this verdict. */
export function requestsIn(
  conversation: Conversation,
  petitions: readonly Petition[],
  presses: readonly NotedPress[],
  approveIdentifier: string,
  approvals: Approvals,
): ApprovalRequest[] {
  const { head } = conversation;
  // Where reviews approve nothing, nobody wants a reply to each.
  const counts = Object.values(approvals).some((terms) => terms.reviews);
  const reviews = counts ? conversation.reviews : [];
  const whole = {
    scope: null,
    fingerprints: null,
    ceiling: null,
    lasts: null,
    reason: "",
    breakGlass: false,
  };
  return [
    ...petitions.flatMap(({ key, by, at, command, body }): ApprovalRequest[] =>
      command.kind === "approve" ? [{ ...command, key, via: "comment", by, at, digest: digestOf(body) }] : [],
    ),
    ...reviews.flatMap(({ id, author, approving, commit, submittedAt, edited }): ApprovalRequest[] =>
      author?.human && approving && !edited && commit === head
        ? [
            {
              ...whole,
              key: `review:${id}`,
              via: "review",
              by: author,
              at: submittedAt,
              digest: digestOf(commit),
            },
          ]
        : [],
    ),
    ...presses
      .filter(({ head: pressed, identifier }) => pressed === head && identifier === approveIdentifier)
      .map(
        ({ delivery, by, at }): ApprovalRequest => ({
          ...whole,
          key: `button:${delivery}`,
          via: "button",
          by,
          at,
          digest: digestOf(delivery),
        }),
      ),
  ];
}

/** Presses that mean a verdict that is no more. */
export function stalePresses(
  { head }: Conversation,
  presses: readonly NotedPress[],
  approveIdentifier: string,
): NotedPress[] {
  return presses.filter(
    (press) =>
      press.identifier !== recheckIdentifier &&
      !(press.head === head && press.identifier === approveIdentifier),
  );
}

/** Every `/revoke`: those that stand, edited ones included, and those that stood. */
export function revocationsIn({ comments }: Conversation, deleted: readonly Remark[]): Revocation[] {
  return [...comments, ...deleted].flatMap(({ author, ours, body, createdAt }) => {
    const command = author?.human && !ours ? commandIn(body) : null;
    return command?.kind === "revoke" && author
      ? [{ by: author, at: createdAt, fingerprints: command.fingerprints }]
      : [];
  });
}
