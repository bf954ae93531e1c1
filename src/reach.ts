import type { Repository } from "./manifest/kustomize/repository.ts";
import type { MeshObject } from "./mesh/object.ts";
import type { Finding } from "./rules/finding.ts";
import { sameJson } from "./traffic/same-json.ts";

/** How far a change reaches: the files themselves, and through kustomizations whatever is built of them. */
export interface Reach {
  readonly changed: ReadonlySet<string>;
  /** The changed paths that kustomizations name, and those of kustomizations. */
  readonly parts: ReadonlySet<string>;
  /** Paths of the files, as read or built, whose documents may be others now. */
  readonly files: ReadonlySet<string>;
  /** Where the lines of those documents may stand. */
  readonly places: ReadonlySet<string>;
}

/** How far a change of some paths reaches in the two states of a repository. */
export function reachOf(changedPaths: readonly string[], ...states: readonly Repository[]): Reach {
  const changed = new Set(changedPaths);
  const files = new Set(changed);
  const places = new Set(changed);
  for (const { path, applied } of states.flatMap((state) => state.files)) {
    if (applied === undefined || applied.reads.isDisjointFrom(changed)) continue;
    files.add(path);
    for (const read of applied.reads) places.add(read);
  }
  const inputs = states.reduce((all, state) => all.union(state.inputs), new Set<string>());
  return { changed, parts: changed.intersection(inputs), files, places };
}

/**
 * Says of findings on lines that others apply which overlays do: those of the finding, and those that hold the very same
 * object.
 */
export function throughOverlays(
  findings: readonly Finding[],
  objects: readonly MeshObject<unknown>[],
): Finding[] {
  const byId = Map.groupBy(objects, ({ id }) => id);
  return findings.map((finding) => {
    const { through } = finding.range;
    if (through === undefined) return finding;
    const copies = byId.get(finding.object) ?? [];
    const own = copies.filter((copy) => through.includes(rootOf(copy)));
    const alike = copies.filter((copy) =>
      own.some(({ document }) => sameJson(document.value, copy.document.value)),
    );
    const roots = [...new Set([...through, ...alike.map(rootOf)])].sort();
    const range = { ...finding.range, through: roots };
    return { ...finding, range, message: `${finding.message}, through ${listed(roots)}` };
  });
}

function rootOf({ document: { file } }: MeshObject<unknown>): string {
  return file.slice(0, Math.max(file.lastIndexOf("/"), 0));
}

function listed(roots: readonly string[]): string {
  const names = roots.map((root) => root || "the root of the repository");
  const last = names.pop();
  return names.length === 0 ? `${last}` : `${names.join(", ")} and ${last}`;
}
