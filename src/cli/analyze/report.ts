import { alikeSayings, type Told, toldMessage, toldObjects } from "../../policy/alike.ts";
import { line } from "../../report/escape.ts";
import type { Level } from "../../rules/istio-messages.ts";
import type { AnalysisResult, Mistake } from "./findings.ts";

/** The result as one JSON value: a list, what could not be read first. */
export function jsonAnalysis({ mistakes, unread }: AnalysisResult): string {
  const entries = [...unread, ...mistakes].map(
    ({ rule, istio, severity, object, message, fix, certainty, range }) => ({
      rule,
      istio,
      severity,
      object,
      message,
      file: range.file,
      line: range.line,
      column: range.column,
      certainty,
      fix,
    }),
  );
  return `${JSON.stringify(entries, null, 2)}\n`;
}

interface Style {
  /** Also what depends on objects that the files do not show. */
  readonly all: boolean;
  readonly colours: boolean;
}

const colours: Readonly<Record<Level, number>> = { error: 31, warning: 33, info: 36 };

/** The result for a terminal: file by file, and a count at the end. */
export function prettyAnalysis(
  { mistakes, unread }: AnalysisResult,
  { all, colours: coloured }: Style,
): string {
  const paint = (code: number, text: string) => (coloured ? `\u001b[${code}m${text}\u001b[0m` : text);
  const shown = all ? mistakes : mistakes.filter(({ certainty }) => certainty === "certain");
  const block = (told: Block) => {
    const { rule, istio, severity, fix, certainty, range } = told.first;
    const object = told.first.object === "" ? null : toldObjects(told);
    return [
      `${paint(colours[severity], severity)} ${line(range.file)}:${range.line}:${range.column} ${line(toldMessage(told))}`,
      paint(
        2,
        `  ${[object, rule, istio, certainty === "certain" ? null : certainty]
          .filter(Boolean)
          .map((part) => line(part!))
          .join(" · ")}`,
      ),
      ...(fix === null ? [] : [`  → ${line(fix)}`]),
      "",
    ];
  };
  const [unreadOnce, told] = [unread, shown].map((list) => alikeSayings(list.map(placed))) as [
    Block[],
    Block[],
  ];
  const hidden = mistakes.length - shown.length;
  return `${[
    ...[...unreadOnce, ...told].flatMap(block),
    ...(hidden > 0
      ? [
          `${hidden} more ${hidden === 1 ? "depends" : "depend"} on objects that these files do not show: --all lists them`,
        ]
      : []),
    summary(told, unreadOnce.length, paint),
  ].join("\n")}\n`;
}

type Block = Told<ReturnType<typeof placed>>;

/** Without an object, as nobody could judge it, it is a file that is spoken of. */
function placed(mistake: Mistake) {
  const { object, range } = mistake;
  return { ...mistake, object: object ?? "", scopes: [range.scope ?? ""] };
}

function summary(
  told: readonly Block[],
  unread: number,
  paint: (code: number, text: string) => string,
): string {
  const count = (severity: Level) => told.filter(({ first }) => first.severity === severity).length;
  const counts = (["error", "warning", "info"] as const)
    .map((severity) => ({ severity, number: count(severity) }))
    .filter(({ number }) => number > 0)
    .map(({ severity, number }) =>
      severity === "info" ? `${number} info` : `${number} ${severity}${number === 1 ? "" : "s"}`,
    );
  if (unread > 0) counts.push(`${unread} not evaluated`);
  if (counts.length === 0) return `${paint(32, "✓")} nothing wrong`;
  return `${paint(count("error") + unread > 0 ? 31 : 33, "✗")} ${counts.join(", ")}`;
}
