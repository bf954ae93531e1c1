import type { RouteAction } from "../effective/action.ts";
import type { RequestCondition } from "../effective/condition.ts";
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
export class RuleList {
  readonly rules: readonly Rule[];
  private readonly routes: ReadonlyMap<Rule, EffectiveRoute>;
  private readonly others: ReadonlyMap<Rule, RouteAction>;

  constructor(
    routes: ReadonlyMap<Rule, EffectiveRoute>,
    others: ReadonlyMap<Rule, RouteAction>,
    rules: readonly Rule[],
  ) {
    this.rules = rules;
    this.routes = routes;
    this.others = others;
  }

  /** The route behind a rule; null: it is not one of a VirtualService. */
  routeOf(rule: Rule): EffectiveRoute | null {
    return this.routes.get(rule) ?? null;
  }

  answerOf(rule: Rule): Answer {
    const route = this.routeOf(rule);
    return { route, action: route?.action ?? this.others.get(rule)! };
  }
}

/** What `tls.httpsRedirect` answers plaintext requests (Envoy's `require_tls`). */
const toHttps = action({
  kind: "redirect",
  redirect: { scheme: "https", uri: null, authority: null, port: null, code: 301 },
});
const plaintext: RequestCondition = {
  part: "scheme",
  name: "",
  test: { kind: "exact", value: "http" },
  ignoreCase: false,
  negated: false,
};

/** Turns routes into rules of one space; routes that are the same become the same rule. */
export class RuleLists {
  private readonly space: RuleSpace;
  private readonly identify: (route: EffectiveRoute) => string;
  private readonly byContent = new Map<string, Rule>();

  /** @param alike hosts resolve alike for all lists, so that routes written alike are the same. */
  constructor(space: RuleSpace, alike: boolean) {
    this.space = space;
    this.identify = alike ? ({ written }) => written : ({ key }) => key;
  }

  list({ routes, otherwise, redirectToHttps = false }: RouteList): RuleList {
    const known = new Map<Rule, EffectiveRoute>();
    const others = new Map<Rule, RouteAction>();
    if (redirectToHttps) others.set(this.other("https", toHttps, [plaintext]), toHttps);
    for (const route of routes) {
      const rule = this.intern(this.identify(route), () =>
        this.space.rule(constraintsOf(route.conditions), () => route.action.canonical),
      );
      if (!known.has(rule)) known.set(rule, route);
    }
    const first = [...others.keys()];
    const last = this.other(`otherwise ${otherwise.canonical}`, otherwise, []);
    others.set(last, otherwise);
    return new RuleList(known, others, [...first, ...known.keys(), last]);
  }

  private other(key: string, effect: RouteAction, conditions: readonly RequestCondition[]): Rule {
    return this.intern(key, () => this.space.rule(constraintsOf(conditions), () => effect.canonical));
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
