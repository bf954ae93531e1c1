import type { Comparison, PullRequestState } from "../github/port.ts";
import { pathAtHome } from "../manifest/elsewhere.ts";
import type { Range } from "../manifest/source.ts";
import { code } from "./escape.ts";

/** What a report on GitHub needs beside the evaluation: where its links lead, and what was compared. */
export interface ReportContext {
  readonly pull: PullRequestState;
  readonly comparison: Comparison;
  /** Paths whose content after merging is the head's own: only there do head's lines mean what we read. */
  readonly headOwn: ReadonlySet<string>;
}

/** Address of a line: at head, or in another repository at the commit it was read from. */
function permalink({ pull }: ReportContext, range: Range): string | null {
  const { elsewhere, line } = range;
  if (elsewhere && elsewhere.commit === null) return null;
  const repository = pull.url.replace(/\/pull\/\d+$/, "");
  const home = elsewhere ? repository.replace(/[^/]+\/[^/]+$/, () => elsewhere.repository) : repository;
  const file = pathAtHome(range)
    .split("/")
    .map(encodeURIComponent)
    .join("/")
    .replace(/[()]/g, escapeParenthesis);
  return `${home}/blob/${elsewhere ? elsewhere.commit : pull.head}/${file}#L${line}`;
}

/** encodeURIComponent leaves parentheses alone, and they would end a Markdown link. */
function escapeParenthesis(character: string): string {
  return character === "(" ? "%28" : "%29";
}

/** A line for Markdown: a link where there is somewhere to lead to. */
export function place(range: Range, context: ReportContext | null): string {
  const name = code(`${range.file}:${range.line}`);
  const link = context && permalink(context, range);
  return link ? `[${name}](${link})` : name;
}
