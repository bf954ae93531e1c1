/** Gathers a kustomization with everything it includes: api `internal/target/kusttarget.go`. */
import type { ManifestDocument } from "../source.ts";
import { type Accumulation, nothingYet, withIncluded } from "./accumulation.ts";
import type { Budget } from "./budget.ts";
import { type Kustomization, readKustomization } from "./kustomization.ts";
import type { Library } from "./library.ts";
import type { Keep } from "./memory.ts";
import { NotBuildable, refuse } from "./not-buildable.ts";
import { directoryOf, isKustomizationPath, isWithin, kustomizationNames, nothingAt } from "./paths.ts";
import type { MergeOptions } from "./strategic-merge.ts";
import { Target } from "./target.ts";
import { documentOf, type Traced, written } from "./traced.ts";

/** What all kustomizations of one build share. */
export interface Build {
  readonly library: Library;
  readonly budget: Budget;
  readonly merge: MergeOptions;
  /** The directory that is built. */
  readonly root: string;
  /** Whether resources say in annotations where they come from. */
  readonly annotates: boolean;
  /** Every path that was looked for, whether it was there or not. */
  readonly reads: Set<string>;
  /** What builds gathered for a directory; null where this one's gathering is of no use to others. */
  readonly sums: Keep<Accumulation> | null;
}

export type Role = "Kustomization" | "Component";

/** The path of a directory's kustomization; null where there is none. Throws {@link NotBuildable} where there are several. */
export function kustomizationFile(
  directory: string,
  { library, reads }: Pick<Build, "library" | "reads">,
): string | null {
  const paths = kustomizationNames.map((name) => (directory === "" ? name : `${directory}/${name}`));
  for (const path of paths) reads.add(path);
  const found = paths.filter((path) => library.texts.has(path));
  if (found.length > 1) {
    const range = { file: found[1]!, line: 1, column: 1, endLine: 1, endColumn: 1 };
    throw new NotBuildable(`there is more than one kustomization in a directory: ${found.join(", ")}`, range);
  }
  return found[0] ?? null;
}

/** Gathers the kustomization that is built, as `root` states it. Throws {@link NotBuildable}. */
export function accumulateRoot(build: Build, directory: string, root: Traced): Accumulation {
  build.budget.enter(0, root);
  const file = build.library.texts.has(documentOf(root).file) ? documentOf(root).file : directory;
  return targetOf(build, directory, [], { file, kustomization: readKustomization(root) }).accumulate(
    nothingYet,
  );
}

/**
 * Gathers the kustomization of a directory. `chain` are the directories of those that include it, the outermost first;
 * `at` is where the innermost of them names it; `inherited` is what a component adds to. Throws {@link NotBuildable}.
 */
function accumulate(
  build: Build,
  directory: string,
  chain: readonly string[],
  at: Traced,
  role: Role,
  inherited: Accumulation,
): Accumulation {
  // Kustomize refuses whatever contains a directory it came through.
  if (comesThrough(chain, directory)) {
    const way = [...chain, directory].map((one) => one || ".").join(" → ");
    refuse(`the kustomizations include each other: ${way}`, at);
  }
  build.budget.enter(chain.length, at);
  const known = role === "Kustomization" ? build.sums?.get(directory) : undefined;
  if (
    known &&
    ![...known.reads].some((path) => isKustomizationPath(path) && comesThrough(chain, directoryOf(path)))
  ) {
    for (const path of known.reads) build.reads.add(path);
    return known.value;
  }
  const reads = new Set<string>();
  try {
    const own = { ...build, reads };
    const sum = targetOf(own, directory, chain, kustomizationIn(own, directory, at, role)).accumulate(
      inherited,
    );
    if (role === "Kustomization") build.sums?.set(directory, sum, reads);
    return sum;
  } finally {
    for (const path of reads) build.reads.add(path);
  }
}

function comesThrough(chain: readonly string[], directory: string): boolean {
  return chain.some((other) => isWithin(other, directory));
}

interface Found {
  readonly file: string;
  readonly kustomization: Kustomization;
}

/** Kustomizations that have been read: a component is included by many. */
const known = new WeakMap<ManifestDocument, Kustomization>();

function kustomizationIn(build: Build, directory: string, at: Traced, role: Role): Found {
  const file = kustomizationFile(directory, build);
  if (file === null) refuse(nothingAt(directory, "neither a file nor a kustomization at"), at);
  const document = build.library.settings(file);
  if (document === undefined) refuse("the kustomization is empty", at);
  const kustomization = known.get(document) ?? readKustomization(written(document, document.value));
  known.set(document, kustomization);
  const actual = kustomization.kind || "Kustomization";
  if (actual !== role) refuse(`at ${directory || "."} there is a ${actual}, and a ${role} is expected`, at);
  if (kustomization.states("openapi")) {
    refuse(
      "a schema that is not the root's own applies from where it happens to be loaded",
      kustomization.placeOf("openapi"),
    );
  }
  return { file, kustomization };
}

function targetOf(build: Build, directory: string, chain: readonly string[], found: Found): Target {
  const include = (path: string, at: Traced, role: Role, sum: Accumulation) => {
    const [into, inherited] = role === "Component" ? [nothingYet, sum] : [sum, nothingYet];
    return withIncluded(into, accumulate(build, path, [...chain, directory], at, role, inherited), at);
  };
  return new Target(build, { ...found, directory, include });
}
