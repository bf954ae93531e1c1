import { BudgetExceeded } from "./budget.ts";
import type { Rule, RuleSpace } from "./rule-space.ts";
import { type Residual, ruleOf, walk } from "./walk.ts";

/**
 * The rules of a list, which ends with one without constraints, that answer no request at all; null when a budget
 * was reached. A rule that may only answer behind an undecidable predicate counts as reached.
 */
export function unreachableRules(space: RuleSpace, list: readonly Rule[]): Rule[] | null {
  const reached = new Set<number>();
  const isDone = ([residuals]: readonly (readonly Residual[])[]) =>
    residuals!.every((residual) => reached.has(ruleOf(residual)));
  try {
    walk(space, [list], { isDone, leaf: ([winner]) => reached.add(winner!.id) });
  } catch (error) {
    if (error instanceof BudgetExceeded) return null;
    throw error;
  }
  return list.filter((rule) => !reached.has(rule.id));
}

/** The rules before `rule` that answer the requests it asks for; empty when no request can match it at all. */
export function takers(space: RuleSpace, list: readonly Rule[], rule: Rule): Rule[] {
  const winners = new Set<Rule>();
  const outside = space.rule([], "outside");
  const earlier = list.slice(0, list.indexOf(rule)).filter((other) => space.mayOverlap(other, rule));
  const isDone = ([, own]: readonly (readonly Residual[])[]) => ruleOf(own![0]!) === outside.id;
  try {
    walk(
      space,
      [
        [...earlier, rule, outside],
        [rule, outside],
      ],
      {
        isDone,
        leaf: ([winner, own]) => {
          if (own === rule && winner !== rule) winners.add(winner!);
        },
      },
    );
  } catch (error) {
    if (!(error instanceof BudgetExceeded)) throw error;
  }
  return [...winners];
}
