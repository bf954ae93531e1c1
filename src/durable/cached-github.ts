import type {
  Blob,
  Comparison,
  FileVersion,
  GitHub,
  InventoryRepository,
  PolicyFile,
  PolicyOwner,
  PullRequestState,
  RepositoryName,
  Tree,
  Unavailable,
} from "../github/port.ts";
import type { Fact, Question } from "../policy/approvals/facts.ts";
import type { PolicyVersion } from "../policy/layers.ts";
import { type CachedTexts, portionCharacters } from "./blob-cache.ts";

/** The repository's own object, seen from outside or from within. */
export interface TextStore {
  texts(shas: readonly string[], whole: boolean): CachedTexts | Promise<CachedTexts>;
  keep(texts: ReadonlyMap<string, string>, whole: boolean): void | Promise<void>;
}

/** The objects of other repositories, for whoever reads what completes its mesh there. */
export interface Neighbours {
  cacheOf(repository: number): TextStore;
  /** Asks to be told when a repository moves. */
  hearOf(named: RepositoryName): void | Promise<void>;
}

/** GitHub with the repository's own object in front of it: a blob never changes, so it is read once. */
export class CachedGitHub implements GitHub {
  readonly #github: GitHub;
  readonly #cache: TextStore;
  readonly #neighbours: Neighbours | null;
  #mergeBase: string | null = null;

  constructor(github: GitHub, cache: TextStore, neighbours: Neighbours | null = null) {
    this.#github = github;
    this.#cache = cache;
    this.#neighbours = neighbours;
  }

  /** The merge base of the last comparison, for the log. */
  get mergeBase(): string | null {
    return this.#mergeBase;
  }

  blobs(shas: readonly string[], whole = false): Promise<ReadonlyMap<string, Blob>> {
    return cachedBlobs(this.#github, this.#cache, shas, whole);
  }

  async compare(base: string, head: string): Promise<Comparison> {
    const comparison = await this.#github.compare(base, head);
    this.#mergeBase = comparison.mergeBase;
    return comparison;
  }

  pullRequest(number: number): Promise<PullRequestState> {
    return this.#github.pullRequest(number);
  }

  tree(commit: string): Promise<Tree> {
    return this.#github.tree(commit);
  }

  fileHistories(paths: readonly string[]): Promise<ReadonlyMap<string, readonly FileVersion[]>> {
    return this.#github.fileHistories(paths);
  }

  ask(question: Question): Promise<Fact> {
    return this.#github.ask(question);
  }

  organisationPolicy(): Promise<PolicyFile> {
    return this.#github.organisationPolicy();
  }

  policyVersions(owner: PolicyOwner): Promise<readonly PolicyVersion[]> {
    return this.#github.policyVersions(owner);
  }

  async inventory(repository: RepositoryName): Promise<InventoryRepository | Unavailable> {
    // Before reading, so that no push is missed in between.
    await this.#neighbours?.hearOf(repository);
    const found = await this.#github.inventory(repository);
    if (typeof found === "string" || this.#neighbours === null) return found;
    const cache = this.#neighbours.cacheOf(found.id);
    return { ...found, blobs: (shas, whole = false) => cachedBlobs(found, cache, shas, whole) };
  }
}

async function cachedBlobs(
  github: Pick<GitHub, "blobs">,
  cache: TextStore,
  shas: readonly string[],
  whole: boolean,
): Promise<ReadonlyMap<string, Blob>> {
  const blobs = new Map<string, Blob>();
  let asked: readonly string[] = shas;
  const missing: string[] = [];
  while (asked.length > 0) {
    const { found, missed, left } = await cache.texts(asked, whole);
    for (const [sha, text] of found) blobs.set(sha, { text });
    missing.push(...missed);
    asked = left;
  }
  const read = missing.length > 0 ? await github.blobs(missing) : new Map<string, Blob>();
  for (const [sha, blob] of read) blobs.set(sha, blob);
  for (const portion of portions(read)) await cache.keep(portion, whole);
  return blobs;
}

/** Texts in portions that one call between Durable Objects can carry. */
function* portions(blobs: ReadonlyMap<string, Blob>): Generator<Map<string, string>> {
  let portion = new Map<string, string>();
  let size = 0;
  for (const [sha, blob] of blobs) {
    if (!("text" in blob)) continue;
    if (size + blob.text.length > portionCharacters && portion.size > 0) {
      yield portion;
      portion = new Map();
      size = 0;
    }
    portion.set(sha, blob.text);
    size += blob.text.length;
  }
  if (portion.size > 0) yield portion;
}
