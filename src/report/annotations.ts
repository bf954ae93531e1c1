import type { Evaluation } from "../evaluation.ts";
import type { Annotation } from "../github/port.ts";
import type { Range } from "../manifest/source.ts";
import { alikeChanges, alikeFindings, toldMessage, toldObjects } from "../policy/alike.ts";
import type { Finding } from "../rules/finding.ts";
import type { ReportContext } from "./context.ts";
import { commentableLines } from "./diff-lines.ts";
import { line } from "./escape.ts";
import { sentence } from "./sentence.ts";

/** More than this makes GitHub's page slow (reviewdog#1008); the check's text names every finding. */
const maxAnnotations = 200;

const levels = { block: "failure", warn: "warning", info: "notice" } as const;

/** Annotations on lines of the diff: findings, files that could not be read, and settings that changed. */
export function annotations({ evidence }: Evaluation, context: ReportContext): Annotation[] {
  const onDiff = diffLines(context);
  return [
    ...evidence.notEvaluated.flatMap(({ range, reason, fix, blocks }) =>
      // A file that cannot be read is annotated wherever its problem stands: it is always a changed file.
      range
        ? [annotation(range, blocks ? "failure" : "warning", "Could not be evaluated", advice(reason, fix))]
        : [],
    ),
    ...alikeFindings(
      evidence.findings.filter(({ range, state }) => state !== "existing" && onDiff(range)),
    ).map((told) => {
      const { first } = told;
      return annotation(first.range, level(first), first.rule, advice(toldMessage(told), first.fix));
    }),
    ...alikeChanges(evidence.traffic.changes.filter(({ range }) => onDiff(range))).map((told) => {
      const { range, path, before, after, direction } = told.first;
      return annotation(
        range,
        direction === "looser" ? "warning" : "notice",
        `${toldObjects(told)} ${path}`,
        `${before ?? "none"} → ${after ?? "none"}${direction === "other" ? "" : ` (${direction})`}`,
      );
    }),
  ].slice(0, maxAnnotations);
}

/** Whether a range starts on a line that the pull request's diff shows. */
export function diffLines({ comparison, headOwn }: ReportContext): (range: Range) => boolean {
  const byPath = new Map<string, ReadonlySet<number>>();
  return ({ file, line: start, elsewhere }) => {
    if (elsewhere || !headOwn.has(file)) return false;
    const known = byPath.get(file) ?? commentableLines(comparison.patches.get(file));
    byPath.set(file, known);
    return known.has(start);
  };
}

function level({ severity, certainty }: Finding): Annotation["level"] {
  return certainty === "certain" ? levels[severity] : "notice";
}

function advice(message: string, fix: string | undefined): string {
  return fix ? `${sentence(message)} ${sentence(fix)}` : sentence(message);
}

function annotation(range: Range, level: Annotation["level"], title: string, message: string): Annotation {
  // One line each: a mark over a whole route would paint half the file.
  return {
    path: range.file,
    startLine: range.line,
    endLine: range.line,
    level,
    // Annotations are plain text: a backtick would be shown as one.
    title: line(title, 200).replaceAll("`", ""),
    message: line(message, 4_000).replaceAll("`", ""),
  };
}
