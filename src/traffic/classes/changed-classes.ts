import { isSubsetOf } from "../../mesh/hosts.ts";
import type { RequestExample } from "../change.ts";
import { ClassDescriber } from "../describe-class.ts";
import { requestExample } from "../describe-example.ts";
import { staticValues } from "../effective/static-values.ts";
import type { ContextPair, ProxyContext, RouteContext, StaticValues } from "../effective/table.ts";
import { type Budget, BudgetExceeded } from "../engine/budget.ts";
import { compareLists } from "../engine/difference.ts";
import { requestDomain } from "../engine/request-domain.ts";
import { RuleSpace } from "../engine/rule-space.ts";
import { type Answer, type RuleList, RuleLists } from "./rule-lists.ts";
import type { Sides } from "./sides.ts";
import { distinctProxies } from "./static-proxies.ts";

/** Requests of one context that get another answer on head than on base. */
export interface ChangedClass {
  readonly context: RouteContext;
  /** In the operator's own matchers. */
  readonly text: string;
  readonly base: Answer;
  readonly head: Answer;
  /** Null: a budget was reached, and nobody knows whether there is such a request. */
  readonly example: RequestExample | null;
  /**
   * Git alone cannot tell: which VirtualService is asked first rests on creation times, or one side is answered by a
   * service that no manifest shows.
   */
  readonly needsInventory: boolean;
}

/** The callers for which both sides have one pair of lists. */
export interface ProxyGroup {
  readonly proxy: ProxyContext;
  readonly base: RuleList;
  readonly head: RuleList;
  readonly orderUnknown: boolean;
}

/** One context as the engine sees it. */
export interface ComparedContext {
  readonly context: RouteContext;
  readonly space: RuleSpace;
  readonly groups: readonly ProxyGroup[];
  readonly classes: readonly ChangedClass[];
  /** Why differences may be missing or doubtful; null: the answer is exact. */
  readonly incomplete: string | null;
}

/** Compares one context for every kind of caller. */
export function compareContext(sides: Sides, neighbours: readonly string[], budget: Budget): ComparedContext {
  const { context } = sides.pair;
  const inMesh = context.gateway === "mesh";
  const except = inMesh
    ? []
    : neighbours.filter((host) => host !== context.host && isSubsetOf(host, context.host));
  const hosts = { host: inMesh ? null : context.host, except };
  const space = new RuleSpace(requestDomain(hosts), budget);
  const empty = { context, space, groups: [], classes: [] };
  try {
    const proxies = distinctProxies(context, mentioned(sides.pair));
    if (proxies === null) return { ...empty, incomplete: "too many combinations of callers to tell apart" };
    const groups = groupProxies(sides, proxies, space);
    const classes: ChangedClass[] = [];
    let incomplete: string | null = null;
    for (const group of groups) {
      const result = compareLists(space, group.base.rules, group.head.rules);
      incomplete ??= result.incomplete;
      const describer = new ClassDescriber(space, group.base, group.head);
      for (const { base, head, example } of result.differences) {
        const [before, after] = [group.base.answers.get(base)!, group.head.answers.get(head)!];
        classes.push({
          context,
          text: describer.describe(base, head),
          base: before,
          head: after,
          example:
            example &&
            requestExample(context, exampleHost(context.host, except, space), group.proxy, example),
          needsInventory: group.orderUnknown || (!sides.isShown && !(before.route && after.route)),
        });
      }
    }
    return { context, space, groups, classes, incomplete };
  } catch (error) {
    if (error instanceof BudgetExceeded) return { ...empty, incomplete: error.message };
    throw error;
  }
}

function mentioned({ base, head }: ContextPair): StaticValues {
  const sides = [base, head].flatMap((table) => (table === null ? [] : [staticValues(table)]));
  const labels = new Map<string, readonly string[]>();
  for (const side of sides) {
    for (const [name, values] of side.labels)
      labels.set(name, [...new Set([...(labels.get(name) ?? []), ...values])]);
  }
  return {
    ports: [...new Set(sides.flatMap(({ ports }) => ports))],
    namespaces: [...new Set(sides.flatMap(({ namespaces }) => namespaces))],
    labels,
  };
}

/** Callers with equal lists on both sides need to be looked at once. */
function groupProxies(sides: Sides, proxies: readonly ProxyContext[], space: RuleSpace): ProxyGroup[] {
  const lists = new RuleLists(space);
  const groups = new Map<string, ProxyGroup>();
  for (const proxy of proxies) {
    const [before, after] = [sides.list("base", proxy), sides.list("head", proxy)];
    space.budget.spend(before.routes.length + after.routes.length);
    const base = lists.list(before, sides.pair.base?.redirectToHttps ?? false);
    const head = lists.list(after, sides.pair.head?.redirectToHttps ?? false);
    const key = [base, head].map(({ rules }) => rules.map(({ id }) => id).join(" ")).join("|");
    const orderUnknown = before.orderUnknown || after.orderUnknown;
    if (!groups.has(key)) groups.set(key, { proxy, base, head, orderUnknown });
  }
  return [...groups.values()];
}

/** A name that this table answers and none of the others does: a speaking one if there is any. */
function exampleHost(host: string, except: readonly string[], space: RuleSpace): string {
  if (!host.startsWith("*")) return host;
  const endings = host === "*" ? [".example.com", ".example.org"] : [host.slice(1)];
  const names = endings.flatMap((ending) => ["www", "any"].map((label) => `${label}${ending}`));
  const free = names.find((name) => !except.some((other) => isSubsetOf(name, other)));
  return (
    free ?? space.dimension("authority").cells([], () => ({ first: [], decisive: [] }))[0]?.sample ?? host
  );
}
