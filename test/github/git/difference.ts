import { runGit } from "./process.ts";

/** One file of a diff, in the words of GitHub's `diff-entry`. */
export interface FileChange {
  readonly status: "added" | "removed" | "modified" | "renamed" | "changed";
  readonly path: string;
  readonly previousPath: string | null;
  /** Blob at head; at base for a removed file. */
  readonly oid: string;
  readonly additions: number;
  readonly deletions: number;
  /** Absent for binary files, pure renames and diffs too large to show. */
  readonly patch: string | null;
}

/** GitHub shows no diff of a file beyond these (github/docs, repository-limits.md: "Diff limits"). */
const shownDiff = { lines: 20_000, bytes: 500_000 };

const statuses: Readonly<Record<string, FileChange["status"]>> = {
  A: "added",
  D: "removed",
  M: "modified",
  R: "renamed",
  T: "changed",
};

/** The files that differ between two commits or trees, renames found by similarity (`-M`), from one Git process. */
export async function differingFiles(directory: string, base: string, head: string): Promise<FileChange[]> {
  const args = [
    "diff-tree",
    "-r",
    "-M",
    "-z",
    "--raw",
    "--patch",
    "--full-index",
    "--no-ext-diff",
    base,
    head,
  ];
  const { output } = await runGit(directory, args);
  const text = output.toString();
  const end = text.indexOf("\0\0"); // the raw records end with an empty one; then the patches, in the same order
  if (end < 0) return [];
  const patches = splitPatches(text.slice(end + 2));
  return parseRaw(text.slice(0, end).split("\0")).map((record) => {
    const sections = patches.splice(0, record.status === "changed" ? 2 : 1); // a change of type is shown as delete and create
    return { ...record, ...measure(sections.map(hunks).filter((text) => text !== "")) };
  });
}

type RawRecord = Pick<FileChange, "status" | "path" | "previousPath" | "oid">;

function parseRaw(fields: readonly string[]): RawRecord[] {
  const records: RawRecord[] = [];
  for (let at = 0; at < fields.length; ) {
    const [, , before = "", after = "", letter = ""] = (fields[at++] ?? "").split(" ");
    const status = statuses[letter.charAt(0)];
    if (status === undefined) throw new Error(`unknown status ${letter} in a raw diff`);
    const first = fields[at++] ?? "";
    const path = status === "renamed" ? (fields[at++] ?? "") : first;
    records.push({
      status,
      path,
      previousPath: status === "renamed" ? first : null,
      oid: status === "removed" ? before : after,
    });
  }
  return records;
}

/** A line of contents always starts with space, plus, minus, @ or backslash, so `diff --git` starts a section. */
function splitPatches(text: string): string[] {
  return text === "" ? [] : text.split(/^(?=diff --git )/m);
}

/** A section without its headers; empty for binary files and pure renames. */
function hunks(section: string): string {
  const start = section.indexOf("\n@@ ");
  return start < 0 ? "" : section.slice(start + 1).replace(/\n$/, "");
}

function measure(sections: readonly string[]): Pick<FileChange, "additions" | "deletions" | "patch"> {
  if (sections.length === 0) return { additions: 0, deletions: 0, patch: null };
  const patch = sections.join("\n");
  const lines = patch.split("\n");
  const tooLarge = lines.length > shownDiff.lines || patch.length > shownDiff.bytes;
  return {
    additions: lines.filter((line) => line.startsWith("+")).length,
    deletions: lines.filter((line) => line.startsWith("-")).length,
    patch: tooLarge ? null : patch,
  };
}
