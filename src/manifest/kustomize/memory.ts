/** What has been built already, so that a change rebuilds only what it reaches. */
import type { Library } from "./library.ts";

/** What there is to build from. */
type State = Pick<Library, "texts" | "unread">;

interface Kept<T> {
  readonly value: T;
  readonly reads: ReadonlySet<string>;
}

/** Results by name, each with the paths that it was made from. */
export class Keep<T> {
  readonly #state: State;
  readonly #kept = new Map<string, Kept<T>>();
  readonly #earlier: Keep<T> | undefined;

  /** What an earlier keep made of the same texts still holds. */
  constructor(state: State, earlier?: Keep<T>) {
    this.#state = state;
    this.#earlier = earlier;
  }

  /** What is kept under a name and still holds, or null. */
  get(name: string): Kept<T> | null {
    const own = this.#kept.get(name);
    if (own !== undefined) return own;
    const before = this.#earlier?.held(name, this.#state) ?? null;
    if (before !== null) this.#kept.set(name, before);
    return before;
  }

  set(name: string, value: T, reads: ReadonlySet<string>): void {
    this.#kept.set(name, { value, reads });
  }

  /** What is kept under a name, if every path that it was made from is the same in another state. */
  held(name: string, { texts, unread }: State): Kept<T> | null {
    const kept = this.#kept.get(name);
    if (kept === undefined) return null;
    for (const path of kept.reads) {
      if (texts.get(path) !== this.#state.texts.get(path)) return null;
      if (unread.has(path) !== this.#state.unread.has(path)) return null;
    }
    return kept;
  }
}
