import type { Evaluation } from "./evaluation.ts";
import { commandsMarkdown } from "./event/command-table.ts";
import type { Petition } from "./petitions.ts";
import { code, plain } from "./report/escape.ts";
import { plainReply } from "./report/replies.ts";
import { sentence } from "./report/sentence.ts";
import { rules } from "./rules/index.ts";

/** What a reply to a command that approves nothing may speak of. */
export interface CommandContext {
  readonly evaluation: Evaluation;
  /** How many approvals were taken back. */
  readonly revoked: number;
}

/** The one reply to a command that approves nothing. Never starts with a command, so it answers nobody. */
export function replyToCommand(
  { key, by, command }: Petition,
  { evaluation, revoked }: CommandContext,
): string {
  const who = code(by.login);
  switch (command.kind) {
    case "revoke":
      return plainReply(
        key,
        revoked > 0
          ? `Taken back by ${who}: ${revoked} approval${revoked === 1 ? "" : "s"}. Deleting that comment revives nothing.`
          : `There is no approval here that ${who} could take back.`,
      );
    case "recheck":
      return plainReply(key, `Evaluated again for ${who}; the check has the result.`);
    case "explain":
      return plainReply(key, explanation(command.rule, evaluation));
    case "help":
      return plainReply(key, "These are the commands. Each stands on a line of its own.", commandsMarkdown());
    case "malformed":
      return plainReply(key, `Not understood: ${command.problem}. \`/sluice help\` shows every command.`);
    default:
      return plainReply(key, `Not understood. \`/sluice help\` shows every command.`);
  }
}

function explanation(id: string, { policy }: Evaluation): string {
  const rule = rules.find((candidate) => candidate.id === id);
  if (rule) {
    const { what, why, do: remedy } = rule.docs;
    return [`${code(rule.id)} ${plain(what)}.`, `Why: ${plain(why)}.`, plain(sentence(remedy))].join("\n\n");
  }
  const own = policy.custom.find((candidate) => `custom/${candidate.id}` === id);
  if (own) return `${code(id)} is a rule of the organisation: ${plain(sentence(own.message))}`;
  return `There is no rule ${code(id)}. The rules are ${rules.map((one) => code(one.id)).join(", ")}.`;
}
