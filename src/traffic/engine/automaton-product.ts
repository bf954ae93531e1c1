import type { Automaton } from "./automaton.ts";
import type { Budget } from "./budget.ts";
import { type CharacterPartition, classify, intervalOf } from "./character-partition.ts";
import type { CodePoints } from "./code-points.ts";
import type { Cut, Pruning } from "./relevance.ts";

/** An automaton that decides the predicate `id`. */
export interface Component {
  readonly id: number;
  readonly automaton: Automaton;
}

/** Where all automata stand after some text. */
export interface ProductState {
  /** Pairs of component and its state, for those that some continuations satisfy and others do not. */
  readonly undecided: readonly number[];
  /** Ids that every continuation satisfies, ascending. */
  readonly certain: readonly number[];
  /** State of the domain's automaton; -1 when every continuation lies in the domain. */
  readonly domain: number;
}

/** A way to end a text: which predicates it then satisfies, and the shortest suffix that does it. */
export interface Ending {
  readonly satisfied: readonly number[];
  readonly suffix: string;
}

interface Node extends ProductState {
  readonly successors: (number | null | undefined)[];
  endings: readonly Ending[] | null;
}

/** All automata of one string dimension side by side, explored as far as somebody asks. */
export class AutomatonProduct {
  readonly components: readonly Component[];
  readonly domain: Automaton | null;
  readonly alphabet: CharacterPartition;
  /** One character of each class to show, the nicest first. */
  readonly samples: readonly string[];
  readonly budget: Budget;

  constructor(
    components: readonly Component[],
    domain: Automaton | null,
    characters: CodePoints,
    preferred: readonly number[],
    budget: Budget,
  ) {
    this.components = components;
    this.domain = domain;
    this.budget = budget;
    const automata = components.map((component) => component.automaton);
    if (domain !== null) automata.push(domain);
    const starts = new Set([0]);
    for (const automaton of automata) for (const start of automaton.boundaries) starts.add(start);
    for (let i = 0; i < characters.length; i += 2) starts.add(characters[i]!).add(characters[i + 1]! + 1);
    const boundaries = [...starts].filter((c) => c <= 0x10ffff).sort((a, b) => a - b);
    budget.spend(boundaries.length * (1 + automata.length));
    this.alphabet = classify(boundaries, characters, (interval) =>
      automata.map((automaton) => automaton.classOf(boundaries[interval]!)).join(" "),
    );
    const shown = new Map<number, number>();
    for (const c of [...preferred, ...this.alphabet.samples]) {
      if (this.classOf(c) >= 0 && !shown.has(this.classOf(c))) shown.set(this.classOf(c), c);
    }
    this.samples = [...shown.values()].map((c) => String.fromCodePoint(c));
  }

  /** The class of a character; -1 outside the alphabet. */
  classOf(codePoint: number): number {
    return this.alphabet.classes[intervalOf(this.alphabet.boundaries, codePoint)]!;
  }

  /** A character of the class of `sample` that is none of `taken`; null when all are taken. */
  characterLike(sample: string, taken: ReadonlySet<string>): string | null {
    if (!taken.has(sample)) return sample;
    const wanted = this.classOf(sample.codePointAt(0)!);
    const { boundaries, classes } = this.alphabet;
    for (let interval = 0; interval < boundaries.length; interval++) {
      if (classes[interval] !== wanted) continue;
      const end = boundaries[interval + 1] ?? 0x110000;
      for (let c = boundaries[interval]!; c < end; c++) {
        const character = String.fromCodePoint(c);
        if (!taken.has(character)) return character;
      }
    }
    return null;
  }

  readCharacter(state: ProductState, codePoint: number): ProductState | null {
    this.budget.spend(2 + state.undecided.length);
    let domain = state.domain;
    if (domain >= 0) {
      domain = this.domain!.step(domain, codePoint);
      if (!this.domain!.isLive(domain)) return null;
      if (this.domain!.isUniversal(domain)) domain = -1;
    }
    const undecided: number[] = [];
    const certain: number[] = [];
    for (let i = 0; i < state.undecided.length; i += 2) {
      const component = state.undecided[i]!;
      const next = this.components[component]!.automaton.step(state.undecided[i + 1]!, codePoint);
      this.place(component, next, undecided, certain);
    }
    return {
      undecided,
      certain: certain.length === 0 ? state.certain : merged(state.certain, certain),
      domain,
    };
  }

  /** `state` with further automata at their start. */
  activated(state: ProductState, components: readonly number[]): ProductState {
    if (components.length === 0) return state;
    const undecided = [...state.undecided];
    const certain: number[] = [];
    for (const component of components) this.place(component, 0, undecided, certain);
    return { undecided, certain: merged(state.certain, certain), domain: state.domain };
  }

  private place(component: number, state: number, undecided: number[], certain: number[]): void {
    const { automaton, id } = this.components[component]!;
    if (automaton.isUniversal(state)) certain.push(id);
    else if (automaton.isLive(state)) undecided.push(component, state);
  }

  /** The predicates that the text read so far satisfies; null when it is no text of the domain. */
  accepted(state: ProductState): readonly number[] | null {
    if (state.domain >= 0 && !this.domain!.accepts(state.domain)) return null;
    const accepted: number[] = [];
    for (let i = 0; i < state.undecided.length; i += 2) {
      const { automaton, id } = this.components[state.undecided[i]!]!;
      if (automaton.accepts(state.undecided[i + 1]!)) accepted.push(id);
    }
    return merged(state.certain, accepted);
  }

  view(pruning: Pruning, cut: Cut): ProductView {
    return new ProductView(this, pruning, cut);
  }
}

/** The product as seen behind a cut: automata that cannot matter any more are left out. */
export class ProductView {
  private readonly product: AutomatonProduct;
  private readonly pruning: Pruning;
  private readonly cut: Cut;
  private readonly nodes: Node[] = [];
  private readonly numbers = new Map<string, number>();

  constructor(product: AutomatonProduct, pruning: Pruning, cut: Cut) {
    this.product = product;
    this.pruning = pruning;
    this.cut = cut;
  }

  /** The number of a state, equal for equal ones. */
  enter(full: ProductState): number {
    const state = this.pruned(full);
    const key = `${state.undecided.join(" ")}|${state.certain.join(" ")}|${state.domain}`;
    let number = this.numbers.get(key);
    if (number === undefined) {
      number = this.nodes.push({ ...state, successors: [], endings: null }) - 1;
      this.numbers.set(key, number);
    }
    return number;
  }

  private pruned(state: ProductState): ProductState {
    const { pruning, product } = this;
    const cut = pruning.tighten(this.cut, state.certain);
    if (cut.every((position) => position === Number.POSITIVE_INFINITY)) return state;
    const undecided: number[] = [];
    for (let i = 0; i < state.undecided.length; i += 2) {
      if (pruning.isBeyond(product.components[state.undecided[i]!]!.id, cut)) continue;
      undecided.push(state.undecided[i]!, state.undecided[i + 1]!);
    }
    return {
      undecided,
      certain: state.certain.filter((id) => !pruning.isBeyond(id, cut)),
      domain: state.domain,
    };
  }

  state(number: number): ProductState {
    return this.nodes[number]!;
  }

  /** Whether no continuation can change which predicates hold. */
  isSettled(number: number): boolean {
    const { domain, undecided } = this.nodes[number]!;
    return domain < 0 && undecided.length === 0;
  }

  /** The state after one more character; null when no text of the domain goes on like that. */
  step(number: number, codePoint: number): number | null {
    this.product.budget.spend(1);
    const { successors } = this.nodes[number]!;
    const wanted = this.product.classOf(codePoint);
    if (wanted < 0) return null;
    let next = successors[wanted];
    if (next === undefined) {
      const state = this.product.readCharacter(this.nodes[number]!, codePoint);
      next = state === null ? null : this.enter(state);
      successors[wanted] = next;
    }
    return next;
  }

  /** Every set of predicates that some continuation satisfies, each with the shortest suffix. */
  endings(start: number): readonly Ending[] {
    const known = this.nodes[start]!.endings;
    if (known !== null) return known;
    const found = new Map<string, Ending>();
    const suffixes = new Map([[start, ""]]);
    for (const [number, suffix] of suffixes) {
      const satisfied = this.product.accepted(this.nodes[number]!);
      const key = satisfied?.join(" ");
      if (satisfied !== null && key !== undefined && !found.has(key)) found.set(key, { satisfied, suffix });
      if (this.isSettled(number)) continue;
      for (const sample of this.product.samples) {
        const next = this.step(number, sample.codePointAt(0)!);
        if (next !== null && !suffixes.has(next)) suffixes.set(next, suffix + sample);
      }
    }
    const endings = [...found.values()];
    this.nodes[start]!.endings = endings;
    return endings;
  }
}

/** The union of two ascending lists of ids, ascending. */
function merged(a: readonly number[], b: readonly number[]): readonly number[] {
  return b.length === 0 ? a : [...new Set([...a, ...b])].sort((x, y) => x - y);
}
