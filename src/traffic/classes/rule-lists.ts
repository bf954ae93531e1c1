import type { RouteAction } from "../effective/action.ts";
import type { EffectiveRoute, RouteList } from "../effective/table.ts";
import { action } from "../effective/translate-action.ts";
import { constraintsOf } from "../engine/constraints.ts";
import type { Rule, RuleSpace } from "../engine/rule-space.ts";

/** What answers a request: a route of a VirtualService, or (null) what happens without one. */
export interface Answer {
  readonly action: RouteAction;
  readonly route: EffectiveRoute | null;
}

/** The rules of one list in order, the last one without constraints, and what each of them stands for. */
export interface RuleList {
  readonly rules: readonly Rule[];
  readonly answers: ReadonlyMap<Rule, Answer>;
}

/** What `tls.httpsRedirect` answers plaintext requests (Envoy's `require_tls`). */
const toHttps = action({
  kind: "redirect",
  redirect: { scheme: "https", uri: null, authority: null, port: null, code: 301 },
});
const plaintext = {
  part: "scheme",
  name: "",
  test: { kind: "exact", value: "http" },
  ignoreCase: false,
  negated: false,
} as const;

/** Turns routes into rules of one space; routes with equal conditions and effect become the same rule. */
export class RuleLists {
  private readonly space: RuleSpace;
  private readonly byContent = new Map<string, Rule>();

  constructor(space: RuleSpace) {
    this.space = space;
  }

  list({ routes, otherwise, redirectToHttps = false }: RouteList): RuleList {
    const answers = new Map<Rule, Answer>();
    if (redirectToHttps) {
      const rule = this.intern("https", () => this.space.rule(constraintsOf([plaintext]), toHttps.canonical));
      answers.set(rule, { action: toHttps, route: null });
    }
    for (const route of routes) {
      const rule = this.intern(route.key, () =>
        this.space.rule(constraintsOf(route.conditions), route.action.canonical),
      );
      if (!answers.has(rule)) answers.set(rule, { action: route.action, route });
    }
    const last = this.intern(otherwise.canonical, () => this.space.rule([], otherwise.canonical));
    answers.set(last, { action: otherwise, route: null });
    return { rules: [...answers.keys()], answers };
  }

  private intern(key: string, make: () => Rule): Rule {
    let rule = this.byContent.get(key);
    if (rule === undefined) {
      rule = make();
      this.byContent.set(key, rule);
    }
    return rule;
  }
}
