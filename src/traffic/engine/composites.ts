import { predicateKey, type StringPredicate } from "./string-predicate.ts";
import type { StringSpace } from "./string-space.ts";

/** A predicate or its opposite. */
export interface Literal {
  readonly predicate: StringPredicate;
  readonly negated: boolean;
}

interface NumberedLiteral {
  readonly predicate: number;
  readonly negated: boolean;
}

/** The conjunctions of literals that rules put on one dimension, numbered so that equal ones are equal numbers. */
export class Composites {
  private readonly space: StringSpace;
  private readonly predicates: StringPredicate[] = [];
  private readonly predicateNumbers = new Map<string, number>();
  private readonly conjunctions: (readonly NumberedLiteral[])[] = [];
  private readonly numbers = new Map<string, number>();

  constructor(space: StringSpace) {
    this.space = space;
  }

  literals(composite: number): readonly NumberedLiteral[] {
    return this.conjunctions[composite]!;
  }

  predicate(number: number): StringPredicate {
    return this.predicates[number]!;
  }

  /** The number of a conjunction, equal for equal ones. */
  numberOf(literals: readonly Literal[]): number {
    const distinct = new Map<string, NumberedLiteral>();
    for (const { predicate, negated } of literals) {
      const number = this.predicateNumber(predicate);
      distinct.set(negated ? `!${number}` : `${number}`, { predicate: number, negated });
    }
    const numbered = [...distinct.values()];
    const key = [...distinct.keys()].sort().join("&");
    let number = this.numbers.get(key);
    if (number === undefined) {
      number = this.conjunctions.push(numbered) - 1;
      this.numbers.set(key, number);
    }
    return number;
  }

  private predicateNumber(predicate: StringPredicate): number {
    const key = predicateKey(predicate);
    let number = this.predicateNumbers.get(key);
    if (number === undefined) {
      number = this.predicates.push(predicate) - 1;
      this.predicateNumbers.set(key, number);
    }
    return number;
  }

  /** A text that every value of a composite begins with; as long as is easily known. */
  prefixOf(composite: number): string {
    const prefixes = this.conjunctions[composite]!.map(({ predicate, negated }) =>
      negated ? "" : this.space.prefixOf(this.predicates[predicate]!),
    );
    return prefixes.reduce((a, b) => (b.length > a.length ? b : a), "");
  }

  /** False only when no value satisfies both composites. */
  mayOverlap(a: number, b: number): boolean {
    if (a === b) return true;
    return this.conjunctions[a]!.every((x) =>
      this.conjunctions[b]!.every((y) => this.literalsMayOverlap(x, y)),
    );
  }

  private literalsMayOverlap(a: NumberedLiteral, b: NumberedLiteral): boolean {
    const [x, y] = [this.predicates[a.predicate]!, this.predicates[b.predicate]!];
    if (a.negated && b.negated) return true;
    if (a.negated !== b.negated) return a.predicate !== b.predicate && (a.negated ? x : y).kind !== "any";
    return this.space.mayOverlap(x, y);
  }

  /** True only when every value that satisfies `narrow` satisfies `wide`. */
  implies(narrow: number, wide: number): boolean {
    if (narrow === wide) return true;
    return this.conjunctions[wide]!.every((y) =>
      this.conjunctions[narrow]!.some((x) => this.literalImplies(x, y)),
    );
  }

  private literalImplies(narrow: NumberedLiteral, wide: NumberedLiteral): boolean {
    if (narrow.negated || wide.negated)
      return narrow.negated === wide.negated && narrow.predicate === wide.predicate;
    const [x, y] = [this.predicates[narrow.predicate]!, this.predicates[wide.predicate]!];
    if (y.kind === "any" || narrow.predicate === wide.predicate) return true;
    if (x.kind === "exact" && !x.ignoreCase) return this.space.matches(y, x.text) === true;
    return (
      x.kind === "prefix" && y.kind === "prefix" && !x.ignoreCase && this.space.matches(y, x.text) === true
    );
  }
}
