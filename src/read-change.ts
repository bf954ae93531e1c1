import { Blobs, type Entries, isReadable, whyUnreadable } from "./blobs.ts";
import type { ProposedChange } from "./evaluation.ts";
import type { Comparison, GitHub, PullRequestState, Tree, TreeEntry } from "./github/port.ts";
import { kustomizationNames } from "./manifest/kustomize/paths.ts";
import { kustomizationInputs } from "./manifest/kustomize/repository.ts";
import { mattersToMesh } from "./manifest/mention.ts";
import { isManifestPath } from "./manifest/paths.ts";
import { changedOnBothSides, type MergeResult, mergeResult } from "./merge-result.ts";
import type { NotEvaluated } from "./policy/decide.ts";
import { readTexts, textsOf } from "./read-texts.ts";

/** A pull request's change as read from GitHub, with what its report needs for links and positions. */
export interface ReadChange {
  readonly change: ProposedChange;
  readonly comparison: Comparison;
  readonly headOwn: ReadonlySet<string>;
  /** Every path that differs, and every entry as merging would leave it. */
  readonly changed: readonly string[];
  readonly entries: Entries;
}

/** The commits that a change lies between. */
export type ChangeEnds = Pick<PullRequestState, "baseTip" | "head" | "testMerge">;

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
  const blobs = new Blobs(github);
  const own = entriesOf(merge, changed.filter(isManifestPath));
  await blobs.read(own, mattersToMesh);
  unreadable.push(...unreadableAfter(merge, changed.filter(isManifestPath), blobs));
  const isAboutMesh = blobs.texts.size > 0 || (await changesKustomization(merge, changed, blobs));
  const states = [merge.before, merge.after];
  const [base, after] = isAboutMesh
    ? await readTexts(states, blobs)
    : states.map((entries) => textsOf(entries, new Set(), blobs));
  return {
    change: {
      base: base!.files,
      head: after!.files,
      unreadable,
      unread: { base: base!.unread, head: new Set([...after!.unread, ...merge.conflicting]) },
    },
    comparison,
    headOwn: merge.headOwn,
    changed,
    entries: merge.after,
  };
}

const everything = () => true;

/** Both states' entries of some paths. */
function entriesOf({ before, after }: MergeResult, paths: Iterable<string>): TreeEntry[] {
  return [...paths].flatMap((path) => [before.get(path) ?? [], after.get(path) ?? []].flat());
}

/** Whether a kustomization names a changed path: kustomize reads no file outside of the kustomization's directory. */
async function changesKustomization(
  merge: MergeResult,
  changed: readonly string[],
  blobs: Blobs,
): Promise<boolean> {
  const above = new Set(changed.flatMap(kustomizationsAbove));
  await blobs.read(entriesOf(merge, above), everything, true);
  return [merge.before, merge.after].some((entries) => {
    const inputs = kustomizationInputs(blobs.of(entries, above));
    return changed.some((path) => inputs.has(path));
  });
}

function kustomizationsAbove(path: string): string[] {
  const parts = path.split("/").slice(0, -1);
  return ["", ...parts].flatMap((_, depth) =>
    kustomizationNames.map((name) => [...parts.slice(0, depth), name].join("/")),
  );
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

/** What of the changed paths could not be read after merging. */
function unreadableAfter(
  { after }: MergeResult,
  changed: readonly string[],
  { failures }: Blobs,
): NotEvaluated[] {
  return changed.flatMap((file) => {
    const reason = failures.get(after.get(file)?.sha ?? "");
    return reason ? [{ file, reason, blocks: true }] : [];
  });
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
