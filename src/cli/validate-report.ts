import type { Problem } from "../manifest/source.ts";
import { line } from "../report/escape.ts";
import type { JudgedFile, JudgedObject, Opinion } from "./judge-manifests.ts";

/** A problem as JSON, with its place in the file. */
export function problemJson({ code, message, fix, range }: Problem) {
  return { code, line: range.line, column: range.column, message, ...(fix === undefined ? {} : { fix }) };
}

/** The result of `sluice validate PATH…` as one JSON value. */
export function jsonValidity(files: readonly JudgedFile[], exit: number): string {
  const objects = files.flatMap(({ path, objects: judged }) =>
    judged.map((object) => objectJson(path, object)),
  );
  const notEvaluated = files.flatMap(({ path, unreadable }) =>
    unreadable.map(({ message, ...problem }) => {
      const { line: at, column } = problemJson({ message, ...problem });
      return { file: path, line: at, column, reason: message };
    }),
  );
  return `${JSON.stringify({ version: 1, exit, objects, notEvaluated }, null, 2)}\n`;
}

function objectJson(file: string, { id, document, accepted, webhook, crd }: JudgedObject) {
  const opinion = ({ valid, errors }: Opinion) => ({ valid, errors: errors.map(problemJson) });
  return {
    object: id,
    file,
    line: document.locate([]).line,
    accepted,
    webhook: { ...opinion(webhook), warnings: webhook.warnings.map(problemJson) },
    crd: opinion(crd),
  };
}

type Style = 31 | 32 | 33 | 2;

/** The result for a terminal: every problem with its line, and a count at the end. */
export function prettyValidity(
  files: readonly JudgedFile[],
  texts: ReadonlyMap<string, string>,
  colours: boolean,
): string {
  const paint = (style: Style, text: string) => (colours ? `\u001b[${style}m${text}\u001b[0m` : text);
  const block = (style: Style, mark: string, problem: Problem) => [
    `${paint(style, mark)} ${line(problem.range.file)}:${problem.range.line}:${problem.range.column} ${line(problem.message)}`,
    ...excerpt(problem, texts).map((text) => paint(2, text)),
    ...(problem.fix === undefined ? [] : [`  → ${line(problem.fix)}`]),
    "",
  ];
  const problems = files.flatMap(({ objects, unreadable }) => [
    ...unreadable.flatMap((problem) => block(31, "not evaluated", problem)),
    ...objects.flatMap(({ refusals }) => refusals.flatMap((problem) => block(31, "error", problem))),
    ...objects.flatMap(({ webhook }) => webhook.warnings.flatMap((problem) => block(33, "warning", problem))),
  ]);
  const refused = files.flatMap(({ objects }) => objects).filter(({ accepted }) => !accepted);
  return `${[...problems, summary(files, refused.length, paint)].join("\n")}\n`;
}

function summary(
  files: readonly JudgedFile[],
  refused: number,
  paint: (style: Style, text: string) => string,
): string {
  const total = files.reduce((sum, { objects }) => sum + objects.length, 0);
  const objects = `${total} Istio object${total === 1 ? "" : "s"}`;
  const unread = files.filter(({ unreadable }) => unreadable.length > 0).length;
  const rest = unread > 0 ? `; ${unread} file${unread === 1 ? "" : "s"} could not be evaluated` : "";
  if (refused > 0) return `${paint(31, "✗")} ${refused} of ${objects} would be refused${rest}`;
  return unread > 0
    ? `${paint(31, "✗")} ${objects} accepted${rest}`
    : `${paint(32, "✓")} ${objects} accepted`;
}

/** The line that is meant, with a caret under the place. */
function excerpt({ range }: Problem, texts: ReadonlyMap<string, string>): string[] {
  const text = texts
    .get(range.file)
    ?.split("\n")
    [range.line - 1]?.replaceAll(/\p{Cc}/gu, " ");
  if (text === undefined || text.trim() === "") return [];
  const shown = text.slice(0, 160);
  const caret = range.column <= 160 ? [`${" ".repeat(range.column + 1)}^`] : [];
  return [`  ${shown.trimEnd()}`, ...caret];
}
