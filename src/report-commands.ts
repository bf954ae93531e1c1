import type { Evaluation, ProposedChange } from "./evaluation.ts";
import type { Command } from "./event/command.ts";
import { commandsMarkdown } from "./event/command-table.ts";
import type { Petition } from "./petitions.ts";
import { code, plain } from "./report/escape.ts";
import { plainReply } from "./report/replies.ts";
import { sentence } from "./report/sentence.ts";
import { rules } from "./rules/index.ts";
import { simulate } from "./simulate.ts";

/** What a reply to a command that approves nothing may speak of. */
export interface CommandContext {
  readonly evaluation: Evaluation;
  /** How many approvals were taken back. */
  readonly revoked: number;
  /** The pull request's change, of whose base branch `/simulate` speaks. */
  readonly change: ProposedChange;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The one reply to a command that approves nothing. Never starts with a command, so it answers nobody. */
export function replyToCommand(
  { key, by, command }: Petition & { readonly command: Exclude<Command, { kind: "approve" }> },
  context: CommandContext,
): string {
  const who = code(by.login);
  const { evaluation, revoked } = context;
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
    case "simulate":
      return plainReply(key, simulated(command.route, command.shares, context));
    case "help":
      return plainReply(key, "These are the commands. Each stands on a line of its own.", commandsMarkdown());
    case "malformed":
      return plainReply(key, `Not understood: ${command.problem}. \`/sluice help\` shows every command.`);
  }
}

function simulated(
  route: string,
  shares: readonly number[],
  { evaluation, change, now }: CommandContext,
): string {
  const result = simulate(change, evaluation.policy, route, shares, now);
  if ("problem" in result) return `${code(route)} cannot be simulated: ${plain(result.problem)}.`;
  const split = (parts: readonly number[]) =>
    code(result.destinations.map((name, index) => `${name} ${parts[index]} %`).join(", "));
  const sum = shares.reduce((total, share) => total + share, 0);
  const wanted = shares.map((share) => Math.round((share * 10_000) / sum) / 100);
  const { title, blocking } = result.evaluation.decision;
  const largest =
    result.largest === null
      ? "No step in that direction passes by itself."
      : `The largest step on that way that passes: ${split(result.largest)}.`;
  return [
    `${code(result.object)} has ${split(result.before)} on the base branch. With ${split(wanted)}: **${plain(title)}**.`,
    ...(blocking.length === 0 ? [] : [largest]),
  ].join("\n\n");
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
