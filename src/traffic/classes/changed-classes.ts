import { isSubsetOf, isWildcard } from "../../mesh/hosts.ts";
import type { Destination, RequestExample } from "../change.ts";
import { ClassDescriber } from "../describe-class.ts";
import { requestExample } from "../describe-example.ts";
import type { ProxyContext, RouteContext } from "../effective/table.ts";
import { type Budget, BudgetExceeded } from "../engine/budget.ts";
import { compareLists, type Difference, guessDifferences } from "../engine/difference.ts";
import { requestDomain } from "../engine/request-domain.ts";
import { type Rule, RuleSpace } from "../engine/rule-space.ts";
import { answeringLegs, type PlacedLeg } from "../shifts-legs.ts";
import { type Answer, type RuleList, RuleLists } from "./rule-lists.ts";
import type { Side, Sides } from "./sides.ts";
import { distinctProxies } from "./static-proxies.ts";

/** Requests of one context that get another answer on head than on base. */
export interface ChangedClass {
  readonly context: RouteContext;
  readonly base: Answer;
  readonly head: Answer;
  /** Who answers on each side; empty: nobody. */
  readonly before: readonly PlacedLeg[];
  readonly after: readonly PlacedLeg[];
  /** Whether there is such a request; otherwise a budget was reached, and nobody knows. */
  readonly isSure: boolean;
  /**
   * Git alone cannot tell: which VirtualService is asked first rests on creation times, or one side is answered by a
   * service that no manifest shows.
   */
  readonly needsInventory: boolean;
  /** Why requests to a destination fail on one side; null: as far as Git tells they do not. */
  failure(side: Side, destination: Destination): string | null;
  /** The requests in the operator's own matchers. */
  text(): string;
  /** One of the requests; null where nobody knows any. */
  example(): RequestExample | null;
}

/** The callers for which both sides have one pair of lists. */
interface Callers {
  readonly proxy: ProxyContext;
  readonly base: RuleList;
  readonly head: RuleList;
  readonly orderUnknown: boolean;
}

/** Callers, and what is known of their rules. */
export interface ComparedCallers extends Callers {
  /** The rules for which something may be different. */
  readonly concerned: ReadonlySet<Rule>;
  /** Rules that were seen to answer some request on a side. */
  readonly answering: Readonly<Record<Side, ReadonlySet<Rule>>>;
}

/** One context as the engine sees it. */
export interface ComparedContext {
  readonly sides: Sides;
  readonly space: RuleSpace;
  readonly callers: readonly ComparedCallers[];
  readonly classes: readonly ChangedClass[];
  /** Why differences may be missing or doubtful; null: the answer is exact. */
  readonly incomplete: string | null;
}

/** What comparing one context may cost; the budgets behind it are shared by all contexts. */
export interface Budgets {
  /** Exact answers. */
  readonly exact: Budget;
  /** Naming what may have changed where an exact answer costs too much. */
  readonly guesses: Budget;
  /** Finding words for a class. */
  readonly words: Budget;
}

/**
 * Compares one context for every kind of caller.
 *
 * @param neighbours the hosts of all contexts of the listener: the more specific ones answer for themselves.
 */
export function compareContext(
  sides: Sides,
  neighbours: readonly string[],
  budgets: Budgets,
): ComparedContext {
  const { context } = sides.pair;
  const inMesh = context.gateway === "mesh";
  const isOpen = !inMesh && isWildcard(context.host);
  const within = (host: string) => host !== context.host && isSubsetOf(host, context.host);
  const except = isOpen ? neighbours.filter(within) : [];
  const hosts = { host: inMesh ? null : context.host, except };
  const space = new RuleSpace(requestDomain(hosts, budgets.exact), budgets.exact);
  const classes: ChangedClass[] = [];
  const compared: ComparedCallers[] = [];
  const proxies: ProxyContext[] = [];
  try {
    proxies.push(...distinctProxies(sides.pair));
    for (const callers of groupProxies(sides, proxies, space)) {
      const { base, head } = callers;
      const { differences, incomplete, concerned } = compareLists(
        space,
        base.rules,
        head.rules,
        budgets.guesses,
      );
      const describer = new ClassDescriber(space, base, head, concerned, budgets.words);
      const host = differences.length > 0 ? exampleHost(context.host, except, space) : "";
      classes.push(...differences.map((each) => changedClass(sides, callers, describer, host, each)));
      const sure = differences.filter(({ example }) => example !== null);
      const answering = {
        base: new Set(sure.map((difference) => difference.base)),
        head: new Set(sure.map((difference) => difference.head)),
      };
      compared.push({ ...callers, concerned, answering });
      if (incomplete === null) continue;
      if (proxies.length > 1) classes.push(...guessClasses(sides, budgets));
      return { sides, space, callers: compared, classes, incomplete };
    }
    return { sides, space, callers: compared, classes, incomplete: null };
  } catch (error) {
    if (!(error instanceof BudgetExceeded)) throw error;
    const guesses = guessClasses(sides, budgets);
    return { sides, space, callers: compared, classes: [...classes, ...guesses], incomplete: error.message };
  }
}

/** What may have changed for some caller, where callers cannot be told apart: all routes of each side as one list. */
function guessClasses(sides: Sides, { guesses, words }: Budgets): ChangedClass[] {
  const space = new RuleSpace(requestDomain({ host: null, except: [] }, guesses), guesses);
  const proxy: ProxyContext = { namespace: null, labels: new Map(), port: null };
  const lists = new RuleLists(space, sides);
  const [base, head] = (["base", "head"] as const).map((side) => {
    const routes = sides.pair[side]?.candidates.flatMap((candidate) => candidate.routes) ?? [];
    return lists.list({ ...sides.list(side, proxy), routes, redirectToHttps: false });
  }) as [RuleList, RuleList];
  const callers = { proxy, base, head, orderUnknown: false };
  const describer = new ClassDescriber(space, base, head, new Set([...base.rules, ...head.rules]), words);
  return guessDifferences(space, base.rules, head.rules, guesses).map((each) =>
    changedClass(sides, callers, describer, "", each),
  );
}

function changedClass(
  sides: Sides,
  callers: Callers,
  describer: ClassDescriber,
  host: string,
  { base, head, example }: Difference,
): ChangedClass {
  const { context } = sides.pair;
  const [before, after] = [callers.base.answerOf(base), callers.head.answerOf(head)];
  const isAnsweredUnseen = !sides.isShown && [before, after].some(isUnspoken);
  // In the mesh one VirtualService speaks for all requests; at a gateway only those that several ask for depend on order.
  const isMerged = context.gateway !== "mesh" && context.protocol === "http";
  const inDoubt = callers.orderUnknown && (!isMerged || describer.dependsOnOrder(base, head));
  return {
    context,
    base: before,
    head: after,
    before: answeringLegs(before.action, sides.onlyPort),
    after: answeringLegs(after.action, sides.onlyPort),
    isSure: example !== null,
    needsInventory: inDoubt || isAnsweredUnseen,
    failure: (side, destination) => sides.failure(side, destination),
    text: () => describer.describe(base, head),
    example: () => example && requestExample(context, host, callers.proxy, example),
  };
}

/** Answered by whatever is there without a VirtualService. */
function isUnspoken({ route, action }: Answer): boolean {
  return route === null && action.kind !== "not-found" && action.kind !== "redirect";
}

/** A list entry costs more to make than to walk over. */
const unitsPerEntry = 10;

/** Callers with equal lists on both sides need to be looked at once. */
function* groupProxies(sides: Sides, proxies: readonly ProxyContext[], space: RuleSpace): Generator<Callers> {
  const lists = new RuleLists(space, sides);
  const known = new Set<string>();
  for (const proxy of proxies) {
    const [before, after] = [sides.list("base", proxy), sides.list("head", proxy)];
    if (proxies.length > 1) space.budget.spend((before.routes.length + after.routes.length) * unitsPerEntry);
    const base = lists.list(before);
    const head = lists.list(after);
    const key = [base, head].map(({ rules }) => rules.map(({ id }) => id).join(" ")).join("|");
    if (known.has(key)) continue;
    known.add(key);
    yield { proxy, base, head, orderUnknown: before.orderUnknown || after.orderUnknown };
  }
}

/** A name that this table answers and none of the others does: a speaking one if there is any. */
function exampleHost(host: string, except: readonly string[], space: RuleSpace): string {
  if (!host.startsWith("*")) return host;
  const endings = host === "*" ? [".example.com", ".example.org"] : [host.slice(1)];
  const names = endings.flatMap((ending) => ["www", "any"].map((label) => `${label}${ending}`));
  const free = names.find((name) => !except.some((other) => isSubsetOf(name, other)));
  return free ?? space.dimension("authority").anySample() ?? host;
}
