import { messageOf } from "../policy/alike.ts";
import type { Answer, ApprovalRequest } from "../policy/approvals/answer.ts";
import type { Refusal } from "../policy/approvals/assess.ts";
import { answerMarker } from "../policy/approvals/conversation.ts";
import { type Receipt, receiptMarker, type SigningKeys } from "../policy/approvals/receipt.ts";
import type { Finding } from "../rules/finding.ts";
import { code, plain } from "./escape.ts";

/** What a reply needs to know beside the answer. */
export interface ReplyContext {
  readonly repository: number;
  readonly pull: number;
  readonly keys: SigningKeys;
  /** Commit of the policy that was applied. */
  readonly policy: string | null;
  approversOf(finding: Finding): readonly string[];
  /** What GitHub failed to say. */
  readonly failures: readonly string[];
}

/** The one reply to a request: a receipt that names everything it covers, or why not and who could. Never starts with a command. */
export function replyTo(request: ApprovalRequest, answer: Answer, context: ReplyContext): string {
  return answer.kind === "granted"
    ? receiptText(request, answer, context)
    : refusalText(request, answer, context);
}

/** Any other reply, marked as the one to what it answers. */
export function plainReply(key: string, ...paragraphs: readonly string[]): string {
  return [answerMarker(key), ...paragraphs].join("\n\n");
}

function receiptText(
  request: ApprovalRequest,
  { claim, findings, left }: Extract<Answer, { kind: "granted" }>,
  context: ReplyContext,
): string {
  const { repository, pull, policy, keys } = context;
  const receipt: Receipt = { ...claim, repository, pull, policy, key: request.key, digest: request.digest };
  const until = claim.expires === null ? "until the change is another one" : `until ${moment(claim.expires)}`;
  return [
    `${answerMarker(request.key)}\n${receiptMarker(receipt, keys)}`,
    `**${claim.breakGlass ? "Glass broken" : "Approved"}** by ${code(claim.approver.login)}, ${until}${claim.ceiling === null ? "" : `, up to ${claim.ceiling} points`}:`,
    findings.map(item).join("\n"),
    ...(claim.reason === "" ? [] : [`Reason: ${plain(claim.reason)}`]),
    ...leftSection(left, context),
    `It stands while this comment and ${whatItAnswers(request)} stay as they are. Take it back with ${code("/revoke")}.`,
  ].join("\n\n");
}

function refusalText(
  request: ApprovalRequest,
  { why, left }: Extract<Answer, { kind: "refused" }>,
  context: ReplyContext,
): string {
  const who = code(request.by.login);
  const start = answerMarker(request.key);
  switch (why.kind) {
    case "nothing blocks":
      return [start, `Nothing that ${who} could approve with this stands in the way now.`].join("\n\n");
    case "no such fingerprint":
      return [
        start,
        `Not approved: ${why.fingerprints.map(code).join(", ") || "what was named"} is not what blocks now. The check lists the fingerprints of the present head.`,
      ].join("\n\n");
    case "just changed":
      return [
        start,
        `Not approved yet: what blocks here has changed so recently that ${who} may have meant something else. To approve exactly what blocks now, comment:`,
        `\`\`\`\n${lineToPaste(request, why.fingerprints)}\n\`\`\``,
      ].join("\n\n");
    case "not granted":
      return [start, `Not approved for ${who}.`, ...leftSection(left, context)].join("\n\n");
  }
}

/** The command that names what it approves. */
function lineToPaste({ scope }: ApprovalRequest, fingerprints: readonly string[]): string {
  const name =
    scope === null
      ? "approve-weight"
      : "family" in scope
        ? `approve-${scope.family}`
        : `approve ${scope.rule}`;
  return `/${name} ${fingerprints.join(" ")}`.replace(/[`\r\n]/g, "");
}

function leftSection(
  left: readonly { readonly finding: Finding; readonly why: Refusal }[],
  { approversOf, failures }: ReplyContext,
): string[] {
  if (left.length === 0) return [];
  const items = left.slice(0, 20).map(({ finding, why }) => {
    const could = approversOf(finding);
    const who = could.length === 0 ? "Nobody may." : `${could.map(code).join(", ")} may.`;
    return `${item(finding)}: not approved, ${why}. ${who}`;
  });
  const doubts = failures.map(
    (failure) => `GitHub could not say who may: ${plain(failure)}. Comment again later.`,
  );
  return [items.join("\n"), ...doubts];
}

function item(finding: Finding): string {
  return `- ${code(finding.fingerprint)} ${code(finding.object)}: ${plain(messageOf(finding))}`;
}

function whatItAnswers({ via }: ApprovalRequest): string {
  return via === "button" ? "the change" : via === "review" ? "the review" : "the command";
}

/** A moment in UTC, to the minute. */
export function moment(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
