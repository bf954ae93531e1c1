import { qualifyGateway } from "../../mesh/hosts.ts";
import type { L4Match, TLSMatch } from "../../mesh/istio.ts";
import type { ResolvedVirtualService, RouteEntry } from "../../mesh/virtual-services.ts";
import type { RouteAction } from "./action.ts";
import type { RequestCondition } from "./condition.ts";
import { LazyRoute, type RouteOutline } from "./lazy-route.ts";
import type { StaticCondition } from "./table.ts";
import { translateConnectionAction } from "./translate-action.ts";
import { anywhere, remember, type Target } from "./translated.ts";

/** All TLS routes of a VirtualService for a target: one for each match, SNI host and subnet, in order. */
export function tlsRoutes(service: ResolvedVirtualService, target: Target): readonly LazyRoute[] {
  return remember(service, target, "tls", () =>
    (service.object.spec.tls ?? []).flatMap(({ match, route }, index) => {
      if (!route?.length) return [];
      return connectionRoutes(service, target, "tls", index, match ?? [], route);
    }),
  );
}

/** All TCP routes of a VirtualService for a target: one for each match and subnet, in order. */
export function tcpRoutes(service: ResolvedVirtualService, target: Target): readonly LazyRoute[] {
  return remember(service, target, "tcp", () =>
    (service.object.spec.tcp ?? []).flatMap(({ match, route }, index) => {
      if (!route?.length) return [];
      return connectionRoutes(service, target, "tcp", index, match?.length ? match : [null], route);
    }),
  );
}

function connectionRoutes(
  service: ResolvedVirtualService,
  target: Target,
  protocol: "tls" | "tcp",
  index: number,
  matches: readonly (TLSMatch | L4Match | null)[],
  route: NonNullable<Parameters<typeof translateConnectionAction>[0]>,
): LazyRoute[] {
  const { object } = service;
  const entry: RouteEntry = { object, path: ["spec", protocol, index], index };
  const naming = { namespace: object.namespace, clusterDomain: target.clusterDomain };
  const effect = translateConnectionAction(route, naming, entry.path);
  return matches.flatMap((match, matchIndex) => {
    const fixed = connectionStatics(match, target.gateway, object.namespace);
    if (fixed === null) return [];
    const origin = { entry, delegatedBy: null, matchIndex: match ? matchIndex : null, name: null };
    return connectionConditions(match, target.gateway === "mesh").map((conditions) => {
      // A TCP rule that looks at no subnet ends the list (tls.go `break TcpLoop`).
      const catchAll = protocol === "tcp" && conditions.length === 0;
      return new ConnectionRoute({ protocol, origin, static: fixed, catchAll }, conditions, effect);
    });
  });
}

class ConnectionRoute extends LazyRoute {
  private readonly tests: readonly RequestCondition[];
  private readonly effect: RouteAction;

  constructor(outline: RouteOutline, tests: readonly RequestCondition[], effect: RouteAction) {
    super(outline);
    this.tests = tests;
    this.effect = effect;
  }

  protected override translateConditions(): readonly RequestCondition[] {
    return this.tests;
  }

  protected override translateAction(): RouteAction {
    return this.effect;
  }

  protected override write(): string {
    return this.key;
  }
}

/** For connections all four conditions count at sidecars (tls.go `matchTLS`), port and gateways alone at gateways (gateway.go `l4SingleMatch`). */
function connectionStatics(
  match: L4Match | null,
  gateway: string,
  namespace: string,
): StaticCondition | null {
  if (match === null) return anywhere;
  const named = match.gateways?.some((name) => qualifyGateway(name, namespace) === gateway) ?? true;
  if (match.gateways?.length && !named) return null;
  const port = match.port || null;
  if (gateway !== "mesh") return { ...anywhere, port };
  return { port, sourceNamespace: match.sourceNamespace || null, sourceLabels: match.sourceLabels ?? {} };
}

/** Gateways do not look at subnets (gateway.go `buildGatewayNetworkFiltersFromTLSRoutes`). */
function connectionConditions(match: TLSMatch | L4Match | null, inMesh: boolean): RequestCondition[][] {
  const hosts = match && "sniHosts" in match ? (match.sniHosts ?? []) : [];
  const subnets = inMesh ? (match?.destinationSubnets ?? []) : [];
  const names = hosts.length > 0 ? hosts.map(sniCondition) : [[]];
  const places = subnets.length > 0 ? subnets.map(subnetCondition) : [[]];
  return names.flatMap((name) => places.map((place) => [...name, ...place]));
}

function sniCondition(host: string): RequestCondition[] {
  if (host === "*") return [];
  const test = host.startsWith("*")
    ? ({ kind: "suffix", value: host.slice(1) } as const)
    : ({ kind: "exact", value: host } as const);
  return [{ part: "sni", name: "", test, ignoreCase: false, negated: false }];
}

function subnetCondition(value: string): RequestCondition[] {
  return [{ part: "address", name: "", test: { kind: "subnet", value }, ignoreCase: false, negated: false }];
}
