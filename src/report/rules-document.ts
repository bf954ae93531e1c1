import * as z from "zod";
import { rules } from "../rules/index.ts";
import type { Rule } from "../rules/rule.ts";

/** `policies/RULES.md`: every rule with its reason, its options and an example that the tests run. */
export function rulesDocument(): string {
  const table = rules.map((rule) => `| [\`${rule.id}\`](#${rule.id}) | ${rule.docs.what} |`);
  return [
    "# Rules",
    "",
    "Generated from `src/rules` by `npm run generate`. Set a rule in the policy file: `rules: { <rule>: { severity: block } }`.",
    "",
    "| rule | what it looks for |",
    "|---|---|",
    ...table,
    "",
    ...rules.map(ruleDocument),
  ].join("\n");
}

/** The documentation of one rule in Markdown; `sluice explain` prints it. */
export function ruleDocument(rule: Rule): string {
  const { what, why, do: todo, example } = rule.docs;
  const options = Object.entries(rule.options.shape).map(
    ([name, schema]) => `- \`${name}\`: ${optionText(schema as z.ZodType)}`,
  );
  return [
    `## ${rule.id}`,
    "",
    `**${rule.title}.** It ${what}.`,
    "",
    `Why: ${why}.`,
    "",
    `What to do: ${todo}`,
    "",
    ...(options.length > 0 ? ["Options:", "", ...options, ""] : []),
    "It speaks when this",
    "",
    fenced(example.base),
    "",
    "becomes this:",
    "",
    fenced(example.head),
    "",
  ].join("\n");
}

function optionText(schema: z.ZodType): string {
  const { description, tighter } = schema.meta() ?? {};
  const fallback =
    schema instanceof z.ZodDefault ? ` Default: \`${JSON.stringify(schema.parse(undefined))}\`.` : "";
  return `${description ?? ""}${fallback} Tighter is: ${String(tighter)}.`;
}

function fenced(yaml: string): string {
  return yaml.trim() === "" ? "(nothing)" : `\`\`\`yaml\n${yaml.trim()}\n\`\`\``;
}
