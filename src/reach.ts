import type { Repository } from "./manifest/kustomize/repository.ts";

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
