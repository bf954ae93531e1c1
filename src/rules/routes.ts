import type { HTTPMatchRequest, HTTPRoute, L4Match, TCPRoute, TLSMatch, TLSRoute } from "../mesh/istio.ts";
import type { Mesh } from "../mesh/object.ts";
import {
  type ResolvedVirtualService,
  type RouteEntry,
  resolveVirtualServices,
} from "../mesh/virtual-services.ts";
import { worlds } from "../mesh/worlds.ts";
import { conditionText, staticTexts } from "../traffic/describe-conditions.ts";
import { translateMatch } from "../traffic/effective/translate-conditions.ts";

/** A route as rules judge it: delegates are inlined, and it knows where it is written. */
export interface JudgedRoute {
  readonly protocol: "http" | "tls" | "tcp";
  /** Of the delegate where one is inlined. */
  readonly entry: RouteEntry;
  /** The root's entry, where `entry` belongs to a delegate. */
  readonly delegatedBy: RouteEntry | null;
  readonly name: string | null;
  /** What it does; of `tls` and `tcp` routes, where they send connections. */
  readonly route: HTTPRoute;
  /** Gateways as `namespace/name`, or `mesh`. */
  readonly gateways: readonly string[];
  /** The requests it asks for, in the operator's matchers: equal for equal matches, in whatever order they stand. */
  readonly requests: string;
}

const known = new WeakMap<Mesh, readonly JudgedRoute[]>();

/** All routes of the VirtualServices that have hosts. */
export function routesOf(mesh: Mesh): readonly JudgedRoute[] {
  const routes = known.get(mesh) ?? resolveVirtualServices(mesh).flatMap(routesOfService);
  known.set(mesh, routes);
  return routes;
}

function routesOfService({ object, http, gateways }: ResolvedVirtualService): JudgedRoute[] {
  return [
    ...http.map(({ route, entry, delegatedBy }) =>
      judgedRoute("http", entry, delegatedBy, route, gateways, () => httpRequests(route.match)),
    ),
    ...(["tls", "tcp"] as const).flatMap((protocol) => {
      const routes: readonly (TLSRoute | TCPRoute)[] = object.spec[protocol] ?? [];
      return routes.map(({ route = [], match }, index) => {
        const entry: RouteEntry = { object, path: ["spec", protocol, index], index };
        return judgedRoute(protocol, entry, null, { route }, gateways, () => connections(match));
      });
    }),
  ];
}

function judgedRoute(
  protocol: JudgedRoute["protocol"],
  entry: RouteEntry,
  delegatedBy: RouteEntry | null,
  route: HTTPRoute,
  gateways: readonly string[],
  describe: () => string,
): JudgedRoute {
  let requests: string | undefined;
  return {
    protocol,
    entry,
    delegatedBy,
    name: route.name ?? null,
    route,
    gateways,
    /** Put into words when somebody asks: most routes are of no interest. */
    get requests() {
      requests ??= describe();
      return requests;
    },
  };
}

/** The routes that a change touches, in the entry itself or in the one that delegates to it. */
export function* changedRoutes(mesh: Mesh, touched: ReadonlySet<string>): Generator<JudgedRoute> {
  for (const world of worlds(mesh)) {
    for (const route of routesOf(world.mesh)) {
      const objects = [route.entry.object, route.delegatedBy?.object];
      if (objects.some((object) => object && touched.has(object.id))) yield route;
    }
  }
}

/** A route as its operator finds it: `http[2] "premium"`. */
export function routeText({ protocol, entry, name }: JudgedRoute): string {
  return `${protocol}[${entry.index}]${name === null ? "" : ` ${JSON.stringify(name)}`}`;
}

/** `path /api/* and header user-tier = premium`; several matches are alternatives. */
export function httpRequests(matches: readonly HTTPMatchRequest[] | undefined): string {
  return alternatives(
    (matches ?? []).map((match) => [
      ...translateMatch(match).conditions.map(conditionText),
      ...staticTexts({
        port: match.port || null,
        sourceNamespace: match.sourceNamespace || null,
        sourceLabels: match.sourceLabels ?? {},
      }),
      ...oneOf("through", match.gateways),
    ]),
    "every request",
  );
}

function connections(matches: readonly (TLSMatch | L4Match)[] | undefined): string {
  return alternatives(
    (matches ?? []).map((match) => [
      ...oneOf("SNI", "sniHosts" in match ? match.sniHosts : []),
      ...oneOf("destination", match.destinationSubnets),
      ...staticTexts({
        port: match.port || null,
        sourceNamespace: match.sourceNamespace || null,
        sourceLabels: match.sourceLabels ?? {},
      }),
      ...oneOf("through", match.gateways),
    ]),
    "every connection",
  );
}

/** Any of the names will do. */
function oneOf(what: string, names: readonly string[] | undefined): string[] {
  return names?.length ? [`${what} ${[...names].sort().join(", ")}`] : [];
}

function alternatives(matches: readonly (readonly string[])[], all: string): string {
  const texts = matches.map((conditions) => [...conditions].sort().join(" and "));
  return texts.length === 0 || texts.includes("") ? all : [...new Set(texts)].sort().join(" or ");
}

/** `reviews.prod.svc.cluster.local subset canary`. */
export function destinationText({ host, subset }: { readonly host: string; readonly subset: string | null }) {
  return `${host}${subset === null ? "" : ` subset ${subset}`}`;
}
