import type { Tree, TreeEntry } from "./github/port.ts";

/** Where a path's content comes from once the pull request is merged into the base tip. */
export interface MergeResult {
  /** Entries by path as the base branch has them now. */
  readonly before: ReadonlyMap<string, TreeEntry>;
  /** Entries by path as merging would leave them; conflicting paths are missing. */
  readonly after: ReadonlyMap<string, TreeEntry>;
  /** Paths whose entry after merging is the head's own. */
  readonly headOwn: ReadonlySet<string>;
  /** Paths that base tip, merge base and head all hold differently: only a test merge knows their content. */
  readonly conflicting: readonly string[];
}

/**
 * What the base branch becomes, file by file (semantics.md "What is compared"): a path that one side left alone takes the
 * other side's content. `testMerge` is GitHub's merge of exactly these commits, asked for where both sides changed a file.
 */
export function mergeResult(baseTip: Tree, mergeBase: Tree, head: Tree, testMerge: Tree | null): MergeResult {
  const [before, origin, theirs, merged] = [baseTip, mergeBase, head, testMerge].map(
    (tree) => new Map(tree?.entries.map((entry) => [entry.path, entry])),
  ) as [Entries, Entries, Entries, Entries];
  const after = new Map<string, TreeEntry>();
  const headOwn = new Set<string>();
  const conflicting: string[] = [];
  for (const path of new Set([...before.keys(), ...theirs.keys()])) {
    const [ours, original, proposed] = [before.get(path), origin.get(path), theirs.get(path)];
    const entry = same(original, proposed)
      ? ours
      : same(original, ours) || same(ours, proposed)
        ? proposed
        : "both";
    if (entry === "both") {
      const result = merged.get(path);
      if (result) after.set(path, result);
      else if (!testMerge) conflicting.push(path);
    } else if (entry) after.set(path, entry);
    if (entry !== "both" && same(entry, proposed)) headOwn.add(path);
  }
  return { before, after, headOwn, conflicting };
}

type Entries = Map<string, TreeEntry>;

/** Paths that base tip, merge base and head all hold differently, so that a test merge is needed. */
export function changedOnBothSides(baseTip: Tree, mergeBase: Tree, head: Tree): boolean {
  return mergeResult(baseTip, mergeBase, head, null).conflicting.length > 0;
}

function same(a: TreeEntry | undefined, b: TreeEntry | undefined): boolean {
  return a?.sha === b?.sha && a?.kind === b?.kind;
}
