import { type Automaton, FoldedLiteral, lowerAscii, run } from "./automaton.ts";
import { AutomatonProduct, type Component } from "./automaton-product.ts";
import { type Budget, BudgetExceeded } from "./budget.ts";
import { type CodePoints, codePointsOf, textsOver } from "./code-points.ts";
import { LiteralTrie } from "./literal-trie.ts";
import { type CompiledRegex, LazyRegex } from "./regex.ts";
import { Pruning, type Relevance } from "./relevance.ts";
import { CellSearch, type StringCell } from "./string-cells.ts";
import { predicateKey, type StringPredicate } from "./string-predicate.ts";

/** The strings that a dimension can hold. */
export interface StringDomain {
  readonly alphabet: CodePoints;
  /** What every value satisfies; null: any string over the alphabet. */
  readonly required: Automaton | null;
  /** What no value satisfies; null: nothing. */
  readonly excluded: Automaton | null;
  /** Characters to show in examples, the nicest first. */
  readonly preferred: string;
}

/** A predicate with the caller's number for it, and where it matters (null: everywhere). */
export interface NumberedPredicate {
  readonly id: number;
  readonly predicate: StringPredicate;
  readonly relevance: Relevance | null;
}

export interface Cells {
  readonly cells: readonly StringCell[];
  /** Predicates that were too large to decide: each cell may hold with or without each of them. */
  readonly opaque: readonly number[];
}

/** What finding the cells of one list of predicates may cost before its automata are given up. */
const unitsPerSearch = 1_000_000;
/** Opaque predicates multiply the cells: 2⁶ is as far as that is worth while. */
const mostOpaque = 6;
/** Stands for the values that lie outside the domain; callers number their predicates from 0. */
const excludedId = -1;
const unknown: CompiledRegex = { prefix: "", rest: null };

/** One string of a request (a path, a header's value, …) and what predicates make of it. */
export class StringSpace {
  private readonly domain: StringDomain;
  private readonly budget: Budget;
  private readonly alphabet: RegExp;
  private readonly regexes = new Map<string, CompiledRegex>();

  constructor(domain: StringDomain, budget: Budget) {
    this.domain = domain;
    this.budget = budget;
    this.alphabet = textsOver(domain.alphabet);
  }

  private compiled(pattern: string): CompiledRegex {
    let regex = this.regexes.get(pattern);
    if (regex === undefined) {
      regex = new LazyRegex(pattern, this.domain.alphabet, this.budget);
      this.regexes.set(pattern, regex);
    }
    return regex;
  }

  /** Whether `text` satisfies the predicate; null when the predicate is too large to decide. */
  matches(predicate: StringPredicate, text: string): boolean | null {
    switch (predicate.kind) {
      case "any":
        return true;
      case "regex": {
        const regex = this.compiled(predicate.pattern);
        if (!text.startsWith(regex.prefix)) return false;
        const { rest } = regex;
        return rest?.accepts(run(rest, 0, text.slice(regex.prefix.length))) ?? null;
      }
      default: {
        const fold = predicate.ignoreCase ? lowerAscii : (value: string) => value;
        const [value, wanted] = [fold(text), fold(predicate.text)];
        return predicate.kind === "exact" ? value === wanted : value.startsWith(wanted);
      }
    }
  }

  /** A text that every string of a predicate begins with; as long as is easily known. */
  prefixOf(predicate: StringPredicate): string {
    if (predicate.kind === "any") return "";
    if (predicate.kind === "regex") return this.compiled(predicate.pattern).prefix;
    return predicate.ignoreCase ? "" : predicate.text;
  }

  /** False only when no string satisfies both. */
  mayOverlap(a: StringPredicate, b: StringPredicate): boolean {
    if (a.kind === "any" || b.kind === "any") return true;
    if (a.kind === "regex")
      return b.kind === "regex" ? this.regexesMayOverlap(a.pattern, b.pattern) : this.mayOverlap(b, a);
    if (a.kind === "exact" && !a.ignoreCase) return this.matches(b, a.text) !== false;
    if (b.kind === "regex") return a.ignoreCase || this.prefixMayOverlap(a.text, b.pattern);
    if (b.kind === "exact" && !b.ignoreCase) return this.matches(a, b.text) !== false;
    const [x, y] = a.ignoreCase || b.ignoreCase ? [lowerAscii(a.text), lowerAscii(b.text)] : [a.text, b.text];
    if (a.kind === "exact") return b.kind === "exact" ? x === y : x.startsWith(y);
    return b.kind === "exact" ? y.startsWith(x) : x.startsWith(y) || y.startsWith(x);
  }

  private regexesMayOverlap(a: string, b: string): boolean {
    const [x, y] = [this.compiled(a).prefix, this.compiled(b).prefix];
    return x.startsWith(y) || y.startsWith(x);
  }

  private prefixMayOverlap(literal: string, pattern: string): boolean {
    const regex = this.compiled(pattern);
    if (literal.length <= regex.prefix.length) return regex.prefix.startsWith(literal);
    if (!literal.startsWith(regex.prefix)) return false;
    const { rest } = regex;
    return rest === null || rest.isLive(run(rest, 0, literal.slice(regex.prefix.length)));
  }

  /** All truth assignments of the predicates that some string of the domain has, each with such a string. */
  cells(predicates: readonly NumberedPredicate[]): Cells {
    try {
      return this.search(predicates, true);
    } catch (error) {
      if (!(error instanceof BudgetExceeded)) throw error;
      return this.search(predicates, false);
    }
  }

  private search(predicates: readonly NumberedPredicate[], withAutomata: boolean): Cells {
    const slice = this.budget.slice(unitsPerSearch);
    const { trie, components, always, opaque } = this.arrange(predicates, withAutomata);
    const { alphabet, preferred } = this.domain;
    const product = new AutomatonProduct(
      components,
      this.domain.required,
      alphabet,
      codePointsOf(preferred),
      slice,
    );
    const canPrune = components.length > 1;
    const pruning = new Pruning(new Map(canPrune ? predicates.map((each) => [each.id, each.relevance]) : []));
    const search = new CellSearch(trie, product, pruning, slice);
    search.run(always);
    return { cells: search.cells.filter(({ satisfied }) => !satisfied.includes(excludedId)), opaque };
  }

  /** Sorts predicates into literals, automata, those that always hold and those nobody can decide. */
  private arrange(predicates: readonly NumberedPredicate[], withAutomata: boolean) {
    const trie = new LiteralTrie();
    const components: Component[] = [];
    const start = (prefix: string, component: Component) => {
      if (this.isOverAlphabet(prefix)) trie.addAutomaton(prefix, components.push(component) - 1);
    };
    const always: number[] = [];
    const opaque: number[] = [];
    for (const { id, predicate } of predicates) {
      if (predicate.kind === "any") always.push(id);
      else if (predicate.kind !== "regex" && !predicate.ignoreCase) {
        if (this.isOverAlphabet(predicate.text)) trie.add(predicate, id);
      } else {
        const { prefix, rest } = withAutomata ? this.automaton(predicate) : unknown;
        if (rest === null) opaque.push(id);
        else start(prefix, { id, automaton: rest });
      }
    }
    const { excluded } = this.domain;
    if (excluded !== null) start("", { id: excludedId, automaton: excluded });
    if (opaque.length > mostOpaque)
      throw new BudgetExceeded("too many expressions that are too large to decide");
    return { trie, components, always, opaque };
  }

  private automaton(predicate: StringPredicate & { kind: "regex" | "exact" | "prefix" }): CompiledRegex {
    if (predicate.kind === "regex") return this.compiled(predicate.pattern);
    const key = predicateKey(predicate);
    let literal = this.regexes.get(key);
    if (literal === undefined) {
      const rest = new FoldedLiteral(predicate.text, predicate.kind === "prefix", this.domain.alphabet);
      literal = { prefix: "", rest };
      this.regexes.set(key, literal);
    }
    return literal;
  }

  private isOverAlphabet(text: string): boolean {
    return this.alphabet.test(text);
  }
}
