import type { Budget } from "./budget.ts";
import type { Literal } from "./composites.ts";
import { Dimension, type DimensionDomain } from "./dimension.ts";

/** Conditions on one dimension, all of which must hold. */
export interface Constraint {
  readonly dimension: string;
  readonly literals: readonly Literal[];
}

/** One entry of a first-match list. Rules of one space with equal content are the same object. */
export class Rule {
  readonly id: number;
  /** Indexes of the constrained dimensions, and the composite on each. */
  readonly dimensions: readonly number[];
  readonly composites: readonly number[];
  private readonly treatment: () => number;
  private known: number | undefined;

  constructor(
    id: number,
    dimensions: readonly number[],
    composites: readonly number[],
    treatment: () => number,
  ) {
    this.id = id;
    this.dimensions = dimensions;
    this.composites = composites;
    this.treatment = treatment;
  }

  /** Equal numbers: the same treatment. Worked out only for rules that meet a changed one. */
  get action(): number {
    this.known ??= this.treatment();
    return this.known;
  }
}

/** A residual rule keeps which of its constraints are still open in this many bits. */
export const mostConstraints = 16;

/** The dimensions and rules of one comparison. */
export class RuleSpace {
  readonly dimensions: Dimension[] = [];
  readonly rules: Rule[] = [];
  readonly budget: Budget;
  private readonly domainOf: (dimension: string) => DimensionDomain;
  private readonly dimensionByName = new Map<string, Dimension>();
  private readonly actionNumbers = new Map<string, number>();

  /** `domainOf` tells which values a dimension has; it is asked once per name. */
  constructor(domainOf: (dimension: string) => DimensionDomain, budget: Budget) {
    this.domainOf = domainOf;
    this.budget = budget;
  }

  /** A new rule of at most `mostConstraints`. */
  rule(constraints: readonly Constraint[], action: () => string): Rule {
    const dimensions = constraints.map((constraint) => this.dimension(constraint.dimension));
    const composites = constraints.map(({ literals }, i) => dimensions[i]!.composites.numberOf(literals));
    const indexes = dimensions.map((dimension) => dimension.index);
    const rule = new Rule(this.rules.length, indexes, composites, () => this.actionNumber(action()));
    this.rules.push(rule);
    return rule;
  }

  dimension(name: string): Dimension {
    let dimension = this.dimensionByName.get(name);
    if (dimension === undefined) {
      dimension = new Dimension(name, this.dimensions.length, this.domainOf(name), this.budget);
      this.dimensions.push(dimension);
      this.dimensionByName.set(name, dimension);
    }
    return dimension;
  }

  private actionNumber(action: string): number {
    let number = this.actionNumbers.get(action);
    if (number === undefined) {
      number = this.actionNumbers.size;
      this.actionNumbers.set(action, number);
    }
    return number;
  }

  /** False only when no request matches both rules. */
  mayOverlap(a: Rule, b: Rule): boolean {
    return a.dimensions.every((dimension, i) => {
      const j = b.dimensions.indexOf(dimension);
      return j < 0 || this.dimensions[dimension]!.composites.mayOverlap(a.composites[i]!, b.composites[j]!);
    });
  }

  /** True only when every request that matches `narrow` matches `wide`. */
  implies(narrow: Rule, wide: Rule): boolean {
    return wide.dimensions.every((dimension) => this.implied(narrow, wide, dimension));
  }

  /** True only when every request that matches `narrow` meets what `wide` asks of the dimension. */
  impliesOn(narrow: Rule, wide: Rule, dimension: string): boolean {
    return this.implied(narrow, wide, this.dimension(dimension).index);
  }

  private implied(narrow: Rule, wide: Rule, dimension: number): boolean {
    const [i, j] = [narrow.dimensions.indexOf(dimension), wide.dimensions.indexOf(dimension)];
    return (
      i >= 0 &&
      j >= 0 &&
      this.dimensions[dimension]!.composites.implies(narrow.composites[i]!, wide.composites[j]!)
    );
  }
}
