export type Side = "LEFT" | "RIGHT";

/** The lines a review comment may stand on, each with the number of its hunk, by side of the diff. */
export type CommentableLines = Readonly<Record<Side, ReadonlyMap<number, number>>>;

/** Reads the commentable lines out of a unified patch: deletions and context on the left, additions and context on the right. */
export function commentableLines(patch: string): CommentableLines {
  const lines = { LEFT: new Map<number, number>(), RIGHT: new Map<number, number>() };
  let left = 0;
  let right = 0;
  let hunk = -1;
  for (const line of patch.split("\n")) {
    const header = /^@@ -(\d+)(?:,\d+)? \+(\d+)/.exec(line);
    if (header !== null) {
      left = Number(header[1]);
      right = Number(header[2]);
      hunk += 1;
      continue;
    }
    if (line.startsWith("-") || line.startsWith(" ")) lines.LEFT.set(left++, hunk);
    if (line.startsWith("+") || line.startsWith(" ")) lines.RIGHT.set(right++, hunk);
  }
  return lines;
}

/** The patch's text from its hunk header down to the given line, as GitHub's `diff_hunk` shows it. */
export function hunkUpTo(patch: string, side: Side, line: number): string {
  let left = 0;
  let right = 0;
  let shown: string[] = [];
  for (const text of patch.split("\n")) {
    const header = /^@@ -(\d+)(?:,\d+)? \+(\d+)/.exec(text);
    if (header !== null) {
      left = Number(header[1]) - 1;
      right = Number(header[2]) - 1;
      shown = [];
    } else {
      if (!text.startsWith("+")) left += 1;
      if (!text.startsWith("-")) right += 1;
    }
    shown.push(text);
    const onSide =
      side === "LEFT" ? !text.startsWith("+") && left === line : !text.startsWith("-") && right === line;
    if (header === null && onSide) return shown.join("\n");
  }
  return patch;
}
