import { BudgetExceeded } from "./budget.ts";
import type { Rule, RuleSpace } from "./rule-space.ts";
import { type Residual, ruleOf, walk } from "./walk.ts";

/** More rules than this are cheaper to look at in one walk over the whole list than one by one. */
const mostSingleRules = 16;

/**
 * Those of `suspects`, rules of a list that ends with one without constraints, that answer no request at all. Empty when a
 * budget is reached: a rule is called unreachable only where that is certain.
 */
export function unreachableRules(
  space: RuleSpace,
  list: readonly Rule[],
  suspects: ReadonlySet<Rule>,
): Set<Rule> {
  const own = list.filter((rule) => suspects.has(rule));
  try {
    if (own.length > mostSingleRules) return unreached(space, list, own);
    return new Set(own.filter((rule) => takers(space, list, rule) !== null));
  } catch (error) {
    if (error instanceof BudgetExceeded) return new Set();
    throw error;
  }
}

function unreached(space: RuleSpace, list: readonly Rule[], suspects: readonly Rule[]): Set<Rule> {
  const missing = new Set(suspects.map(({ id }) => id));
  walk(space, [list], {
    isDone: ([residuals]) => !residuals!.some((residual) => missing.has(ruleOf(residual))),
    leaf: ([winner]) => missing.delete(winner!.id),
  });
  return new Set(suspects.filter(({ id }) => missing.has(id)));
}

/**
 * The rules before `rule`, in order, that answer everything it asks for; none when no request can match it. Null: it answers some
 * request itself. Throws `BudgetExceeded`.
 */
export function takers(space: RuleSpace, list: readonly Rule[], rule: Rule): readonly Rule[] | null {
  const winners = new Set<Rule>();
  let answers = false;
  const outside = space.rule([], () => "outside");
  const earlier = list.slice(0, list.indexOf(rule)).filter((other) => space.mayOverlap(other, rule));
  const isOutside = ([, own]: readonly (readonly Residual[])[]) => ruleOf(own![0]!) === outside.id;
  walk(
    space,
    [
      [...earlier, rule, outside],
      [rule, outside],
    ],
    {
      isDone: (lists) => answers || isOutside(lists),
      leaf: ([winner, own], assignments) => {
        if (own !== rule) return;
        winners.add(winner!);
        answers ||= winner === rule || assignments.some(({ cell }) => cell.approximate);
      },
    },
  );
  return answers ? null : earlier.filter((other) => winners.has(other));
}
