import type { Evaluation } from "../evaluation.ts";
import type { Range } from "../manifest/source.ts";
import { alikeFindings, toldMessage } from "../policy/alike.ts";
import { line } from "./escape.ts";
import { sentence } from "./sentence.ts";

const levels = { block: "error", warn: "warning", info: "notice" } as const;

/** Workflow commands of GitHub Actions: annotations without an app (docs: workflow-commands-for-github-actions). */
export function githubCommands({ evidence, decision }: Evaluation): string {
  const fresh = evidence.findings.filter(({ state }) => state === "new" || state === "worse");
  const findings = alikeFindings(fresh).map((told) => {
    const { severity, certainty, range, rule, fix } = told.first;
    return command(
      certainty === "certain" ? levels[severity] : "notice",
      range,
      rule,
      `${sentence(toldMessage(told))} ${sentence(fix)}`,
    );
  });
  const unread = evidence.notEvaluated.map(({ file, reason, range, blocks }) =>
    command(
      blocks ? "error" : "warning",
      range ?? { file, line: 1, column: 1, endLine: 1, endColumn: 1 },
      "Could not be evaluated",
      sentence(reason),
    ),
  );
  return [...findings, ...unread, `${data(line(decision.title))}\n`].join("");
}

function command(level: string, range: Range, title: string, message: string): string {
  const properties = [
    `file=${property(range.file)}`,
    `line=${range.line}`,
    `endLine=${range.endLine}`,
    `title=${property(`Sluice: ${title}`)}`,
  ];
  return `::${level} ${properties.join(",")}::${data(line(message, 4_000))}\n`;
}

/** A newline or a `::` of a manifest must not become a command of its own. */
function data(text: string): string {
  return text.replace(/%/g, "%25").replace(/\r/g, "%0D").replace(/\n/g, "%0A").replace(/^::/, "%3A%3A");
}

function property(text: string): string {
  return data(text).replace(/:/g, "%3A").replace(/,/g, "%2C");
}
