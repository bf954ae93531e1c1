import type { RouteAction } from "../effective/action.ts";
import type { RequestCondition } from "../effective/condition.ts";
import type { ContextPair, EffectiveRoute, RouteList } from "../effective/table.ts";
import { action } from "../effective/translate-action.ts";
import { constraintsOf } from "../engine/constraints.ts";
import type { Rule, RuleSpace } from "../engine/rule-space.ts";
import type { Sides } from "./sides.ts";

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
  private readonly identify: (route: EffectiveRoute) => Identity;
  private readonly rules = new Map<Identity, Rule>();

  constructor(space: RuleSpace, sides: Sides) {
    this.space = space;
    const twins = sides.resolveAlike ? twinsOf(sides.pair) : null;
    this.identify = (route) => (twins === null ? route.key : (twins.get(route) ?? route.written));
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

  private intern(identity: Identity, make: () => Rule): Rule {
    let rule = this.rules.get(identity);
    if (rule === undefined) {
      rule = make();
      this.rules.set(identity, rule);
    }
    return rule;
  }
}

/** What tells routes apart: what they say, or the route of base that says it. */
type Identity = string | EffectiveRoute;

/**
 * The routes with which both sides begin and end alike, each with the one of base: of a large table most are, and those
 * need not be put into words.
 */
function twinsOf({ base, head }: ContextPair): ReadonlyMap<EffectiveRoute, EffectiveRoute> {
  const [before, after] = [base, head].map(
    (table) => table?.candidates.flatMap(({ routes }) => routes) ?? [],
  );
  const twins = new Map<EffectiveRoute, EffectiveRoute>();
  const pair = (one: EffectiveRoute | undefined, other: EffectiveRoute | undefined): boolean => {
    if (one === undefined || other === undefined || !one.isWrittenLike(other)) return false;
    twins.set(one, one).set(other, one);
    return true;
  };
  let front = 0;
  while (pair(before![front], after![front])) front++;
  let back = 1;
  while (back <= Math.min(before!.length, after!.length) - front && pair(before!.at(-back), after!.at(-back)))
    back++;
  return twins;
}
