import type { Evaluation } from "../evaluation.ts";
import type { ReviewComment } from "../github/port.ts";
import { alikeFindings, toldMessage } from "../policy/alike.ts";
import type { Suggest, Suggestion } from "../suggestion.ts";
import { diffLines } from "./annotations.ts";
import type { ReportContext } from "./context.ts";
import { code, plain } from "./escape.ts";
import { sentence } from "./sentence.ts";

/** Inline comments notify people: only what blocks, and never so many that the page suffers. */
const maxComments = 20;

/**
 * Inline comments on blocking findings whose line the diff shows and that have none yet, keyed by fingerprint, each with the
 * lines that would pass where somebody knows them.
 */
export function reviewComments(
  { decision }: Evaluation,
  context: ReportContext,
  suggest: Suggest,
): ReviewComment[] {
  const onDiff = diffLines(context);
  const open = decision.blocking.filter(
    ({ range, fingerprint }) => onDiff(range) && !context.pull.commentedFingerprints.has(fingerprint),
  );
  return alikeFindings(open)
    .slice(0, maxComments)
    .map((told) => {
      const { first } = told;
      const suggestion = suggest(told.all);
      const shown = suggestion && isShown(suggestion, onDiff) ? suggestion : null;
      return {
        ...(shown === null ? { path: first.range.file, line: first.range.line } : placeOf(shown)),
        fingerprint: first.fingerprint,
        body: [
          ...told.all.map(({ fingerprint }) => fingerprintMarker(fingerprint)),
          `**${code(first.rule)}** ${plain(sentence(toldMessage(told)))}`,
          "",
          `Why: ${first.why}.`,
          `What to do: ${plain(sentence(first.fix))}`,
          ...(shown === null ? [] : ["", "These lines would mend it:", block(shown)]),
        ].join("\n"),
      };
    });
}

/** A suggestion gives way to lines that the diff shows, every one of them. */
function isShown({ file, startLine, endLine }: Suggestion, onDiff: ReturnType<typeof diffLines>): boolean {
  const lines = Array.from({ length: endLine - startLine + 1 }, (_, index) => startLine + index);
  return lines.every((line) => onDiff({ file, line, column: 1, endLine: line, endColumn: 1 }));
}

function placeOf({
  file,
  startLine,
  endLine,
}: Suggestion): Pick<ReviewComment, "path" | "line" | "startLine"> {
  return { path: file, ...(startLine < endLine && { startLine }), line: endLine };
}

/** The lines as GitHub offers them for a commit. Their text is the pull request's: its backticks must not end the block. */
function block({ text }: Suggestion): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}suggestion\n${text.replaceAll("\r", "")}\n${fence}`;
}

/** Marks an inline comment of ours with the finding it belongs to. */
export function fingerprintMarker(fingerprint: string): string {
  return `<!-- sluice:finding ${fingerprint} -->`;
}
