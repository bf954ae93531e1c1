import type { RuleList } from "./classes/rule-lists.ts";
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
  private readonly rules: Readonly<Record<"base" | "head", readonly Rule[]>>;
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
    const [before, after] = [this.route(this.base, base), this.route(this.head, head)];
    if (before === null) return after === null ? [] : routeTexts(after);
    if (after === null) return routeTexts(before);
    if (this.space.implies(head, base)) return union(staticTexts(before.static), routeTexts(after));
    if (this.space.implies(base, head)) return union(staticTexts(after.static), routeTexts(before));
    return union(routeTexts(after), routeTexts(before));
  }

  private route(list: RuleList, rule: Rule): EffectiveRoute | null {
    return list.routeOf(rule);
  }

  /** Earlier routes, on either side, that take some of these requests away; null: it costs too much to say which. */
  private exceptions(base: Rule, head: Rule): string[] | null {
    if (this.budget.isExhausted) return null;
    try {
      const before = this.otherRoutes(
        this.base,
        base,
        this.index("base").before(base, [base, head], mostLookedAt, this.budget),
      );
      const after = this.otherRoutes(
        this.head,
        head,
        this.index("head").before(head, [base, head], mostLookedAt, this.budget),
      );
      const widest = this.widest([...new Set([...before, ...after])]);
      const texts = widest.flatMap((rule) => {
        const route = this.route(this.base, rule) ?? this.route(this.head, rule);
        return route === null ? [] : [this.exceptionText(route, rule, [base, head])];
      });
      return [...new Set(texts)];
    } catch (error) {
      if (error instanceof BudgetExceeded) return null;
      throw error;
    }
  }

  /** Without the rules of the same route: it does with their requests just what it does with these. */
  private otherRoutes(list: RuleList, winner: Rule, rules: readonly Rule[]): readonly Rule[] {
    const entry = this.route(list, winner)?.origin.entry;
    return entry === undefined
      ? rules
      : rules.filter((rule) => this.route(list, rule)?.origin.entry !== entry);
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

  private index(side: "base" | "head"): OverlapIndex {
    this.indexes[side] ??= new OverlapIndex(this.space, this.rules[side]);
    return this.indexes[side];
  }
}

function routeTexts(route: EffectiveRoute): string[] {
  return [...route.conditions.map(conditionText), ...staticTexts(route.static)];
}

function union(first: readonly string[], second: readonly string[]): string[] {
  return [...new Set([...second, ...first])];
}
