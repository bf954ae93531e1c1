import type { RuleList } from "./classes/rule-lists.ts";
import { conditionText, staticTexts } from "./describe-conditions.ts";
import type { EffectiveRoute } from "./effective/table.ts";
import type { Rule, RuleSpace } from "./engine/rule-space.ts";

/** A description that names more exceptions than this is no help to anybody. */
const mostExceptions = 4;

/** Says which requests two rules have in common, in the operator's own matchers. */
export class ClassDescriber {
  private readonly space: RuleSpace;
  private readonly base: RuleList;
  private readonly head: RuleList;

  constructor(space: RuleSpace, base: RuleList, head: RuleList) {
    this.space = space;
    this.base = base;
    this.head = head;
  }

  /** The requests that `base` answers on one side and `head` on the other. */
  describe(base: Rule, head: Rule): string {
    const conditions = this.conditions(base, head);
    const exceptions = this.exceptions(base, head);
    if (conditions.length === 0) return exceptions.length === 0 ? "every request" : "everything else";
    const text = conditions.join(" and ");
    if (exceptions.length === 0) return text;
    const named = exceptions.slice(0, mostExceptions).join("; ");
    const more = exceptions.length - mostExceptions;
    return `${text}, unless ${named}${more > 0 ? `; or ${more} more` : ""}`;
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

  /** Earlier routes, on either side, that take some of these requests away. */
  private exceptions(base: Rule, head: Rule): string[] {
    const exceptions = new Map<Rule, string>();
    for (const [list, winner] of [
      [this.base, base],
      [this.head, head],
    ] as const) {
      for (const rule of list.rules) {
        if (rule === winner) break;
        if (!this.space.mayOverlap(rule, base) || !this.space.mayOverlap(rule, head)) continue;
        const route = this.route(list, rule);
        if (route !== null) exceptions.set(rule, routeTexts(route).join(" and "));
      }
    }
    const rules = [...exceptions.keys()];
    const isSubsumed = (rule: Rule) =>
      rules.some(
        (other) => other !== rule && this.space.implies(rule, other) && !this.space.implies(other, rule),
      );
    return [...new Set(rules.filter((rule) => !isSubsumed(rule)).map((rule) => exceptions.get(rule)!))];
  }
}

function routeTexts(route: EffectiveRoute): string[] {
  return [...route.conditions.map(conditionText), ...staticTexts(route.static)];
}

function union(first: readonly string[], second: readonly string[]): string[] {
  return [...new Set([...second, ...first])];
}
