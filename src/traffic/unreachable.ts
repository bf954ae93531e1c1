import type { Range } from "../manifest/source.ts";
import type { UnreachableRoute } from "./change.ts";
import type { ComparedCallers, ComparedContext } from "./classes/changed-classes.ts";
import type { Side } from "./classes/sides.ts";
import { matchName } from "./describe-route.ts";
import type { EffectiveRoute } from "./effective/table.ts";
import { BudgetExceeded } from "./engine/budget.ts";
import { takers, unreachableRules } from "./engine/reachability.ts";
import type { Rule } from "./engine/rule-space.ts";

/** More names than these help nobody. */
const mostTakers = 3;

/**
 * The routes that answer no request on head, whoever asks: those that did on base, are new, or were changed. Routes that
 * were unreachable before and were not touched are no news.
 */
export function unreachableRoutes(contexts: readonly ComparedContext[]): UnreachableRoute[] {
  const sides = contexts.map((context) => ({ context, head: new Reachability(context, "head") }));
  if (sides.every(({ head }) => head.dead.length === 0)) return [];
  const alive = new Set(sides.flatMap(({ head }) => [...head.alive].map(placeOf)));
  const found = new Map<string, UnreachableRoute>();
  for (const { context, head } of sides) {
    const dead = head.dead.filter((route) => !alive.has(placeOf(route)) && !found.has(placeOf(route)));
    if (dead.length === 0) continue;
    const base = new Reachability(context, "base");
    const before = new Set(base.dead.map(matchOf));
    const untouched = new Set(base.dead.map(contentOf));
    for (const route of dead) {
      if (untouched.has(contentOf(route))) continue;
      found.set(placeOf(route), head.describe(route, !before.has(matchOf(route))));
    }
  }
  return [...found.values()];
}

const placeOf = ({ origin: { entry, matchIndex } }: EffectiveRoute): string =>
  JSON.stringify([entry.object.scope, entry.object.id, entry.path, matchIndex]);

/** What a route asks for and does: a renamed one is still the same. */
const contentOf = ({ key, origin }: EffectiveRoute): string => `${origin.entry.object.id}\n${key}`;

/** What a route asks for, whatever it does then. */
const matchOf = ({ origin, conditions, static: fixed }: EffectiveRoute): string =>
  JSON.stringify([origin.entry.object.id, conditions, fixed]);

/**
 * Rules of which it is to be found out whether they answer. Where both sides ask the same in the same order, only what
 * changed otherwise can be news.
 */
function suspects({ base, head, concerned, answering }: ComparedCallers, side: Side): ReadonlySet<Rule> {
  const asksSame =
    base.rules.length === head.rules.length && base.rules.every((rule, i) => asksAlike(rule, head.rules[i]!));
  if (!asksSame) return concerned.difference(answering[side]);
  const changed = base.rules.flatMap((rule, i) => (rule === head.rules[i] ? [] : [rule, head.rules[i]!]));
  return new Set(changed).difference(answering[side]);
}

function asksAlike(a: Rule, b: Rule): boolean {
  if (a === b) return true;
  return (
    a.dimensions.length === b.dimensions.length &&
    a.dimensions.every((dimension, i) => dimension === b.dimensions[i] && a.composites[i] === b.composites[i])
  );
}

/** Which routes of one side answer anything in one context, as far as the change can matter to them. */
class Reachability {
  readonly alive = new Set<EffectiveRoute>();
  readonly dead: readonly EffectiveRoute[];
  private readonly context: ComparedContext;
  private readonly side: Side;

  constructor(context: ComparedContext, side: Side) {
    this.context = context;
    this.side = side;
    const dead = new Set<EffectiveRoute>();
    const listed = new Set<EffectiveRoute>();
    const objects = new Set<unknown>();
    for (const callers of context.callers) {
      const list = callers[side];
      const unreachable = unreachableRules(context.space, list.rules, suspects(callers, side));
      for (const rule of list.rules) {
        const route = list.routeOf(rule);
        if (route === null) continue;
        objects.add(route.origin.entry.object);
        listed.add(route);
        if (unreachable.has(rule)) dead.add(route);
        else this.alive.add(route);
      }
    }
    // What is never sent to Envoy stands behind a catch-all, or says again what another route says.
    const unlisted = this.routes().filter(
      (route) => !listed.has(route) && objects.has(route.origin.entry.object),
    );
    this.dead = [...dead, ...unlisted].filter((route) => !this.alive.has(route));
  }

  private routes(): readonly EffectiveRoute[] {
    return this.context.sides.pair[this.side]?.candidates.flatMap((candidate) => candidate.routes) ?? [];
  }

  describe(route: EffectiveRoute, isNew: boolean): UnreachableRoute {
    const { entry, matchIndex } = route.origin;
    const path = matchIndex === null ? entry.path : [...entry.path, "match", matchIndex];
    const takenBy = () => {
      const names = new Set(this.context.callers.flatMap((callers) => this.takersAmong(callers, route)));
      return [...names].slice(0, mostTakers);
    };
    let range: Range | undefined;
    let takers: readonly string[] | undefined;
    return {
      object: entry.object.id,
      route: matchName(route),
      isNew,
      get range() {
        range ??= entry.object.locate(path);
        return range;
      },
      get takenBy() {
        takers ??= takenBy();
        return takers;
      },
    };
  }

  private takersAmong(callers: ComparedCallers, route: EffectiveRoute): string[] {
    const list = callers[this.side];
    const own = list.rules.find((rule) => list.routeOf(rule) === route);
    const same = list.rules.find((rule) => list.routeOf(rule)?.written === route.written);
    const last = list.rules.findLast((rule) => list.routeOf(rule)?.catchAll);
    const found =
      own === undefined ? [same ?? last].flatMap((rule) => rule ?? []) : this.takersOf(list.rules, own);
    return found.flatMap((rule) => {
      const taker = list.routeOf(rule);
      return taker === null ? [] : [`${taker.origin.entry.object.id} ${matchName(taker)}`];
    });
  }

  private takersOf(rules: readonly Rule[], rule: Rule): readonly Rule[] {
    try {
      return takers(this.context.space, rules, rule) ?? [];
    } catch (error) {
      if (error instanceof BudgetExceeded) return [];
      throw error;
    }
  }
}
