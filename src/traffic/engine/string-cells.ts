import type { AutomatonProduct, ProductView } from "./automaton-product.ts";
import type { Budget } from "./budget.ts";
import type { Literal, LiteralTrie, Span } from "./literal-trie.ts";
import type { Cut, Pruning } from "./relevance.ts";

/** A set of predicates that some string satisfies while it satisfies no others, and such a string. */
export interface StringCell {
  readonly satisfied: readonly number[];
  readonly sample: string;
}

/** The strings whose longest prefix literal is the same one: there only automata tell strings apart. */
interface Region {
  /** Prefix predicates that hold throughout. */
  readonly chain: readonly number[];
  readonly cut: Cut;
  readonly view: ProductView;
  readonly found: Set<string>;
  /** Product states off the trie that were already followed to their ends. */
  readonly followed: Set<number>;
}

interface Visit {
  readonly span: Span;
  readonly text: string;
  /** A state of the region's view. */
  readonly state: number;
  readonly region: Region;
}

/** Every non-empty cell of a string dimension: a walk over the trie of literals with the automata alongside. */
export class CellSearch {
  readonly cells: StringCell[] = [];
  private readonly trie: LiteralTrie;
  private readonly product: AutomatonProduct;
  private readonly pruning: Pruning;
  private readonly budget: Budget;
  private readonly views = new Map<string, ProductView>();
  private readonly visits: Visit[] = [];

  constructor(trie: LiteralTrie, product: AutomatonProduct, pruning: Pruning, budget: Budget) {
    this.trie = trie;
    this.product = product;
    this.pruning = pruning;
    this.budget = budget;
  }

  /** Fills `cells`; `always` are the predicates that hold for every string. */
  run(always: readonly number[]): void {
    const { domain } = this.product;
    if (domain !== null && !domain.isLive(0)) return;
    const region = this.region(always, this.pruning.tighten(this.pruning.noCut, always));
    const start = { undecided: [], certain: [], domain: domain === null || domain.isUniversal(0) ? -1 : 0 };
    this.visits.push({ span: this.trie.sort(), text: "", state: region.view.enter(start), region });
    for (let visit = this.visits.pop(); visit !== undefined; visit = this.visits.pop()) this.visit(visit);
  }

  private region(chain: readonly number[], cut: Cut): Region {
    const key = cut.join(" ");
    let view = this.views.get(key);
    if (view === undefined) {
      view = this.product.view(this.pruning, cut);
      this.views.set(key, view);
    }
    return { chain, cut, view, found: new Set(), followed: new Set() };
  }

  private nested(outer: Region, literal: Literal): Region {
    if (literal.prefix.length === 0) return outer;
    const cut = this.pruning.tighten(outer.cut, literal.prefix);
    const chain = [...outer.chain, ...literal.prefix].filter((id) => !this.pruning.isBeyond(id, cut));
    this.budget.spend(chain.length);
    return this.region(chain, cut);
  }

  private visit(visit: Visit): void {
    this.budget.spend(1);
    let { span, state, region } = visit;
    const first = this.trie.literals[span.low];
    const literal = span.low < span.high && first!.text === visit.text ? first! : null;
    if (literal !== null) {
      const activated = this.product.activated(region.view.state(state), literal.automata);
      region = this.nested(region, literal);
      state = region.view.enter(activated);
      span = { low: span.low + 1, high: span.high };
    }
    const accepted = this.product.accepted(region.view.state(state));
    if (literal !== null && literal.exact.length > 0) this.addExact(literal, region, accepted);
    else this.add(region, accepted, visit.text);
    const at = { span, text: visit.text, state, region };
    if (region.view.isSettled(state) && !this.trie.hasAutomata(span)) this.sweep(at);
    else this.branch(at);
  }

  private addExact(literal: Literal, region: Region, accepted: readonly number[] | null): void {
    if (accepted === null) return;
    this.emit([...region.chain, ...literal.exact, ...accepted], literal.text);
  }

  private add(region: Region, accepted: readonly number[] | null, sample: string): void {
    if (accepted === null) return;
    const key = accepted.join(" ");
    if (region.found.has(key)) return;
    region.found.add(key);
    this.emit(accepted.length === 0 ? region.chain : [...region.chain, ...accepted], sample);
  }

  private emit(satisfied: readonly number[], sample: string): void {
    this.budget.spend(1 + satisfied.length);
    this.cells.push({ satisfied, sample });
  }

  /** Goes on by one character: into each branch of the trie, and off it by every class of characters. */
  private branch({ span, text, state, region }: Visit): void {
    const branches = this.trie.branches(span, text.length);
    const taken = new Set(branches.map((branch) => branch.character));
    for (const sample of this.product.samples) {
      const character = this.product.characterLike(sample, taken);
      const next = character === null ? null : region.view.step(state, character.codePointAt(0)!);
      if (character === null || next === null || region.followed.has(next)) continue;
      region.followed.add(next);
      for (const { satisfied, suffix } of region.view.endings(next)) {
        this.add(region, satisfied, text + character + suffix);
      }
    }
    for (const { character, span: below } of branches) {
      const next = region.view.step(state, character.codePointAt(0)!);
      if (next !== null) this.visits.push({ span: below, text: text + character, state: next, region });
    }
  }

  /** Below here automata decide nothing more: what is left are the literals, which need no walk by characters. */
  private sweep({ span, text, state, region }: Visit): void {
    const { certain } = region.view.state(state);
    const key = certain.join(" ");
    const enclosing = [{ text, region }];
    if (!region.found.has(key)) this.addRemainder(region, certain, span, text);
    for (let i = span.low; i < span.high; i++) {
      const literal = this.trie.literals[i]!;
      while (!literal.text.startsWith(enclosing.at(-1)!.text)) enclosing.pop();
      const inside = this.nested(enclosing.at(-1)!.region, literal);
      if (literal.exact.length > 0) this.addExact(literal, inside, certain);
      if (literal.prefix.length === 0) continue;
      enclosing.push({ text: literal.text, region: inside });
      const below = this.trie.narrow({ low: i + 1, high: span.high }, literal.text);
      if (literal.exact.length === 0) this.add(inside, certain, literal.text);
      else this.addRemainder(inside, certain, below, literal.text);
    }
  }

  /** Adds the cell of the strings that begin with `text` and lie under no literal of `span`, if there are any. */
  private addRemainder(region: Region, certain: readonly number[], span: Span, text: string): void {
    const sample = this.freeText(span, text);
    if (sample !== null) this.add(region, certain, sample);
  }

  private freeText(span: Span, text: string): string | null {
    this.budget.spend(1);
    const branches = this.trie.branches(span, text.length);
    const taken = new Set(branches.map((branch) => branch.character));
    for (const sample of this.product.samples) {
      const character = this.product.characterLike(sample, taken);
      if (character !== null) return text + character;
    }
    for (const { character, span: below } of branches) {
      const longer = text + character;
      const first = this.trie.literals[below.low]!;
      if (first.text !== longer) return longer;
      if (first.prefix.length > 0) continue;
      const free = this.freeText({ low: below.low + 1, high: below.high }, longer);
      if (free !== null) return free;
    }
    return null;
  }
}
