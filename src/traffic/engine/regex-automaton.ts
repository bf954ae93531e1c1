import type { Automaton } from "./automaton.ts";
import type { Budget } from "./budget.ts";
import { wordCharacters } from "./character-classes.ts";
import { type CharacterPartition, intervalOf, partitionBySets } from "./character-partition.ts";
import { type CodePoints, includes } from "./code-points.ts";
import { type Neighbour, NondeterministicAutomaton } from "./nondeterministic.ts";
import type { Regex } from "./regex-syntax.ts";

const newline: CodePoints = [10, 10];

/** The whole expression as a table; reading a character is one lookup. Throws `BudgetExceeded` when it grows too large. */
export class RegexAutomaton implements Automaton {
  private readonly partition: CharacterPartition;
  private readonly asciiClasses: Int32Array;
  private readonly width: number;
  private readonly table: Int32Array;
  private readonly accepting: Uint8Array;
  private readonly live: Uint8Array;
  private readonly universal: Uint8Array;

  constructor(regex: Regex, alphabet: CodePoints, budget: Budget) {
    const subsets = new SubsetConstruction(regex, alphabet, budget);
    this.partition = subsets.partition;
    this.width = subsets.partition.samples.length;
    this.asciiClasses = Int32Array.from(
      { length: 128 },
      (_, c) => this.partition.classes[intervalOf(this.partition.boundaries, c)]!,
    );
    // The state behind the last is where nothing matches any more.
    const sink = subsets.accepting.length;
    this.table = Int32Array.from(
      { length: (sink + 1) * this.width },
      (_, i) => subsets.transitions[i] ?? sink,
    );
    this.accepting = Uint8Array.from([...subsets.accepting, 0]);
    this.live = this.reaching(1);
    this.universal = this.reaching(0).map((reached) => 1 - reached);
  }

  get boundaries(): readonly number[] {
    return this.partition.boundaries;
  }

  classOf(codePoint: number): number {
    if (codePoint < 128) return this.asciiClasses[codePoint]!;
    return this.partition.classes[intervalOf(this.partition.boundaries, codePoint)]!;
  }

  step(state: number, codePoint: number): number {
    const column = this.classOf(codePoint);
    return column < 0 ? this.accepting.length - 1 : this.table[state * this.width + column]!;
  }

  accepts(state: number): boolean {
    return this.accepting[state] === 1;
  }

  isLive(state: number): boolean {
    return this.live[state] === 1;
  }

  isUniversal(state: number): boolean {
    return this.universal[state] === 1;
  }

  /** The states from which one with `acceptance` can be reached. */
  private reaching(acceptance: number): Uint8Array {
    const { accepting, table, width } = this;
    const sources: number[][] = Array.from(accepting, () => []);
    table.forEach((target, i) => {
      sources[target]!.push(Math.floor(i / width));
    });
    const reached = accepting.map((value) => (value === acceptance ? 1 : 0));
    const pending = Array.from(reached.keys()).filter((state) => reached[state] === 1);
    for (let state = pending.pop(); state !== undefined; state = pending.pop()) {
      for (const source of sources[state]!) {
        if (reached[source] === 0) {
          reached[source] = 1;
          pending.push(source);
        }
      }
    }
    return reached;
  }
}

/** Sets of states of the nondeterministic automaton, with the character before them where assertions look at it. */
class SubsetConstruction {
  readonly partition: CharacterPartition;
  readonly accepting: number[] = [];
  /** By state and class; undefined where nothing matches any more. */
  readonly transitions: (number | undefined)[] = [];
  private readonly automaton: NondeterministicAutomaton;
  private readonly budget: Budget;
  private readonly neighbours: readonly Neighbour[];
  private readonly numbers = new Map<string, number>();
  private readonly subsets: { readonly states: readonly number[]; readonly before: Neighbour }[] = [];

  constructor(regex: Regex, alphabet: CodePoints, budget: Budget) {
    const automaton = new NondeterministicAutomaton(regex, budget);
    this.automaton = automaton;
    this.budget = budget;
    const sets = new Set<CodePoints>();
    for (const state of automaton.states) if (state.kind === "one-of") sets.add(state.set);
    if (automaton.seesWords) sets.add(wordCharacters);
    if (automaton.seesLines) sets.add(newline);
    this.partition = partitionBySets(alphabet, [...sets], budget);
    this.neighbours = this.partition.samples.map((sample) => this.neighbour(sample));
    this.numberOf([automaton.start], automaton.seesTextStart ? "edge" : "other");
    for (let state = 0; state < this.subsets.length; state++) this.expand(state);
  }

  private neighbour(codePoint: number): Neighbour {
    if (this.automaton.seesWords && includes(wordCharacters, codePoint)) return "word";
    return this.automaton.seesLines && codePoint === 10 ? "newline" : "other";
  }

  private numberOf(states: number[], before: Neighbour): number {
    states.sort((a, b) => a - b);
    const key = `${before} ${states.join(" ")}`;
    let number = this.numbers.get(key);
    if (number === undefined) {
      number = this.subsets.push({ states, before }) - 1;
      this.numbers.set(key, number);
    }
    return number;
  }

  private expand(state: number): void {
    const { automaton, budget, partition, neighbours } = this;
    const { states, before } = this.subsets[state]!;
    this.accepting.push(automaton.closure(states, before, "edge").includes(automaton.accept) ? 1 : 0);
    const closures = new Map<Neighbour, number[]>();
    partition.samples.forEach((sample, column) => {
      const after = neighbours[column]!;
      let closure = closures.get(after);
      if (closure === undefined) {
        closure = automaton.closure(states, before, after);
        closures.set(after, closure);
      }
      const targets = new Set<number>();
      for (const at of closure) {
        const reading = automaton.states[at]!;
        if (reading.kind === "one-of" && includes(reading.set, sample)) targets.add(reading.next);
      }
      budget.spend(1 + closure.length + targets.size);
      this.transitions.push(targets.size === 0 ? undefined : this.numberOf([...targets], after));
    });
  }
}
