import { isSubsetOf, qualifyHost } from "../mesh/hosts.ts";
import type { Mesh, MeshObject } from "../mesh/object.ts";
import { appliedTogether } from "../mesh/scope.ts";
import type { Certainty } from "../traffic/change.ts";
import type { Sides } from "./cluster-sides.ts";
import {
  type Concern,
  callersOf,
  type DestinationUse,
  destinationUses,
  type SubsetState,
  subsetState,
  type View,
  viewsOf,
} from "./destination-existence.ts";
import { destinationText } from "./routes.ts";
import { serviceOf, showsServicesOf } from "./shown-services.ts";

/** A destination that head sends requests to and does not have, where base did not fail as badly. */
export interface MissingDestination {
  readonly use: DestinationUse;
  /** What is missing: the host, or a subset of it. */
  readonly name: string;
  readonly certainty: Certainty;
  /** The changed object that makes it fail. */
  readonly cause: MeshObject<unknown>;
  readonly reason: "not-there-yet" | "removed" | "hidden" | "not-in-git";
  /** Namespaces whose callers fail; empty: all that Git shows. */
  readonly callers: readonly string[];
}

/** Tells a use from all others of its side, by meaning. */
function useKey({ route: { entry, requests }, host, subset }: DestinationUse): string {
  return JSON.stringify([entry.object.id, requests, host, subset]);
}

/** What is missing on head. */
export function missingDestinations(sides: Sides): MissingDestination[] {
  let uses: ReadonlyMap<string, DestinationUse> | undefined;
  const views = new Lookups(sides);
  return [...destinationUses(sides.head, sides.concern)].flatMap((use) => {
    // What base did matters only where head fails, which is seldom.
    const before = () => {
      uses ??= usesByKey(sides.base, sides.concern);
      return uses.get(useKey(use)) ?? null;
    };
    return missingService(use, before, sides) ?? missingSubset(use, before, views, sides) ?? [];
  });
}

/** The uses of one side; the key says which uses of two sides are the same. */
export function usesByKey(mesh: Mesh, concern: Concern): ReadonlyMap<string, DestinationUse> {
  return new Map([...destinationUses(mesh, concern)].map((use) => [useKey(use), use]));
}

function missingService(
  use: DestinationUse,
  before: () => DestinationUse | null,
  { base, head, touched }: Sides,
): MissingDestination | null {
  if (serviceOf(head, use.host) !== null) return null;
  const removed = serviceOf(base, use.host);
  const route = use.route.entry.object;
  if (removed !== null) {
    return {
      use,
      name: use.host,
      certainty: placed(route, removed),
      cause: causeOf(touched, removed, route),
      reason: "removed",
      callers: [],
    };
  }
  if (!showsServicesOf(head, use.host) || before()) return null;
  return {
    use,
    name: use.host,
    certainty: "needs-inventory",
    cause: route,
    reason: "not-in-git",
    callers: [],
  };
}

function missingSubset(
  use: DestinationUse,
  before: () => DestinationUse | null,
  lookups: Lookups,
  sides: Sides,
): MissingDestination | null {
  const { head, touched } = sides;
  const { subset, route } = use;
  if (subset === null) return null;
  const found = lookups.of(use, subset);
  const object = route.entry.object;
  const name = destinationText(use);
  if (found.every(({ was, is }) => was === null && is === null)) {
    return before() === null
      ? { use, name, certainty: "needs-inventory", cause: object, reason: "not-in-git", callers: [] }
      : null;
  }
  const missing = found.filter(
    ({ was, is }) => is?.state === "missing" || (is === null && was?.state === "there"),
  );
  if (missing.length === 0) return null;
  const isNoWorse = use.share <= (before()?.share ?? 0);
  const fails = missing.filter(({ was }) => !(isNoWorse && was?.state === "missing"));
  const [first] = fails;
  if (!first) return null;
  const removed = first.was?.state === "there";
  const [was, is] = [first.was?.rules ?? [], first.is?.rules ?? []];
  const cause = removed ? causeOf(touched, ...was, ...is, object) : causeOf(touched, object, ...is);
  const others = found.some(({ is }) => is?.state === "there");
  const isHidden = removed && is.length > 0 && !is.some(({ id }) => was.some((rule) => rule.id === id));
  // A subset that was used and is nowhere in Git on base stands in a rule elsewhere, which may still count.
  const wasElsewhere = first.was === null && before() !== null;
  const isOpen =
    others || wasElsewhere || definedElsewhere(head, use) || isOneOfSeveral(use, [...was, ...is], sides);
  return {
    use,
    name,
    certainty: isOpen ? "needs-inventory" : placed(object, cause),
    cause,
    reason: isHidden ? "hidden" : removed ? "removed" : "not-there-yet",
    callers: others ? fails.flatMap(({ view }) => view.callers()).sort() : [],
  };
}

/** What the callers that see a host alike find where a subset should be, on both sides. */
interface Lookup {
  readonly view: View;
  readonly was: SubsetState;
  readonly is: SubsetState;
}

/** Looks a subset up for all callers; a table's routes go to few destinations, so each is looked up once. */
class Lookups {
  private readonly sides: Sides;
  /** By where routes are bound: the same list for all routes of a VirtualService. */
  private readonly found = new Map<readonly string[], Map<string, readonly Lookup[]>>();

  constructor(sides: Sides) {
    this.sides = sides;
  }

  of({ route, host }: DestinationUse, subset: string): readonly Lookup[] {
    const { base, head } = this.sides;
    const known = this.found.get(route.gateways) ?? new Map<string, readonly Lookup[]>();
    this.found.set(route.gateways, known);
    const key = `${host}\n${subset}\n${route.entry.object.namespace}`;
    const lookups =
      known.get(key) ??
      viewsOf(callersOf(head, route), host, base, head).map((view) => ({
        view,
        was: subsetState(base, view.caller, host, subset),
        is: subsetState(head, view.caller, host, subset),
      }));
    known.set(key, lookups);
    return lookups;
  }
}

/** Git cannot tell which of several versions of a rule the route will meet, unless they are applied together. */
function isOneOfSeveral(
  { route }: DestinationUse,
  rules: readonly MeshObject<unknown>[],
  { alternatives }: Sides,
): boolean {
  const { scope: own } = route.entry.object;
  return rules.some(({ id, scope }) => !appliedTogether(scope, own) && alternatives.has(id));
}

/** The first candidate that the change touches; where none is, the route speaks for itself. */
function causeOf(
  touched: ReadonlySet<string>,
  ...candidates: readonly MeshObject<unknown>[]
): MeshObject<unknown> {
  return candidates.find(({ id }) => touched.has(id)) ?? candidates.at(-1)!;
}

/** Whether only other scopes speak of the subset: Git cannot tell which of the alternatives the route will meet. */
function definedElsewhere(
  { destinationRules, settings }: Mesh,
  { host, subset, route }: DestinationUse,
): boolean {
  const { scope } = route.entry.object;
  const rules = destinationRules.filter(({ namespace, spec }) =>
    isSubsetOf(host, qualifyHost(spec.host ?? "", namespace, settings.clusterDomain)),
  );
  const isSpokenOfHere = rules.some((rule) => appliedTogether(rule.scope, scope));
  return !isSpokenOfHere && rules.some(({ spec }) => spec.subsets?.some(({ name }) => name === subset));
}

/** Git cannot tell whether objects meet whose namespace nothing states (semantics.md "Objects, scopes, namespaces"). */
function placed(...objects: readonly MeshObject<unknown>[]): Certainty {
  return objects.every(({ namespaceOrigin }) => namespaceOrigin !== "default")
    ? "certain"
    : "needs-inventory";
}

/** `20 % of path /api/* get 503`. */
export function fateText({ share, route }: DestinationUse, callers: readonly string[]): string {
  const rounded = Math.round(share * 100) / 100;
  const others = route.entry.index > 0 ? "all other" : "all";
  const requests = route.requests.replace(/^every (request|connection)$/, `${others} $1s`);
  const from = callers.length > 0 ? ` from namespace ${callers.join(", ")}` : "";
  return `${rounded} % of ${requests}${from} ${route.protocol === "http" ? "get 503" : "are closed"}`;
}
