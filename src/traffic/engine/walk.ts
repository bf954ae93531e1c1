import { BudgetExceeded } from "./budget.ts";
import type { Dimension, DimensionCell } from "./dimension.ts";
import type { Relevance } from "./relevance.ts";
import type { Rule, RuleSpace } from "./rule-space.ts";

/**
 * A rule and those of its constraints that are not known to hold yet, packed into one number so that lists of them
 * are cheap to copy and to compare.
 */
export type Residual = number;
const maskRange = 0x10000;

const fullResidual = (rule: Rule): Residual => rule.id * maskRange + (1 << rule.dimensions.length) - 1;
const openConstraints = (residual: Residual): number => residual % maskRange;
/** The rule's id. */
export const ruleOf = (residual: Residual): number => Math.floor(residual / maskRange);
const isUnconditional = (residual: Residual): boolean => openConstraints(residual) === 0;

/** Values chosen on the way to a leaf. */
export interface Assignment {
  readonly dimension: Dimension;
  readonly cell: DimensionCell;
}

export interface Visitor {
  /** Whether nothing new can be found below these lists. */
  isDone(lists: readonly (readonly Residual[])[]): boolean;
  /** A set of requests that the first rule of each list answers. */
  leaf(winners: readonly Rule[], assignments: readonly Assignment[]): void;
}

/**
 * Walks all combinations of first matches of one or two rule lists: picks a dimension that the first rule of a list
 * constrains, splits it into cells, and goes on with what is left of the lists in each cell. Branching on the first
 * rules alone keeps chains of unrelated rules linear; equal nodes are visited once. Throws `BudgetExceeded`.
 */
export function walk(space: RuleSpace, lists: readonly (readonly Rule[])[], visitor: Visitor): void {
  new Walk(space, visitor).descend(lists.map((list) => cutAtUnconditional(list.map(fullResidual))));
}

/** A dimension that most rules constrain splits long lists into short ones: from this many rules on it goes first. */
const manyUses = 16;

/** Deeper nesting would exhaust the stack: every level is one more part of a request that some rule looks at. */
const deepest = 1000;

class Walk {
  private readonly space: RuleSpace;
  private readonly visitor: Visitor;
  private readonly visited = new Set<string>();
  private readonly assignments: Assignment[] = [];

  constructor(space: RuleSpace, visitor: Visitor) {
    this.space = space;
    this.visitor = visitor;
  }

  descend(lists: readonly Residual[][]): void {
    if (this.visitor.isDone(lists)) return;
    const key = keyOf(lists);
    if (this.visited.has(key)) return;
    this.visited.add(key);
    if (this.assignments.length > deepest)
      throw new BudgetExceeded("routes look at too many parts of a request");
    this.space.budget.spend(8 + lists.reduce((sum, list) => sum + list.length, 0));
    const dimension = this.pick(lists);
    if (dimension === null) {
      const winners = lists.map((list) => this.space.rules[ruleOf(list[0]!)]!);
      this.visitor.leaf(winners, this.assignments);
      return;
    }
    const splits = lists.map((list) => new Split(list, dimension.index, this.space));
    for (const cell of dimension.cells(compositesOf(splits), relevanceIn(splits))) {
      this.assignments.push({ dimension, cell });
      this.descend(splits.map((split) => split.restrictedTo(cell)));
      this.assignments.pop();
    }
  }

  /** The dimension that most rules constrain, among those of the first rules; null when both are unconditional. */
  private pick(lists: readonly Residual[][]): Dimension | null {
    const candidates = new Set<number>();
    for (const list of lists) this.forOpen(list[0]!, (dimension) => candidates.add(dimension));
    if (candidates.size === 0) return null;
    const uses = this.countUses(lists);
    const busier = (a: number, b: number) => (uses[b]! > uses[a]! ? b : a);
    const busiest = uses.reduce((best, count, dimension) => (count > uses[best]! ? dimension : best), 0);
    const total = lists.reduce((sum, list) => sum + list.length, 0);
    const splitsWell = uses[busiest]! >= manyUses && 2 * uses[busiest]! >= total;
    return this.space.dimensions[splitsWell ? busiest : [...candidates].reduce(busier)]!;
  }

  /** By dimension: how many rules still ask something of it. */
  private countUses(lists: readonly Residual[][]): Uint32Array {
    const uses = new Uint32Array(this.space.dimensions.length);
    for (const list of lists) {
      for (const residual of list) {
        const { dimensions } = this.space.rules[ruleOf(residual)]!;
        let open = openConstraints(residual);
        for (let i = 0; open > 0; i++, open >>= 1) if ((open & 1) === 1) uses[dimensions[i]!]!++;
      }
    }
    return uses;
  }

  private forOpen(residual: Residual, visit: (dimension: number) => void): void {
    const { dimensions } = this.space.rules[ruleOf(residual)]!;
    const open = openConstraints(residual);
    for (let i = 0; i < dimensions.length; i++) if ((open >> i) & 1) visit(dimensions[i]!);
  }
}

/** How many arguments a call takes for certain. */
const mostUnits = 8192;

/** Three code units for every entry and two for each list: equal exactly for equal lists, and short. */
function keyOf(lists: readonly (readonly Residual[])[]): string {
  const units: number[] = [];
  for (const list of lists) {
    units.push(list.length & 0xffff, list.length >>> 16);
    for (const residual of list) {
      const rule = ruleOf(residual);
      units.push(rule & 0xffff, rule >>> 16, openConstraints(residual));
    }
  }
  if (units.length <= mostUnits) return String.fromCharCode(...units);
  const parts: string[] = [];
  for (let i = 0; i < units.length; i += mostUnits) {
    parts.push(String.fromCharCode(...units.slice(i, i + mostUnits)));
  }
  return parts.join("");
}

/** One list, sorted by what its rules ask of one dimension. */
class Split {
  /** Positions of the rules that ask a composite of the dimension. */
  readonly positions = new Map<number, number[]>();
  /** Per composite, where the list first mentions it, and the first rule it would make unconditional. */
  readonly first = new Map<number, number>();
  readonly decisive = new Map<number, number>();
  private readonly free: number[] = [];
  private readonly residuals: Residual[] = [];
  private readonly space: RuleSpace;

  constructor(list: readonly Residual[], dimension: number, space: RuleSpace) {
    this.space = space;
    list.forEach((residual, position) => {
      const rule = space.rules[ruleOf(residual)]!;
      const constraint = rule.dimensions.indexOf(dimension);
      if (constraint < 0 || !((openConstraints(residual) >> constraint) & 1)) {
        this.residuals.push(residual);
        this.free.push(position);
      } else {
        const left = residual - (1 << constraint);
        this.residuals.push(left);
        this.note(rule.composites[constraint]!, position, isUnconditional(left));
      }
    });
  }

  private note(composite: number, position: number, unconditional: boolean): void {
    const positions = this.positions.get(composite);
    if (positions === undefined) this.positions.set(composite, [position]);
    else positions.push(position);
    if (!this.first.has(composite)) this.first.set(composite, position);
    if (unconditional && !this.decisive.has(composite)) this.decisive.set(composite, position);
  }

  /** What is left of the list for values of `cell`, up to its first unconditional rule. */
  restrictedTo(cell: DimensionCell): Residual[] {
    const runs = cell.satisfied.flatMap((composite) => {
      const positions = this.positions.get(composite);
      return positions === undefined ? [] : [positions];
    });
    const positions = runs.length === 0 ? this.free : mergeRuns(this.free, runs);
    const list: Residual[] = [];
    for (const position of positions) {
      const residual = this.residuals[position]!;
      list.push(residual);
      if (isUnconditional(residual)) break;
    }
    this.space.budget.spend(1 + list.length);
    return list;
  }
}

function cutAtUnconditional(list: Residual[]): Residual[] {
  const end = list.findIndex(isUnconditional);
  return end < 0 ? list : list.slice(0, end + 1);
}

function compositesOf(splits: readonly Split[]): number[] {
  const composites = new Set<number>();
  for (const split of splits) for (const composite of split.positions.keys()) composites.add(composite);
  return [...composites].sort((a, b) => a - b);
}

function relevanceIn(splits: readonly Split[]): (composite: number) => Relevance {
  return (composite) => ({
    first: splits.map((split) => split.first.get(composite) ?? Number.POSITIVE_INFINITY),
    decisive: splits.map((split) => split.decisive.get(composite) ?? Number.POSITIVE_INFINITY),
  });
}

/** Ascending lists of positions as one. */
function mergeRuns(free: readonly number[], runs: readonly (readonly number[])[]): readonly number[] {
  if (runs.length > 1) return [free, ...runs].flat().sort((a, b) => a - b);
  const [run] = runs;
  if (free.length === 0) return run!;
  const merged: number[] = [];
  let i = 0;
  for (const position of run!) {
    while (i < free.length && free[i]! < position) merged.push(free[i++]!);
    merged.push(position);
  }
  while (i < free.length) merged.push(free[i++]!);
  return merged;
}
