import { isWildcard } from "../../mesh/hosts.ts";

/** Values by host, found through hosts that overlap: without comparing each with each. */
export class HostIndex<T> {
  readonly #byHost = new Map<string, T[]>();
  #hasWildcards = false;
  /** Hosts without `*`, written backwards and sorted, so that hosts with one ending stand side by side. */
  #endings: { readonly backwards: string; readonly host: string }[] | null = null;

  add(host: string, value: T): void {
    const values = this.#byHost.get(host);
    if (values) values.push(value);
    else {
      this.#byHost.set(host, [value]);
      this.#endings = null;
      this.#hasWildcards ||= isWildcard(host);
    }
  }

  /** The values of exactly this host. */
  at(host: string): readonly T[] {
    return this.#byHost.get(host) ?? [];
  }

  /** Every host with its values. */
  entries(): Iterable<[string, readonly T[]]> {
    return this.#byHost;
  }

  /** Hosts that have a name in common with `host` (pkg/config/host/name.go `Matches`). */
  *overlapping(host: string): Generator<{ readonly host: string; readonly values: readonly T[] }> {
    yield* this.covering(host);
    if (isWildcard(host)) yield* this.covered(host);
    else if (this.#byHost.has(host)) yield { host, values: this.at(host) };
  }

  /** Wildcards that cover `host` and are wider than it, the longest first. */
  *covering(host: string): Generator<{ readonly host: string; readonly values: readonly T[] }> {
    if (!this.#hasWildcards) return;
    const name = isWildcard(host) ? host.slice(1) : host;
    for (let start = isWildcard(host) ? 1 : 0; start <= name.length; start++) {
      const wildcard = `*${name.slice(start)}`;
      const values = this.#byHost.get(wildcard);
      if (values) yield { host: wildcard, values };
    }
  }

  /** Hosts that a wildcard covers, itself among them. */
  *covered(wildcard: string): Generator<{ readonly host: string; readonly values: readonly T[] }> {
    const ending = reversed(wildcard.slice(1));
    const endings = this.#sorted();
    for (let at = firstNotBefore(endings, ending); at < endings.length; at++) {
      const { backwards, host } = endings[at]!;
      if (!backwards.startsWith(ending)) return;
      yield { host, values: this.at(host) };
    }
  }

  #sorted(): { readonly backwards: string; readonly host: string }[] {
    this.#endings ??= [...this.#byHost.keys()]
      .map((host) => ({ backwards: reversed(isWildcard(host) ? host.slice(1) : host), host }))
      .sort((a, b) => (a.backwards < b.backwards ? -1 : a.backwards > b.backwards ? 1 : 0));
    return this.#endings;
  }
}

function reversed(text: string): string {
  return Array.from(text).reverse().join("");
}

function firstNotBefore(sorted: readonly { readonly backwards: string }[], text: string): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]!.backwards < text) low = middle + 1;
    else high = middle;
  }
  return low;
}
