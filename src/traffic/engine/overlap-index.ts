import type { Budget } from "./budget.ts";
import type { Rule, RuleSpace } from "./rule-space.ts";

/** Rules of which every value begins with `text` in the main dimension. */
interface Node {
  readonly text: string;
  readonly positions: number[];
  /** Index of the longest other text that this one begins with; -1: none. */
  readonly parent: number;
}

/**
 * Finds the rules of a list that may overlap given ones without testing all of them. Most rules of a large table differ
 * in one dimension, the path: there two rules can only meet if what one begins with begins what the other begins with.
 */
export class OverlapIndex {
  private readonly list: readonly Rule[];
  private readonly places: ReadonlyMap<Rule, number>;
  private readonly space: RuleSpace;
  private readonly main: number;
  /** In order of their texts. */
  private readonly nodes: readonly Node[];
  /** Positions of the rules that may meet any value of the main dimension. */
  private readonly anywhere: readonly number[];

  constructor(space: RuleSpace, list: readonly Rule[]) {
    this.space = space;
    this.list = list;
    this.places = new Map(list.map((rule, position) => [rule, position]));
    this.main = busiest(list);
    const positions = new Map<string, number[]>([["", []]]);
    list.forEach((rule, position) => {
      const text = this.textOf(rule);
      const known = positions.get(text);
      if (known === undefined) positions.set(text, [position]);
      else known.push(position);
    });
    this.anywhere = positions.get("")!;
    positions.delete("");
    this.nodes = linked([...positions].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  private textOf(rule: Rule): string {
    const i = rule.dimensions.indexOf(this.main);
    return i < 0 ? "" : this.space.dimensions[this.main]!.composites.prefixOf(rule.composites[i]!);
  }

  /** Up to `most` rules before `rule` that may overlap all of `rules`, in order. Throws `BudgetExceeded`. */
  before(rule: Rule, rules: readonly Rule[], most: number, budget: Budget): Rule[] {
    return this.meeting(rules, this.places.get(rule) ?? this.list.length, most, budget);
  }

  /** Whether `test` holds for one of the rules, wherever it stands, that may overlap all of `rules`. Throws `BudgetExceeded`. */
  some(rules: readonly Rule[], test: (rule: Rule) => boolean, budget: Budget): boolean {
    return this.meeting(rules, this.list.length, this.list.length, budget).some(test);
  }

  private meeting(rules: readonly Rule[], end: number, most: number, budget: Budget): Rule[] {
    const found: Rule[] = [];
    const candidates = this.candidates(rules).filter((position) => position < end);
    budget.spend(1 + candidates.length);
    for (const position of candidates.sort((a, b) => a - b)) {
      const candidate = this.list[position]!;
      if (rules.every((other) => this.space.mayOverlap(candidate, other))) found.push(candidate);
      if (found.length === most) break;
    }
    return found;
  }

  private candidates(rules: readonly Rule[]): number[] {
    const texts = rules.map((rule) => this.textOf(rule));
    const text = texts.reduce((a, b) => (b.length > a.length ? b : a));
    const positions = [...this.anywhere];
    const low = this.search((node) => node.text < text);
    const high = this.search((node) => node.text < text || node.text.startsWith(text));
    for (let i = low; i < high; i++) positions.push(...this.nodes[i]!.positions);
    // The nearest text that this one begins with; all texts above it are beginnings of it.
    let above = low < high && this.nodes[low]!.text === text ? this.nodes[low]!.parent : low - 1;
    while (above >= 0 && !text.startsWith(this.nodes[above]!.text)) above = this.nodes[above]!.parent;
    for (; above >= 0; above = this.nodes[above]!.parent) positions.push(...this.nodes[above]!.positions);
    return positions;
  }

  /** How many nodes stand before the first that is not `isBefore`. */
  private search(isBefore: (node: Node) => boolean): number {
    let low = 0;
    let high = this.nodes.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBefore(this.nodes[middle]!)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Sorted texts, each knowing the longest before it that it begins with. */
function linked(sorted: readonly (readonly [string, number[]])[]): Node[] {
  const nodes: Node[] = [];
  for (const [text, positions] of sorted) {
    let parent = nodes.length - 1;
    while (parent >= 0 && !text.startsWith(nodes[parent]!.text)) parent = nodes[parent]!.parent;
    nodes.push({ text, positions, parent });
  }
  return nodes;
}

function busiest(list: readonly Rule[]): number {
  const uses = new Map<number, number>();
  for (const { dimensions } of list) {
    for (const dimension of dimensions) uses.set(dimension, (uses.get(dimension) ?? 0) + 1);
  }
  return [...uses].reduce((best, use) => (use[1] > best[1] ? use : best), [-1, 0])[0];
}
