import type { Annotation, CheckReport, Conclusion } from "../github/port.ts";
import type { PolicyProposal } from "../policy-proposal.ts";
import { code, line, plain } from "./escape.ts";
import { sentence } from "./sentence.ts";

/** Rows of a list before the rest is only counted. */
const maxRows = 30;
const titleCharacters = 140;

/** The check of a pull request that changes the policy itself: what it says of the mesh comes after that. */
export function withProposal(report: CheckReport, proposal: PolicyProposal | null): CheckReport {
  if (proposal === null) return report;
  const isWrong = problemsOf(proposal) !== null;
  const conclusion: Conclusion = isWrong ? "failure" : report.conclusion;
  const speaksFirst = isWrong || report.conclusion === "success";
  return {
    ...report,
    conclusion,
    title: speaksFirst ? line(titleOf(proposal), titleCharacters) : report.title,
    summary: `${section(proposal)}\n\n${report.summary}`,
    annotations: [...annotations(proposal), ...report.annotations],
  };
}

/** What keeps the proposal from being merged, in a line; null where nothing does. */
function problemsOf(proposal: PolicyProposal): string | null {
  const [invalid] = proposal.invalid;
  if (invalid)
    return `The policy is not valid: ${invalid.range.file}:${invalid.range.line}: ${invalid.message}`;
  const [failed, ...more] = failedCases(proposal);
  if (failed === undefined) return null;
  return `A case beside the policy fails: ${failed.name}${more.length > 0 ? ` (and ${more.length} more)` : ""}`;
}

function failedCases({ cases }: PolicyProposal): PolicyProposal["cases"] {
  return cases.filter(({ differences }) => differences.length > 0);
}

function titleOf(proposal: PolicyProposal): string {
  const wrong = problemsOf(proposal);
  if (wrong !== null) return wrong;
  const { effects, compared, complaints } = proposal;
  const without = complaints.length > 0 ? `, and ${count(complaints.length, "setting")} without effect` : "";
  if (compared.pulls === 0) return `The policy is valid${without}`;
  return `The policy is valid${without}; ${effects.length} of ${count(compared.pulls, "open pull request")} would be judged otherwise`;
}

function section(proposal: PolicyProposal): string {
  const { owner, invalid } = proposal;
  const whose = owner === "organisation" ? "The organisation's policy" : "This repository's policy";
  const valid = "It is valid. Nothing of it is in force before it is merged.";
  return [
    `### ${whose}, as this pull request would have it`,
    [invalid.length > 0 ? "It could not be in force:" : valid, ...problemItems(proposal)].join("\n"),
    casesText(proposal),
    effectsText(proposal),
  ]
    .filter((part) => part !== null)
    .join("\n\n");
}

function problemItems({ invalid, complaints }: PolicyProposal): string[] {
  const items = [...invalid, ...complaints].map(
    ({ message, range, fix }) =>
      `- ${code(`${range.file}:${range.line}`)}: ${plain(sentence(message))}${fix ? ` ${plain(sentence(fix))}` : ""}`,
  );
  return cut(items);
}

function casesText(proposal: PolicyProposal): string | null {
  const { cases } = proposal;
  if (cases.length === 0) return null;
  const failed = failedCases(proposal);
  const items = failed.flatMap(({ name, differences }) =>
    differences.map((difference) => `- ${code(name)}: ${plain(sentence(difference))}`),
  );
  return [`Cases beside it: ${cases.length - failed.length} of ${cases.length} hold.`, ...cut(items)].join(
    "\n",
  );
}

function effectsText({ effects, compared }: PolicyProposal): string | null {
  if (compared.pulls === 0) return null;
  const rows = effects.map(
    ({ repository, number, url, before, after }) =>
      `| [${code(`${repository}#${number}`)}](${url}) | ${code(before.title)} | ${code(after.title)} |`,
  );
  const of = compared.of > compared.pulls ? ` of ${compared.of}` : "";
  const first = `Held against ${count(compared.pulls, "open pull request")}${of}, approvals aside: ${effects.length} would be judged otherwise.`;
  if (rows.length === 0) return first;
  return [first, "", "| pull request | today | as proposed |", "|---|---|---|", ...cut(rows)].join("\n");
}

function annotations({ invalid, complaints }: PolicyProposal): Annotation[] {
  const at = (level: Annotation["level"]) => (problem: PolicyProposal["invalid"][number]) => ({
    path: problem.range.file,
    startLine: problem.range.line,
    endLine: problem.range.line,
    level,
    title: "Sluice: policy",
    message: [problem.message, problem.fix ?? []].flat().map(sentence).join(" "),
  });
  return [...invalid.map(at("failure")), ...complaints.map(at("warning"))];
}

function cut(rows: readonly string[]): string[] {
  return rows.length > maxRows
    ? [...rows.slice(0, maxRows), `…and ${rows.length - maxRows} more.`]
    : [...rows];
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
