import type { HTTPMatchRequest } from "../mesh/istio.ts";
import type { Fault } from "../traffic/effective/action.ts";
import { translateAction } from "../traffic/effective/translate-action.ts";
import { type Expiry, expiryOf, faultExpires } from "./fault-expiry.ts";
import { type TouchedRoute, touchedRoutes } from "./http-routes.ts";
import type { StateContext } from "./rule.ts";

/** A changed route that injects faults. */
export interface FaultyRoute {
  readonly route: TouchedRoute;
  readonly fault: Fault;
  /** Of its requests, those that any fault hits. */
  readonly percent: number;
  readonly expiry: Expiry;
}

/** The changed routes whose faults have an effect. */
export function faultyRoutes(context: StateContext<unknown>): FaultyRoute[] {
  return [...touchedRoutes(context)].flatMap((route) => {
    if (!route.route.fault) return [];
    const naming = {
      namespace: route.service.object.namespace,
      clusterDomain: route.mesh.settings.clusterDomain,
    };
    const { fault } = translateAction(route.route, naming, [], false);
    if (fault === null) return [];
    const own = route.mesh.virtualServices.find(({ id }) => id === route.object);
    const text =
      (own ?? route.service.object).annotations[faultExpires] ??
      route.service.object.annotations[faultExpires];
    return [{ route, fault, percent: hit(fault), expiry: expiryOf(text) }];
  });
}

/** Delay and abort draw independently of each other (Envoy's fault filter). */
function hit({ delay, abort }: Fault): number {
  const [delayed, aborted] = [(delay?.percent ?? 0) / 100, (abort?.percent ?? 0) / 100];
  return Math.round(1e6 * (1 - (1 - delayed) * (1 - aborted))) / 1e4;
}

/** What the faults of a route hit on base. A route with new matchers goes on from one of its object that is gone. */
export function percentBefore(
  faulty: FaultyRoute,
  before: readonly FaultyRoute[],
  after: readonly FaultyRoute[],
): number {
  const isSame = (a: FaultyRoute) => (b: FaultyRoute) =>
    a.route.object === b.route.object && a.route.subject === b.route.subject;
  const same = before.find(isSame(faulty));
  const gone = before.filter(
    (other) => other.route.object === faulty.route.object && !after.some(isSame(other)),
  );
  return same?.percent ?? Math.max(0, ...gone.map(({ percent }) => percent));
}

/** Whether a match takes requests of test users alone: a value that anybody may have marks nobody. */
export function isForTesters(match: HTTPMatchRequest, headers: readonly string[] | undefined): boolean {
  return Object.entries(match.headers ?? {}).some(([name, test]) =>
    headers
      ? headers.some((header) => header.toLowerCase() === name.toLowerCase())
      : Boolean(test.exact || test.prefix || (test.regex && !/^(\.?[*+]|\^?\.[*+]\$?)$/.test(test.regex))),
  );
}
