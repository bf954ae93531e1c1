import { sameJson } from "../../manifest/same-json.ts";
import { qualifyGateway } from "../../mesh/hosts.ts";
import type { HTTPMatchRequest, L4Match, TLSMatch } from "../../mesh/istio.ts";
import type { ResolvedHTTPRoute, ResolvedVirtualService, RouteEntry } from "../../mesh/virtual-services.ts";
import type { RouteAction } from "./action.ts";
import type { RequestCondition } from "./condition.ts";
import { LazyRoute, type RouteOutline } from "./lazy-route.ts";
import type { EffectiveRoute, RouteOrigin, StaticCondition } from "./table.ts";
import { translateAction, translateConnectionAction } from "./translate-action.ts";
import { isCatchAll, translateMatch } from "./translate-conditions.ts";

/** For which proxies a VirtualService is translated. */
export interface Target {
  /** `mesh`, or a Gateway as `namespace/name`. */
  readonly gateway: string;
  readonly clusterDomain: string;
  /** The listener terminates TLS. */
  readonly tls: boolean;
}

const anywhere: StaticCondition = { port: null, sourceNamespace: null, sourceLabels: {} };

const translated = new WeakMap<object, Map<string, readonly LazyRoute[]>>();

/** Objects are immutable: what one means for a target is worked out once, even if several meshes share it. */
function remember(
  service: ResolvedVirtualService,
  target: Target,
  protocol: string,
  translate: () => readonly LazyRoute[],
): readonly LazyRoute[] {
  const delegates = service.http.some(({ delegatedBy }) => delegatedBy !== null);
  const holder = delegates ? service : service.object;
  const cache = translated.get(holder) ?? new Map<string, readonly LazyRoute[]>();
  translated.set(holder, cache);
  const key = [protocol, target.gateway, target.clusterDomain, target.tls].join("\n");
  const routes = cache.get(key) ?? translate();
  cache.set(key, routes);
  return routes;
}

/** All HTTP routes of a VirtualService for a target, one for each match, in order; nothing is filtered or cut. */
export function httpRoutes(service: ResolvedVirtualService, target: Target): readonly LazyRoute[] {
  return remember(service, target, "http", () =>
    service.http.flatMap((route) => translateEntry(route, target)),
  );
}

function translateEntry(resolved: ResolvedHTTPRoute, target: Target): LazyRoute[] {
  const { route, entry, delegatedBy } = resolved;
  const translation = new EntryTranslation(resolved, target);
  const matches: readonly (HTTPMatchRequest | null)[] = route.match?.length ? route.match : [null];
  return matches.flatMap((match, index) => {
    const fixed = staticCondition(match, target.gateway, entry.object.namespace);
    if (fixed === null) return [];
    const name = [route.name, match?.name].filter(Boolean).join(".") || null;
    const origin: RouteOrigin = { entry, delegatedBy, matchIndex: match ? index : null, name };
    return [new HttpRoute(origin, fixed, match, translation)];
  });
}

/** What all matches of an entry have in common. */
class EntryTranslation {
  private readonly resolved: ResolvedHTTPRoute;
  private readonly target: Target;
  private knownAction: RouteAction | undefined;
  private knownText: string | undefined;

  constructor(resolved: ResolvedHTTPRoute, target: Target) {
    this.resolved = resolved;
    this.target = target;
  }

  get action(): RouteAction {
    const { route, entry } = this.resolved;
    const naming = { namespace: entry.object.namespace, clusterDomain: this.target.clusterDomain };
    this.knownAction ??= translateAction(route, naming, entry.path, this.target.tls);
    return this.knownAction;
  }

  /** The entry without its matches and its name, and what decides how its hosts read. */
  get written(): string {
    this.knownText ??= JSON.stringify(this.treatment);
    return this.knownText;
  }

  isWrittenLike(other: EntryTranslation): boolean {
    return sameJson(this.treatment, other.treatment);
  }

  private get treatment(): readonly unknown[] {
    const { match: _, name: __, ...rest } = this.resolved.route;
    return [this.resolved.entry.object.namespace, this.target.tls, rest];
  }
}

class HttpRoute extends LazyRoute {
  private readonly match: HTTPMatchRequest | null;
  private readonly entry: EntryTranslation;

  constructor(
    origin: RouteOrigin,
    fixed: StaticCondition,
    match: HTTPMatchRequest | null,
    entry: EntryTranslation,
  ) {
    super({ protocol: "http", origin, static: fixed, catchAll: isCatchAll(match) });
    this.match = match;
    this.entry = entry;
  }

  protected override translateConditions(): readonly RequestCondition[] {
    return translateMatch(this.match).conditions;
  }

  protected override translateAction(): RouteAction {
    return this.entry.action;
  }

  protected override write(): string {
    return `${JSON.stringify(this.match)} ${this.entry.written}`;
  }

  override isWrittenLike(other: EffectiveRoute): boolean {
    return (
      other instanceof HttpRoute && sameJson(this.match, other.match) && this.entry.isWrittenLike(other.entry)
    );
  }
}

/** What Istio decides ahead of requests; null: never for this gateway (route.go `sourceMatchHTTP`). */
function staticCondition(
  match: HTTPMatchRequest | null,
  gateway: string,
  namespace: string,
): StaticCondition | null {
  if (match === null) return anywhere;
  const port = match.port || null;
  if (!match.gateways?.length) {
    return {
      port,
      sourceNamespace: match.sourceNamespace || null,
      sourceLabels: match.sourceLabels ?? {},
    };
  }
  // With `gateways`, Istio does not look at the source at all.
  const named = match.gateways.some((name) => qualifyGateway(name, namespace) === gateway);
  return named ? { ...anywhere, port } : null;
}

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
