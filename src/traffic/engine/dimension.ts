import type { Budget } from "./budget.ts";
import { Composites } from "./composites.ts";
import type { Relevance } from "./relevance.ts";
import { needsAutomaton } from "./string-predicate.ts";
import { type StringDomain, StringSpace } from "./string-space.ts";

/** What values a part of a request can take. */
export interface DimensionDomain extends StringDomain {
  /** Values people would expect in an example, the likeliest first. */
  readonly familiar: readonly string[];
  /** What negated predicates see when the part is missing; null: they all hold then. Undefined: it never is missing. */
  readonly absentAs?: string | null;
}

/** A set of composites that some value satisfies while it satisfies no others. */
export interface DimensionCell {
  readonly satisfied: readonly number[];
  /** A value of the cell; null: the part is missing. */
  readonly sample: string | null;
  /** The sample may not do what is claimed: a predicate was too large to decide. */
  readonly approximate: boolean;
}

/** One part of a request (its path, one header, …) and the composites, conjunctions of literals, that rules put on it. */
export class Dimension {
  readonly name: string;
  readonly index: number;
  private readonly domain: DimensionDomain;
  readonly composites: Composites;
  private readonly space: StringSpace;
  private readonly known = new Map<string, readonly DimensionCell[]>();

  constructor(name: string, index: number, domain: DimensionDomain, budget: Budget) {
    this.name = name;
    this.index = index;
    this.domain = domain;
    this.space = new StringSpace(domain, budget);
    this.composites = new Composites(this.space);
  }

  /** Some value; null: there is none. */
  anySample(): string | null {
    return this.space.cells([]).cells[0]?.sample ?? null;
  }

  /** Every set of `composites` that some value satisfies alone, with such a value. */
  cells(composites: readonly number[], relevanceOf: RelevanceOf): readonly DimensionCell[] {
    const plan = this.plan(composites, relevanceOf);
    let cells = this.known.get(plan.key);
    if (cells === undefined) {
      cells = this.computeCells(plan);
      this.known.set(plan.key, cells);
    }
    return cells;
  }

  private plan(composites: readonly number[], relevanceOf: RelevanceOf): CellPlan {
    const plain = new Map<number, number>();
    const compound: number[] = [];
    const used = new Set<number>();
    for (const composite of composites) {
      const literals = this.composites.literals(composite);
      for (const { predicate } of literals) used.add(predicate);
      if (literals.length > 1 || literals[0]!.negated) compound.push(composite);
      else plain.set(literals[0]!.predicate, composite);
    }
    const predicates = [...used].sort((a, b) => a - b);
    const automata = predicates.filter((predicate) =>
      needsAutomaton(this.composites.predicate(predicate)),
    ).length;
    const key = composites.join(" ");
    if (automata < 2) return { key, predicates, plain, compound, relevances: new Map() };
    const relevances = new Map(composites.map((composite) => [composite, relevanceOf(composite)]));
    const positions = [...relevances.values()].map(
      ({ first, decisive }) => `${first.join(" ")}/${decisive.join(" ")}`,
    );
    return { key: `${key}|${positions.join("|")}`, predicates, plain, compound, relevances };
  }

  private computeCells(plan: CellPlan): readonly DimensionCell[] {
    const found = new Map<string, DimensionCell>();
    const add = (satisfied: number[], sample: string | null, approximate: boolean) => {
      const key = satisfied.sort((a, b) => a - b).join(" ");
      if (!found.has(key)) found.set(key, { satisfied, sample, approximate });
    };
    if (this.domain.absentAs !== undefined) this.addAbsent(plan, this.domain.absentAs, add);
    const { cells, opaque } = this.space.cells(this.numberedPredicates(plan));
    const samples = opaque.length === 0 ? this.familiarSamples(plan) : new Map<string, string>();
    for (const { satisfied, sample } of cells) {
      const shown = samples.get([...satisfied].sort((a, b) => a - b).join(" ")) ?? sample;
      for (const guess of subsets(opaque)) {
        add(this.satisfiedComposites(plan, new Set([...satisfied, ...guess])), shown, opaque.length > 0);
      }
    }
    return [...found.values()];
  }

  private satisfiedComposites({ plain, compound }: CellPlan, holds: ReadonlySet<number>): number[] {
    const satisfied: number[] = [];
    for (const predicate of holds) {
      const composite = plain.get(predicate);
      if (composite !== undefined) satisfied.push(composite);
    }
    for (const composite of compound) {
      const literals = this.composites.literals(composite);
      if (literals.every(({ predicate, negated }) => negated !== holds.has(predicate)))
        satisfied.push(composite);
    }
    return satisfied;
  }

  /** A missing part satisfies no predicate; negated ones see it as `value`. */
  private addAbsent(
    { compound }: CellPlan,
    value: string | null,
    add: (satisfied: number[], sample: null, approximate: boolean) => void,
  ): void {
    const negative = compound.filter((composite) =>
      this.composites.literals(composite).every(({ negated }) => negated),
    );
    const truth = new Map<number, boolean | null>();
    for (const composite of negative) {
      for (const { predicate } of this.composites.literals(composite)) {
        const test = this.composites.predicate(predicate);
        truth.set(predicate, value === null || test.kind === "any" ? false : this.space.matches(test, value));
      }
    }
    const unknown = [...truth.keys()].filter((predicate) => truth.get(predicate) === null);
    for (const guess of subsets(unknown)) {
      const holds = (predicate: number) => truth.get(predicate) ?? guess.includes(predicate);
      const satisfied = negative.filter((c) =>
        this.composites.literals(c).every(({ predicate }) => !holds(predicate)),
      );
      add(satisfied, null, unknown.length > 0);
    }
  }

  private numberedPredicates({ predicates, plain, compound, relevances }: CellPlan) {
    const compounded = new Set(
      compound.flatMap((composite) => this.composites.literals(composite).map((l) => l.predicate)),
    );
    return predicates.map((id) => {
      const composite = compounded.has(id) ? undefined : plain.get(id);
      const relevance = composite === undefined ? null : (relevances.get(composite) ?? null);
      return { id, predicate: this.composites.predicate(id), relevance };
    });
  }

  private familiarSamples({ predicates }: CellPlan): Map<string, string> {
    const samples = new Map<string, string>();
    for (const value of this.domain.familiar) {
      const key = predicates
        .filter((id) => this.space.matches(this.composites.predicate(id), value) === true)
        .join(" ");
      if (!samples.has(key)) samples.set(key, value);
    }
    return samples;
  }
}

/** Where the lists being walked use a composite. */
type RelevanceOf = (composite: number) => Relevance;

interface CellPlan {
  readonly key: string;
  readonly predicates: readonly number[];
  /** Composites that are one predicate, by predicate. */
  readonly plain: ReadonlyMap<number, number>;
  readonly compound: readonly number[];
  readonly relevances: ReadonlyMap<number, Relevance>;
}

/** All subsets of a short list. */
function subsets(items: readonly number[]): number[][] {
  return items.reduce<number[][]>((all, item) => all.flatMap((subset) => [subset, [...subset, item]]), [[]]);
}
