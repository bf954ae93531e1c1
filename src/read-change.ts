import type { ProposedChange, Snapshot } from "./evaluation.ts";
import type { Blob, Comparison, GitHub, PullRequestState, Tree, TreeEntry } from "./github/port.ts";
import { isManifestPath, maxManifestBytes } from "./manifest/paths.ts";
import { mentionsMesh } from "./manifest/template.ts";
import { changedOnBothSides, type MergeResult, mergeResult } from "./merge-result.ts";
import type { NotEvaluated } from "./policy/decide.ts";

/** A pull request's change as read from GitHub, with what its report needs for links and positions. */
export interface ReadChange {
  readonly change: ProposedChange;
  readonly comparison: Comparison;
  readonly headOwn: ReadonlySet<string>;
}

/** The commits that a change lies between. */
export type ChangeEnds = Pick<PullRequestState, "baseTip" | "head" | "testMerge">;

/** Blobs held at one time while looking for the few that matter: bounds the memory of a large repository. */
const blobsAtOnce = 1_000;

/**
 * Reads both states of the repository: changed files first, and the rest of the mesh only when one of them is about it.
 * What cannot be read comes back as `unreadable`; faults of GitHub are thrown.
 */
export async function readChange(github: GitHub, pull: ChangeEnds): Promise<ReadChange> {
  const { baseTip, head } = pull;
  const [comparison, baseTree, headTree] = await Promise.all([
    github.compare(baseTip, head),
    github.tree(baseTip),
    github.tree(head),
  ]);
  const originTree = comparison.mergeBase === baseTip ? baseTree : await github.tree(comparison.mergeBase);
  const merge = await mergeOf(github, pull, baseTree, originTree, headTree);
  const changed = changedPaths(merge);
  const unreadable = [
    ...cutTrees(baseTree, originTree, headTree),
    ...merge.conflicting.filter(isManifestPath).map(conflict),
    ...changed.flatMap((path) => withoutContent(path, merge.after.get(path))),
  ];
  const contents = await relevantContents(github, merge, changed.filter(isManifestPath), unreadable);
  if (contents.size > 0) {
    const rest = [...merge.before.keys(), ...merge.after.keys()].filter(isManifestPath);
    for (const [sha, text] of await relevantContents(github, merge, rest, null)) contents.set(sha, text);
  }
  return {
    change: { base: snapshot(merge.before, contents), head: snapshot(merge.after, contents), unreadable },
    comparison,
    headOwn: merge.headOwn,
  };
}

async function mergeOf(
  github: GitHub,
  pull: ChangeEnds,
  baseTip: Tree,
  origin: Tree,
  head: Tree,
): Promise<MergeResult> {
  const needsTestMerge = pull.testMerge !== null && changedOnBothSides(baseTip, origin, head);
  return mergeResult(baseTip, origin, head, needsTestMerge ? await github.tree(pull.testMerge) : null);
}

function changedPaths({ before, after, conflicting }: MergeResult): string[] {
  const conflicts = new Set(conflicting);
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((path) => before.get(path)?.sha !== after.get(path)?.sha && !conflicts.has(path))
    .sort();
}

/**
 * Texts by blob SHA of the paths that speak of a mesh. With `unreadable`, what about the paths could not be read after
 * merging is added to it; without, only certainty suffers.
 */
async function relevantContents(
  github: GitHub,
  { before, after }: MergeResult,
  paths: readonly string[],
  unreadable: NotEvaluated[] | null,
): Promise<Map<string, string>> {
  const entries = paths
    .flatMap((path) => [before.get(path), after.get(path)])
    .filter((entry) => isReadable(entry));
  const wanted = [...new Set(entries.map(({ sha }) => sha))];
  const texts = new Map<string, string>();
  const failures = new Map<string, string>();
  for (let start = 0; start < wanted.length; start += blobsAtOnce) {
    for (const [sha, blob] of await github.blobs(wanted.slice(start, start + blobsAtOnce))) {
      if (!("text" in blob)) failures.set(sha, whyUnreadable[blob.unreadable]);
      else if (mentionsMesh(blob.text)) texts.set(sha, blob.text);
    }
  }
  for (const path of unreadable ? paths : []) {
    const reason = failures.get(after.get(path)?.sha ?? "");
    if (reason) unreadable?.push({ file: path, reason, blocks: true });
  }
  return texts;
}

const whyUnreadable: Record<Extract<Blob, { unreadable: string }>["unreadable"], string> = {
  binary: "the file is binary",
  "not-utf8": "the file is not UTF-8 text",
  "too-large": `the file is larger than ${maxManifestBytes / 1024 / 1024} MiB`,
  missing: "GitHub does not show the file's content",
};

function isReadable(entry: TreeEntry | undefined): entry is TreeEntry {
  return entry?.kind === "file" && (entry.size ?? 0) <= maxManifestBytes;
}

function snapshot(entries: ReadonlyMap<string, TreeEntry>, contents: ReadonlyMap<string, string>): Snapshot {
  const files = new Map<string, string>();
  for (const [path, entry] of entries) {
    const text = entry.kind === "file" && isManifestPath(path) ? contents.get(entry.sha) : undefined;
    if (text !== undefined) files.set(path, text);
  }
  return files;
}

/** What a changed path is when it has no text of its own to read. */
function withoutContent(path: string, entry: TreeEntry | undefined): NotEvaluated[] {
  const reason =
    entry?.kind === "submodule"
      ? "it is a submodule, whose content is another repository's"
      : entry?.kind === "symlink" && isManifestPath(path)
        ? "it is a symbolic link; Sluice reads files as they stand in Git"
        : entry && isManifestPath(path) && !isReadable(entry)
          ? whyUnreadable["too-large"]
          : null;
  return reason ? [{ file: path, reason, blocks: true }] : [];
}

function conflict(path: string): NotEvaluated {
  return {
    file: path,
    reason: "it changed on both branches, and GitHub has no test merge of them yet",
    fix: "Update your branch",
    blocks: true,
  };
}

function cutTrees(...trees: readonly Tree[]): NotEvaluated[] {
  return trees.every(({ complete }) => complete)
    ? []
    : [
        {
          file: "the repository",
          reason:
            "it has more entries than GitHub lists (100,000 entries or 7 MB), so changes may be missing",
          blocks: true,
        },
      ];
}
