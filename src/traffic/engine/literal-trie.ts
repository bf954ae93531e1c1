import type { StringPredicate } from "./string-predicate.ts";

/** One text that predicates name, and what begins or ends there. Numbers are the caller's ids. */
export interface Literal {
  readonly text: string;
  readonly exact: number[];
  readonly prefix: number[];
  /** Automata that begin to read behind this text. */
  readonly automata: number[];
}

/** A stretch `low ≤ i < high` of the literals: those that begin with one text. */
export interface Span {
  readonly low: number;
  readonly high: number;
}

/** All literals in order. The sorted list is the trie: a node is a span and a depth, and costs nothing to build. */
export class LiteralTrie {
  readonly literals: Literal[] = [];
  private readonly byText = new Map<string, Literal>();
  private automataBefore = new Int32Array(0);

  add(predicate: StringPredicate & { kind: "exact" | "prefix" }, id: number): void {
    this.at(predicate.text)[predicate.kind].push(id);
  }

  addAutomaton(prefix: string, automaton: number): void {
    this.at(prefix).automata.push(automaton);
  }

  private at(text: string): Literal {
    let literal = this.byText.get(text);
    if (literal === undefined) {
      literal = { text, exact: [], prefix: [], automata: [] };
      this.byText.set(text, literal);
      this.literals.push(literal);
    }
    return literal;
  }

  /** To be called once, when all literals are known. */
  sort(): Span {
    this.literals.sort((a, b) => (a.text < b.text ? -1 : 1));
    this.automataBefore = new Int32Array(this.literals.length + 1);
    this.literals.forEach((literal, i) => {
      this.automataBefore[i + 1] = this.automataBefore[i]! + literal.automata.length;
    });
    return { low: 0, high: this.literals.length };
  }

  hasAutomata({ low, high }: Span): boolean {
    return this.automataBefore[high] !== this.automataBefore[low];
  }

  /** The part of `span` whose texts begin with `text`. */
  narrow(span: Span, text: string): Span {
    const low = this.search(span, (literal) => literal < text);
    return { low, high: this.search({ low, high: span.high }, (literal) => literal.startsWith(text)) };
  }

  private search({ low, high }: Span, isBefore: (literal: string) => boolean): number {
    let from = low;
    let to = high;
    while (from < to) {
      const middle = (from + to) >> 1;
      if (isBefore(this.literals[middle]!.text)) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  /** The characters with which the texts of `span` (all longer than `depth`) go on at `depth`. */
  branches(span: Span, depth: number): { readonly character: string; readonly span: Span }[] {
    const branches: { character: string; span: Span }[] = [];
    for (let low = span.low; low < span.high; ) {
      const { text } = this.literals[low]!;
      const character = String.fromCodePoint(text.codePointAt(depth)!);
      const shared = text.slice(0, depth + character.length);
      const high = this.search({ low, high: span.high }, (literal) => literal.startsWith(shared));
      branches.push({ character, span: { low, high } });
      low = high;
    }
    return branches;
  }
}
