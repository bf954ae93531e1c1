import type { RuleList } from "./classes/rule-lists.ts";
import { conditionText, staticTexts } from "./describe-conditions.ts";
import type { EffectiveRoute } from "./effective/table.ts";
import { dimensionOf } from "./engine/constraints.ts";
import { OverlapIndex } from "./engine/overlap-index.ts";
import type { Rule, RuleSpace } from "./engine/rule-space.ts";

/** A description that names more exceptions than this is no help to anybody. */
const mostExceptions = 4;
/** Of so many exceptions the widest are chosen. */
const mostLookedAt = 24;

/** Says which requests two rules have in common, in the operator's own matchers. */
export class ClassDescriber {
  private readonly space: RuleSpace;
  private readonly base: RuleList;
  private readonly head: RuleList;
  private readonly rules: Readonly<Record<"base" | "head", readonly Rule[]>>;
  private readonly indexes: { base?: OverlapIndex; head?: OverlapIndex } = {};

  /** @param concerned the rules that may meet requests whose answer changed: others are no exceptions to anything. */
  constructor(space: RuleSpace, base: RuleList, head: RuleList, concerned: ReadonlySet<Rule>) {
    this.space = space;
    this.base = base;
    this.head = head;
    this.rules = {
      base: base.rules.filter((rule) => concerned.has(rule)),
      head: head.rules.filter((rule) => concerned.has(rule)),
    };
  }

  /** The requests that `base` answers on one side and `head` on the other. */
  describe(base: Rule, head: Rule): string {
    const conditions = this.conditions(base, head);
    const { texts, complete } = this.exceptions(base, head);
    if (conditions.length === 0) return texts.length === 0 ? "every request" : "everything else";
    const text = conditions.join(" and ");
    if (texts.length === 0) return text;
    const others = texts.length > mostExceptions || !complete ? ["or others"] : [];
    return `${text}, unless ${[...texts.slice(0, mostExceptions), ...others].join("; ")}`;
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
    return list.answers.get(rule)?.route ?? null;
  }

  /** Earlier routes, on either side, that take some of these requests away: the wider ones, and only a few of them. */
  private exceptions(base: Rule, head: Rule): { texts: string[]; complete: boolean } {
    const before = this.index("base").before(base, [base, head], mostLookedAt);
    const after = this.index("head").before(head, [base, head], mostLookedAt);
    const rules = [...new Set([...before, ...after])];
    const isSubsumed = (rule: Rule) =>
      rules.some(
        (other) => other !== rule && this.space.implies(rule, other) && !this.space.implies(other, rule),
      );
    const texts = new Set<string>();
    for (const rule of rules.filter((each) => !isSubsumed(each))) {
      const route = this.route(this.base, rule) ?? this.route(this.head, rule);
      if (route !== null) texts.add(this.exceptionText(route, rule, [base, head]));
    }
    return { texts: [...texts], complete: before.length < mostLookedAt && after.length < mostLookedAt };
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
