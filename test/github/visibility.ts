import type { PullRequest } from "./pull-request.ts";

/**
 * Commits that GitHub has received and does not show yet: webhooks run ahead of the API (palantir/policy-bot#47).
 * A request that meets such a commit counts once, however often it looks.
 */
export class Visibility {
  readonly #readsLeft = new Map<string, number>();
  readonly #hiddenFrom = new WeakMap<object, Set<string>>();
  #mergeabilityReadsLeft = 0;

  /** Hides a commit from the next `reads` requests that look for it. */
  hide(commit: string, reads: number): void {
    this.#readsLeft.set(commit, reads);
  }

  /** For the next `reads` requests, GitHub is still computing test merges, and shows those of earlier. */
  delayMergeability(reads: number): void {
    this.#mergeabilityReadsLeft = reads;
  }

  /** Whether `reader` (one request) sees the commit. */
  shows(reader: object, commit: string): boolean {
    const hidden = this.#hiddenFrom.get(reader) ?? new Set<string>();
    if (hidden.has(commit)) return false;
    const left = this.#readsLeft.get(commit) ?? 0;
    if (left === 0) return true;
    this.#readsLeft.set(commit, left - 1);
    this.#hiddenFrom.set(reader, hidden.add(commit));
    return false;
  }

  /** The head of a pull request that `reader` sees: the one before, as long as the new one is hidden. */
  headOf(reader: object, pull: PullRequest): string {
    return this.shows(reader, pull.headSha) ? pull.headSha : pull.previousHeadSha;
  }

  /** Whether `reader` is told if pull requests can be merged. */
  knowsMergeability(reader: object): boolean {
    const hidden = this.#hiddenFrom.get(reader) ?? new Set<string>();
    if (hidden.has("mergeability")) return false;
    if (this.#mergeabilityReadsLeft === 0) return true;
    this.#mergeabilityReadsLeft -= 1;
    this.#hiddenFrom.set(reader, hidden.add("mergeability"));
    return false;
  }
}
