/**
 * Where the rule lists being walked use a predicate: per list, the first position that mentions it, and the first
 * rule that it makes unconditional (Infinity: none). Behind an unconditional rule nothing matters.
 */
export interface Relevance {
  readonly first: readonly number[];
  readonly decisive: readonly number[];
}

/** Per list, the first position that is already unconditional. */
export type Cut = readonly number[];

/** Knows which predicates can still matter once others are certain; without relevances, all can. */
export class Pruning {
  readonly noCut: Cut;
  private readonly relevances: ReadonlyMap<number, Relevance | null>;

  /** A predicate without relevance is never dropped and never decides. */
  constructor(relevances: ReadonlyMap<number, Relevance | null>) {
    this.relevances = relevances;
    const lists = [...relevances.values()].find((relevance) => relevance !== null)?.first.length ?? 0;
    this.noCut = new Array<number>(lists).fill(Number.POSITIVE_INFINITY);
  }

  /** The cut once all of `certain` hold as well. */
  tighten(cut: Cut, certain: readonly number[]): Cut {
    if (cut.length === 0) return cut;
    const tighter = [...cut];
    for (const id of certain) {
      this.relevances.get(id)?.decisive.forEach((position, list) => {
        if (position < tighter[list]!) tighter[list] = position;
      });
    }
    return tighter;
  }

  /** Whether a predicate is used only behind the cut. */
  isBeyond(id: number, cut: Cut): boolean {
    const relevance = this.relevances.get(id);
    return (
      cut.length > 0 && relevance != null && relevance.first.every((position, list) => position > cut[list]!)
    );
  }
}
