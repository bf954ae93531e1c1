import type { Comparison, PullRequestState } from "../github/port.ts";
import type { Range } from "../manifest/source.ts";
import { code } from "./escape.ts";

/** What a report on GitHub needs beside the evaluation: where its links lead, and what was compared. */
export interface ReportContext {
  readonly pull: PullRequestState;
  readonly comparison: Comparison;
  /** Paths whose content after merging is the head's own: only there do head's lines mean what we read. */
  readonly headOwn: ReadonlySet<string>;
}

/** Address of a line at head, or of the file when no line is known. */
export function permalink({ pull }: ReportContext, path: string, line?: number): string {
  const repository = pull.url.replace(/\/pull\/\d+$/, "");
  const file = path.split("/").map(encodeURIComponent).join("/").replace(/[()]/g, escapeParenthesis);
  return `${repository}/blob/${pull.head}/${file}${line === undefined ? "" : `#L${line}`}`;
}

/** encodeURIComponent leaves parentheses alone, and they would end a Markdown link. */
function escapeParenthesis(character: string): string {
  return character === "(" ? "%28" : "%29";
}

/** A line for Markdown: a link where there is somewhere to lead to. */
export function place(range: Range, context: ReportContext | null): string {
  const name = code(`${range.file}:${range.line}`);
  return context ? `[${name}](${permalink(context, range.file, range.line)})` : name;
}
