/** Every kustomization of a repository, built as it would be applied. */
import type { NotRendered, Range } from "../source.ts";
import { kustomizationFile } from "./accumulate.ts";
import type { Accumulation } from "./accumulation.ts";
import { Budget, type BuildLimits, defaultBuildLimits } from "./budget.ts";
import { type Built, buildRoot } from "./build.ts";
import { BuiltDocument } from "./built-document.ts";
import { type Graph, graphOf, reachableFrom, rootsOf } from "./graph.ts";
import { Library, type Texts } from "./library.ts";
import { Keep } from "./memory.ts";
import { NotBuildable } from "./not-buildable.ts";
import { joined } from "./paths.ts";
import { field, items, type Traced, written } from "./traced.ts";

/** What one kustomization applies. */
export interface RenderedRoot {
  readonly directory: string;
  /** The path of its kustomization. */
  readonly file: string;
  /** The objects that it applies, in order; none where it cannot be built. */
  readonly documents: readonly BuiltDocument[];
  /** Why it cannot be built; null where it can. */
  readonly failure: NotRendered | null;
  /** What is missing of `documents`, because it comes from elsewhere. */
  readonly holes: readonly NotRendered[];
  /** What kustomize accepts in silence: a patch for nothing. */
  readonly notes: readonly NotRendered[];
  /** Every path that was looked for. */
  readonly reads: ReadonlySet<string>;
}

/** How a directory is deployed, where that changes what is built. */
export interface Variant {
  /** Tells the variants of one directory apart. */
  readonly name: string;
  /** The kustomization as the deployment changes it. */
  readonly kustomization: Traced;
  /** What it depends on beside the texts that the build reads. */
  readonly reads: ReadonlySet<string>;
  /** What is done to each object after it is built. */
  readonly finish?: (body: Traced) => Traced;
}

export interface RendererOptions {
  readonly earlier?: { readonly renderer: Renderer };
  readonly unread?: ReadonlySet<string> | undefined;
  readonly limits?: BuildLimits;
}

/** Builds the kustomizations of one state of a repository. */
export class Renderer {
  readonly library: Library;
  readonly graph: Graph;
  readonly #limits: BuildLimits;
  readonly #sums: Keep<Accumulation>;
  readonly #roots: Keep<RenderedRoot>;
  /** The directories that had to be built, and were not known from before. */
  readonly built: string[] = [];

  /** What another state was built of and this one has too is not built again. */
  constructor(texts: Texts, { earlier, unread, limits = defaultBuildLimits }: RendererOptions = {}) {
    const before = earlier?.renderer;
    this.library = new Library(texts, before?.library, unread);
    this.graph = graphOf(this.library);
    this.#limits = limits;
    this.#sums = new Keep(this.library, before?.keptSums);
    this.#roots = new Keep(this.library, before?.keptRoots);
  }

  get keptSums(): Keep<Accumulation> {
    return this.#sums;
  }

  get keptRoots(): Keep<RenderedRoot> {
    return this.#roots;
  }

  /** The directories of the kustomizations that no other one includes. */
  roots(): string[] {
    return rootsOf(this.graph).map(({ directory }) => directory);
  }

  /** The directories of components and bases that no root reaches: nothing applies them. */
  unused(): string[] {
    const reached = reachableFrom(rootsOf(this.graph), this.graph);
    return [...this.graph.keys()].filter((directory) => !reached.has(directory));
  }

  /** What a directory's kustomization applies, or one variant of it. */
  render(directory: string, variant?: Variant): RenderedRoot {
    const name = variant === undefined ? directory : `${directory}\n${variant.name}`;
    const known = this.#roots.get(name);
    if (known !== null) return known.value;
    this.built.push(directory);
    const reads = new Set<string>(variant?.reads);
    const root = this.#attempt(directory, reads, variant);
    this.#roots.set(name, root, reads);
    return root;
  }

  #attempt(directory: string, reads: Set<string>, variant: Variant | undefined): RenderedRoot {
    const file =
      this.graph.get(directory)?.file ?? `${directory === "" ? "" : `${directory}/`}kustomization.yaml`;
    const nothing = { directory, file, documents: [], holes: [], notes: [], reads };
    try {
      const built = this.#build(directory, reads, variant);
      if (built === null)
        return { ...nothing, failure: { reason: "the kustomization is empty", range: startOf(file) } };
      const { holes, notes } = built;
      const resources = built.resources.map(({ body }) => variant?.finish?.(body) ?? body);
      const documents = resources.map((body, index) => new BuiltDocument(file, index, body));
      return { ...nothing, documents, holes, notes, failure: null };
    } catch (error) {
      if (!(error instanceof NotBuildable)) throw error;
      // The build ended before it had read everything that it is about.
      for (const path of this.#named(directory, variant)) reads.add(path);
      return { ...nothing, failure: { reason: error.reason, range: error.range } };
    }
  }

  /** Every path that a kustomization and those that it includes name. */
  #named(directory: string, variant: Variant | undefined): string[] {
    const included = variant === undefined ? [] : resourcesOf(directory, variant.kustomization);
    const starts = [directory, ...included].flatMap((path) => this.graph.get(path) ?? []);
    const reached = [...reachableFrom(starts, this.graph)].map((path) => this.graph.get(path)!);
    return [...included, ...reached.flatMap(({ file, inputs }) => [file, ...inputs])];
  }

  #build(directory: string, reads: Set<string>, variant: Variant | undefined): Built | null {
    const shared = { library: this.library, budget: new Budget(this.#limits), reads };
    const file = kustomizationFile(directory, shared);
    const document = file === null ? undefined : this.library.settings(file);
    const root = variant?.kustomization ?? (document && written(document, document.value));
    if (root === undefined) return null;
    return buildRoot({ ...shared, sums: this.#sums }, directory, root);
  }
}

function resourcesOf(directory: string, kustomization: Traced): string[] {
  const resources = field(kustomization, "resources");
  return (resources === undefined ? [] : items(resources)).flatMap(
    ({ value }) => (typeof value === "string" && joined(directory, value)) || [],
  );
}

function startOf(file: string): Range {
  return { file, line: 1, column: 1, endLine: 1, endColumn: 1 };
}
