import type { RuleList } from "./classes/rule-lists.ts";
import type { Side } from "./classes/sides.ts";
import { conditionText, staticTexts } from "./describe-conditions.ts";
import type { EffectiveRoute } from "./effective/table.ts";
import { type Budget, BudgetExceeded } from "./engine/budget.ts";
import { dimensionOf } from "./engine/constraints.ts";
import { OverlapIndex } from "./engine/overlap-index.ts";
import type { Rule, RuleSpace } from "./engine/rule-space.ts";

/** A description that names more exceptions than this is no help to anybody. */
const mostExceptions = 4;
/** Of so many exceptions the widest are chosen. */
const mostLookedAt = 12;

/** Says which requests two rules have in common, in the operator's own matchers. */
export class ClassDescriber {
  private readonly space: RuleSpace;
  private readonly base: RuleList;
  private readonly head: RuleList;
  private readonly rules: Readonly<Record<Side, readonly Rule[]>>;
  private readonly budget: Budget;
  private readonly indexes: { base?: OverlapIndex; head?: OverlapIndex } = {};

  /**
   * @param concerned the rules that may meet requests whose answer changed: others are no exceptions to anything.
   * @param budget pays for finding exceptions; without it they are only said to exist.
   */
  constructor(
    space: RuleSpace,
    base: RuleList,
    head: RuleList,
    concerned: ReadonlySet<Rule>,
    budget: Budget,
  ) {
    this.space = space;
    this.base = base;
    this.head = head;
    this.budget = budget;
    this.rules = {
      base: base.rules.filter((rule) => concerned.has(rule)),
      head: head.rules.filter((rule) => concerned.has(rule)),
    };
  }

  /** The requests that `base` answers on one side and `head` on the other. */
  describe(base: Rule, head: Rule): string {
    const conditions = this.conditions(base, head);
    const exceptions = this.exceptions(base, head);
    if (conditions.length === 0) return exceptions?.length === 0 ? "every request" : "everything else";
    const text = conditions.join(" and ");
    if (exceptions === null) return `${text}, unless an earlier route takes them`;
    if (exceptions.length === 0) return text;
    const others = exceptions.length > mostExceptions ? ["or others"] : [];
    return `${text}, unless ${[...exceptions.slice(0, mostExceptions), ...others].join("; ")}`;
  }

  /** The conditions of both routes without those that the other one implies. */
  private conditions(base: Rule, head: Rule): string[] {
    const [before, after] = [this.base.routeOf(base), this.head.routeOf(head)];
    if (before === null) return after === null ? [] : routeTexts(after);
    if (after === null) return routeTexts(before);
    if (this.space.implies(head, base)) return union(staticTexts(before.static), routeTexts(after));
    if (this.space.implies(base, head)) return union(staticTexts(after.static), routeTexts(before));
    return union(routeTexts(after), routeTexts(before));
  }

  /** Earlier routes, on either side, that take some of these requests away; null: it costs too much to say which. */
  private exceptions(base: Rule, head: Rule): string[] | null {
    if (this.budget.isExhausted) return null;
    try {
      const earlier = [...this.earlier("base", base, head), ...this.earlier("head", base, head)];
      const widest = this.widest([...new Set(earlier)]);
      const texts = widest.flatMap((rule) => {
        const route = this.base.routeOf(rule) ?? this.head.routeOf(rule);
        return route === null ? [] : [this.exceptionText(route, rule, [base, head])];
      });
      return [...new Set(texts)];
    } catch (error) {
      if (error instanceof BudgetExceeded) return null;
      throw error;
    }
  }

  /** Rules of the winner's own route are no exceptions: they do with their requests just what it does with these. */
  private earlier(side: Side, base: Rule, head: Rule): Rule[] {
    const winner = side === "base" ? base : head;
    const entry = this[side].routeOf(winner)?.origin.entry;
    return this.index(side)
      .before(winner, [base, head], mostLookedAt, this.budget)
      .filter((rule) => entry === undefined || this[side].routeOf(rule)?.origin.entry !== entry);
  }

  /**
   * Whether another order of VirtualServices could give some of these requests to another route: one of another object
   * asks for them too. Catch-alls stand last whatever their age (route.go `SortVHostRoutes`).
   */
  dependsOnOrder(base: Rule, head: Rule): boolean {
    const isRival = (list: RuleList, winner: Rule) => {
      const route = list.routeOf(winner);
      return (rule: Rule) => {
        const other = list.routeOf(rule);
        return (
          route !== null &&
          other !== null &&
          rootOf(other) !== rootOf(route) &&
          other.catchAll === route.catchAll
        );
      };
    };
    try {
      return (
        this.index("base").some([base, head], isRival(this.base, base), this.budget) ||
        this.index("head").some([base, head], isRival(this.head, head), this.budget)
      );
    } catch (error) {
      if (error instanceof BudgetExceeded) return true;
      throw error;
    }
  }

  /** Without the rules that others cover. */
  private widest(rules: readonly Rule[]): Rule[] {
    this.budget.spend(rules.length * rules.length);
    const isCovered = (rule: Rule) =>
      rules.some(
        (other) => other !== rule && this.space.implies(rule, other) && !this.space.implies(other, rule),
      );
    return rules.filter((rule) => !isCovered(rule));
  }

  /** What sets an exception apart: conditions that all these requests meet anyway go without saying. */
  private exceptionText(route: EffectiveRoute, rule: Rule, winners: readonly Rule[]): string {
    const isGiven = (condition: EffectiveRoute["conditions"][number]) =>
      winners.some((winner) => this.space.impliesOn(winner, rule, dimensionOf(condition)));
    const conditions = route.conditions.filter((condition) => !isGiven(condition)).map(conditionText);
    return [...conditions, ...staticTexts(route.static)].join(" and ") || "every request";
  }

  private index(side: Side): OverlapIndex {
    this.indexes[side] ??= new OverlapIndex(this.space, this.rules[side]);
    return this.indexes[side];
  }
}

/** The object whose age counts: a delegate speaks through its root. */
function rootOf({ origin: { entry, delegatedBy } }: EffectiveRoute): unknown {
  return (delegatedBy ?? entry).object;
}

function routeTexts(route: EffectiveRoute): string[] {
  return [...route.conditions.map(conditionText), ...staticTexts(route.static)];
}

function union(first: readonly string[], second: readonly string[]): string[] {
  return [...new Set([...second, ...first])];
}
