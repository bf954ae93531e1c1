import type { Rule, RuleSpace } from "./rule-space.ts";

interface Entry {
  /** What every value of the rule begins with in the main dimension. */
  readonly prefix: string;
  readonly position: number;
}

/**
 * Finds the rules of a list that may overlap a given one without testing all of them. Most rules of a large table differ
 * in one dimension, the path: there two rules can only meet if what one begins with begins what the other begins with.
 */
export class OverlapIndex {
  private readonly list: readonly Rule[];
  private readonly places: ReadonlyMap<Rule, number>;
  private readonly space: RuleSpace;
  private readonly main: number;
  private readonly sorted: readonly Entry[];
  private readonly positions = new Map<string, number[]>();
  /** Rules that may meet any value of the main dimension. */
  private readonly anywhere: readonly number[];

  constructor(space: RuleSpace, list: readonly Rule[]) {
    this.space = space;
    this.list = list;
    this.places = new Map(list.map((rule, position) => [rule, position]));
    this.main = busiest(list);
    const anywhere: number[] = [];
    const entries: Entry[] = [];
    list.forEach((rule, position) => {
      const prefix = this.prefixOf(rule);
      if (prefix === "") anywhere.push(position);
      else entries.push({ prefix, position });
    });
    this.anywhere = anywhere;
    this.sorted = entries.sort((a, b) =>
      a.prefix < b.prefix ? -1 : a.prefix > b.prefix ? 1 : a.position - b.position,
    );
    for (const { prefix, position } of this.sorted) {
      const known = this.positions.get(prefix);
      if (known === undefined) this.positions.set(prefix, [position]);
      else known.push(position);
    }
  }

  private prefixOf(rule: Rule): string {
    const i = rule.dimensions.indexOf(this.main);
    return i < 0 ? "" : this.space.dimensions[this.main]!.prefixOf(rule.composites[i]!);
  }

  /** Up to `most` rules before `rule` (all, where it is not in the list) that may overlap all of `rules`, in order. */
  before(rule: Rule, rules: readonly Rule[], most: number): Rule[] {
    const end = this.places.get(rule) ?? this.list.length;
    const found: Rule[] = [];
    for (const position of this.candidates(rules)) {
      if (position >= end || found.length >= most) break;
      const candidate = this.list[position]!;
      if (rules.every((other) => this.space.mayOverlap(candidate, other))) found.push(candidate);
    }
    return found;
  }

  private candidates(rules: readonly Rule[]): readonly number[] {
    const prefix = rules
      .map((rule) => this.prefixOf(rule))
      .reduce((a, b) => (b.length > a.length ? b : a), "");
    const positions = [...this.anywhere];
    for (let length = 1; length < prefix.length; length++) {
      positions.push(...(this.positions.get(prefix.slice(0, length)) ?? []));
    }
    for (let i = this.firstAtLeast(prefix); i < this.sorted.length; i++) {
      if (!this.sorted[i]!.prefix.startsWith(prefix)) break;
      positions.push(this.sorted[i]!.position);
    }
    return positions.sort((a, b) => a - b);
  }

  private firstAtLeast(prefix: string): number {
    let low = 0;
    let high = this.sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.sorted[middle]!.prefix < prefix) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function busiest(list: readonly Rule[]): number {
  const uses = new Map<number, number>();
  for (const { dimensions } of list) {
    for (const dimension of dimensions) uses.set(dimension, (uses.get(dimension) ?? 0) + 1);
  }
  return [...uses].reduce((best, use) => (use[1] > best[1] ? use : best), [-1, 0])[0];
}
