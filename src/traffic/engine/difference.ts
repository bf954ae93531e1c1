import { commonRules } from "./alignment.ts";
import { type Budget, BudgetExceeded } from "./budget.ts";
import type { Rule, RuleSpace } from "./rule-space.ts";
import { type Assignment, type Residual, ruleOf, type Visitor, walk } from "./walk.ts";

/** Requests that `base` answers on one side and `head` on the other, with different actions. */
export interface Difference {
  readonly base: Rule;
  readonly head: Rule;
  /** Values of one such request; parts left out do not matter. Null: nobody knows whether there is one. */
  readonly example: readonly Assignment[] | null;
}

export interface Differences {
  readonly differences: readonly Difference[];
  /** Why the answer is coarse: it names every pair that may differ, without examples. Null: it is exact. */
  readonly incomplete: string | null;
  /** Rules that changed, came, went or moved, and those that may overlap them: for all others nothing is different. */
  readonly concerned: ReadonlySet<Rule>;
}

/**
 * Every pair of rules with different actions such that some request has one as its first match in `base` and the other
 * in `head`. Both lists end with a rule without constraints. A pair is reported if and only if there is such a
 * request, or the answer is `incomplete`.
 *
 * @param reserve pays for guesses where the space's own budget is used up.
 */
export function compareLists(
  space: RuleSpace,
  base: readonly Rule[],
  head: readonly Rule[],
  reserve: Budget,
): Differences {
  const [before, after] = [firstOfEach(base), firstOfEach(head)];
  if (before.length === after.length && before.every((rule, i) => rule === after[i])) {
    return { differences: [], incomplete: null, concerned: new Set() };
  }
  const common = commonRules(before, after);
  const search = new DifferenceSearch(space);
  let concerned: ReadonlySet<Rule> = new Set([...before, ...after]);
  try {
    concerned = neighbourhood(space, before, after, common);
    const keep = (list: readonly Rule[]) =>
      list.filter((rule, i) => concerned.has(rule) || i === list.length - 1);
    walk(space, [keep(before), keep(after)], search);
    return { differences: search.found, incomplete: null, concerned };
  } catch (error) {
    if (!(error instanceof BudgetExceeded)) throw error;
    const guesses = guessDifferences(space, before, after, reserve).filter(
      ({ base: a, head: b }) => !search.has(a, b),
    );
    return { differences: [...search.found, ...guesses], incomplete: error.message, concerned };
  }
}

/** A rule that stands twice never wins the second time. */
function firstOfEach(list: readonly Rule[]): readonly Rule[] {
  return [...new Set(list)];
}

/** Above this many tests the filter costs more than it saves. */
const mostNeighbourTests = 400_000;

/**
 * The changed rules and all that may overlap one of them. A request that matches no changed rule meets the same common
 * rules in the same order on both sides, and so gets the same answer: the others can be left out.
 */
function neighbourhood(
  space: RuleSpace,
  base: readonly Rule[],
  head: readonly Rule[],
  common: ReadonlySet<Rule>,
): ReadonlySet<Rule> {
  const changed = new Set([...base, ...head].filter((rule) => !common.has(rule)));
  if (changed.size * common.size > mostNeighbourTests) return new Set([...base, ...head]);
  space.budget.spend(changed.size * common.size);
  const near = new Set(changed);
  for (const rule of common) {
    for (const other of changed) {
      if (space.mayOverlap(rule, other)) {
        near.add(rule);
        break;
      }
    }
  }
  return near;
}

/** More than any list has: pairs of ids become one number. */
const mostRules = 2 ** 26;

/** Below this many entries it is quicker to walk on than to ask whether that is needed. */
const shortLists = 12;

/** What becomes of a difference later: words, an example, a report. */
const unitsPerDifference = 150;

class DifferenceSearch implements Visitor {
  readonly found: Difference[] = [];
  private readonly space: RuleSpace;
  private readonly pairs = new Map<number, number>();

  constructor(space: RuleSpace) {
    this.space = space;
  }

  private key(base: Rule, head: Rule): number {
    return base.id * mostRules + head.id;
  }

  has(base: Rule, head: Rule): boolean {
    return this.pairs.has(this.key(base, head));
  }

  leaf([base, head]: readonly [Rule, Rule], assignments: readonly Assignment[]): void {
    if (base.action === head.action) return;
    const approximate = assignments.some(({ cell }) => cell.approximate);
    const known = this.pairs.get(this.key(base, head));
    if (known !== undefined && (approximate || this.found[known]!.example !== null)) return;
    this.space.budget.spend(unitsPerDifference);
    const difference = { base, head, example: approximate ? null : [...assignments] };
    if (known !== undefined) this.found[known] = difference;
    else this.pairs.set(this.key(base, head), this.found.push(difference) - 1);
  }

  isDone([base, head]: readonly [readonly Residual[], readonly Residual[]]): boolean {
    if (base.length === head.length && base.every((residual, i) => residual === head[i])) return true;
    return base.length + head.length > shortLists && this.found.length > 0 && this.hasAllPairs(base, head);
  }

  /**
   * Where the common rules of both lists stand in the same order, a request can only fall to two rules that are not
   * common, or to a common one and one that stands before it in the other list. If all such pairs are known, stop.
   */
  private hasAllPairs(base: readonly Residual[], head: readonly Residual[]): boolean {
    const [inBase, inHead] = [new Set(base), new Set(head)];
    const onlyBase = base.filter((residual) => !inHead.has(residual));
    const onlyHead = head.filter((residual) => !inBase.has(residual));
    const changed = onlyBase.length + onlyHead.length;
    if (changed > 6 || changed * (base.length + head.length) > 4000) return false;
    if (!sameOrder(base, head, inBase, inHead)) return false;
    if (onlyBase.some((a) => onlyHead.some((b) => this.isOpen(a, b)))) return false;
    return (
      !precede(base, inHead, (earlier, common) => this.isOpen(earlier, common)) &&
      !precede(head, inBase, (earlier, common) => this.isOpen(common, earlier))
    );
  }

  private isOpen(base: Residual, head: Residual): boolean {
    const [a, b] = [this.space.rules[ruleOf(base)]!, this.space.rules[ruleOf(head)]!];
    return a.action !== b.action && !this.has(a, b);
  }
}

function sameOrder(
  base: readonly Residual[],
  head: readonly Residual[],
  inBase: ReadonlySet<Residual>,
  inHead: ReadonlySet<Residual>,
): boolean {
  const common = head.filter((residual) => inBase.has(residual));
  return base.filter((residual) => inHead.has(residual)).every((residual, i) => residual === common[i]);
}

/** Whether `test` holds for a rule that is not in `others` and a later one that is. */
function precede(
  list: readonly Residual[],
  others: ReadonlySet<Residual>,
  test: (earlier: Residual, common: Residual) => boolean,
): boolean {
  const own: Residual[] = [];
  for (const residual of list) {
    if (!others.has(residual)) own.push(residual);
    else if (own.some((earlier) => test(earlier, residual))) return true;
  }
  return false;
}

/** A reader can do nothing with more guesses than this. */
const mostGuesses = 200;

/**
 * Every pair of rules with different actions that might differ, as far as cheap tests tell: one of the two always is a
 * rule that changed.
 */
export function guessDifferences(
  space: RuleSpace,
  base: readonly Rule[],
  head: readonly Rule[],
  reserve: Budget,
): Difference[] {
  const common = commonRules(base, head);
  const guesses: Difference[] = [];
  try {
    for (const a of base) {
      for (const b of head) {
        if (a.action === b.action || (common.has(a) && common.has(b))) continue;
        reserve.spend(1);
        if (guesses.length >= mostGuesses) return guesses;
        if (space.mayOverlap(a, b)) guesses.push({ base: a, head: b, example: null });
      }
    }
  } catch (error) {
    if (!(error instanceof BudgetExceeded)) throw error;
  }
  return guesses;
}
