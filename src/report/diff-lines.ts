const hunkHeader = /^@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@/;

/**
 * Lines of the new side that a review comment may stand on: those a unified patch shows, changed or context. GitHub
 * answers 422 to the whole review when one comment stands elsewhere (pulls/create-review).
 */
export function commentableLines(patch: string | undefined): ReadonlySet<number> {
  const lines = new Set<number>();
  let next = 0;
  for (const text of (patch ?? "").split("\n")) {
    const hunk = hunkHeader.exec(text);
    if (hunk) next = Number(hunk[1]);
    else if (text.startsWith("+") || text.startsWith(" ")) lines.add(next++);
  }
  return lines;
}
