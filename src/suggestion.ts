import { type Evaluation, evaluate, type Occasion, type ProposedChange } from "./evaluation.ts";
import type { EffectivePolicy } from "./policy/effective.ts";
import type { Edit, Finding } from "./rules/finding.ts";

/** Lines of a file of head that say what would pass. */
export interface Suggestion {
  readonly file: string;
  /** The first and the last line that give way, counted from 1. */
  readonly startLine: number;
  readonly endLine: number;
  /** What stands there instead, without a line end. */
  readonly text: string;
}

/** How findings that say the same could be mended at once; null: nobody knows a text that passes. */
export type Suggest = (alike: readonly Finding[]) => Suggestion | null;

/** Judging a text anew costs as much as judging the change. */
const mostJudged = 5;

/**
 * Proposes what rules know, and only where the change with it was judged anew: the finding is gone, and nothing else stands
 * in the way that did not before. A value that no single line decides is left alone.
 *
 * @param judged the change as it is, by the same policy on the same occasion.
 */
export function suggestions(
  change: ProposedChange,
  policy: EffectivePolicy,
  occasion: Occasion,
  judged: Evaluation,
): Suggest {
  const obstacles = obstaclesOf(judged);
  let left = mostJudged;
  return (alike) => {
    const proposed = editedLines(alike[0]?.edits?.() ?? [], change.head);
    if (proposed === null || left === 0) return null;
    left--;
    const { suggestion, whole } = proposed;
    const head = new Map(change.head).set(suggestion.file, whole);
    const after = obstaclesOf(evaluate({ ...change, head }, policy, occasion));
    const isMended = alike.every((finding) => !after.has(nameOf(finding))) && after.isSubsetOf(obstacles);
    return isMended ? suggestion : null;
  };
}

/** All that keeps a change from passing, by what it is about: values may differ. */
function obstaclesOf({ decision, evidence }: Evaluation): ReadonlySet<string> {
  const unread = evidence.notEvaluated.map(({ file, reason }) => JSON.stringify([file, reason]));
  return new Set([...decision.blocking.map(nameOf), ...unread]);
}

const nameOf = ({ rule, object, subject, scopes }: Finding): string =>
  JSON.stringify([rule, object, subject, scopes]);

/** The lines with the edits made, and the whole text; null where the edits are not all values in lines of one file. */
function editedLines(
  edits: readonly Edit[],
  texts: ReadonlyMap<string, string>,
): { readonly suggestion: Suggestion; readonly whole: string } | null {
  const [first] = edits;
  if (first === undefined) return null;
  const { file } = first.range;
  const lines = texts.get(file)?.split("\n");
  const isPlain = ({ range }: Edit) =>
    range.file === file && range.line === range.endLine && !range.derived && !range.elsewhere;
  if (lines === undefined || !edits.every(isPlain)) return null;
  // From the right, so that the columns of what is still to be done stay true.
  for (const { range, text } of edits.toSorted((a, b) => b.range.column - a.range.column)) {
    const line = lines[range.line - 1] ?? "";
    lines[range.line - 1] = line.slice(0, range.column - 1) + text + line.slice(range.endColumn - 1);
  }
  const numbers = edits.map(({ range }) => range.line);
  const [startLine, endLine] = [Math.min(...numbers), Math.max(...numbers)];
  const text = lines.slice(startLine - 1, endLine).join("\n");
  return { suggestion: { file, startLine, endLine, text }, whole: lines.join("\n") };
}
