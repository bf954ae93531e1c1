/** One line of a unified diff. Line numbers count from 1; null where the side lacks the line. */
export interface PatchLine {
  readonly kind: "hunk" | "context" | "added" | "removed" | "remark";
  readonly left: number | null;
  readonly right: number | null;
  /** Without the sign in front. */
  readonly text: string;
}

const hunkHeader = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/;

/** The lines of a unified patch from its first hunk header on. */
export function patchLines(patch: string): PatchLine[] {
  let left = 0;
  let right = 0;
  return patch.split("\n").map((line): PatchLine => {
    const header = hunkHeader.exec(line);
    if (header !== null) {
      left = Number(header[1]);
      right = Number(header[2]);
      return { kind: "hunk", left: null, right: null, text: line };
    }
    const text = line.slice(1);
    if (line.startsWith("+")) return { kind: "added", left: null, right: right++, text };
    if (line.startsWith("-")) return { kind: "removed", left: left++, right: null, text };
    // "\ No newline at end of file" belongs to neither side.
    if (line.startsWith("\\")) return { kind: "remark", left: null, right: null, text: text.trimStart() };
    return { kind: "context", left: left++, right: right++, text };
  });
}
