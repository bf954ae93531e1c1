import { nearest } from "../mesh/validity/schema/nearest.ts";
import { ruleDocument } from "../report/rules-document.ts";
import { rules } from "../rules/index.ts";
import { type Command, UsageError } from "./command.ts";

export const explain: Command = {
  name: "explain",
  summary: "the documentation of a rule",
  usage: `sluice explain RULE\n\nRules: ${rules.map(({ id }) => id).join(", ")}`,
  async run(args, terminal) {
    const [id] = args;
    const rule = rules.find((candidate) => candidate.id === id);
    if (!rule) throw new UsageError(id === undefined ? "name a rule" : unknownRule(id));
    terminal.out(ruleDocument(rule));
    return 0;
  },
};

function unknownRule(typed: string): string {
  const meant = nearest(
    typed,
    rules.map(({ id }) => id),
  );
  return `there is no rule ${typed}${meant ? `; did you mean ${meant}?` : ""}`;
}
