import { type EgressFilter, egressFilter } from "../../mesh/egress-filter.ts";
import { importsService, importsVirtualService } from "../../mesh/egress-hosts.ts";
import { compareSpecificity, isSubsetOf, isWildcard } from "../../mesh/hosts.ts";
import type { Mesh } from "../../mesh/object.ts";
import { isHttp } from "../../mesh/port-protocol.ts";
import { meshServices } from "../../mesh/services.ts";
import type { ResolvedVirtualService } from "../../mesh/virtual-services.ts";
import { lookupRank, selects } from "../../mesh/visibility.ts";
import { redirectsPlaintext } from "./gateway-tables.ts";
import type { Candidate, EffectiveRoute, ProxyContext, RouteList, RouteTable } from "./table.ts";
import { blackhole, notFound, passthrough } from "./translate-action.ts";

interface Filtered {
  readonly candidate: Candidate;
  readonly rank: number;
  readonly routes: readonly EffectiveRoute[];
}

/** The routes of one proxy in Envoy's order: filtered, each VirtualService cut at its catch-all, then put together. */
export function routesFor(table: RouteTable, proxy: ProxyContext): RouteList {
  const labels = Object.fromEntries(proxy.labels);
  const inMesh = table.context.gateway === "mesh";
  const egress = inMesh ? egressFilter(table.mesh, proxy.namespace, labels, proxy.port) : null;
  const imported = ({ service }: Candidate): boolean =>
    !egress || importsVirtualService(egress.hosts, service.object.namespace, service.hosts);
  const filtered = table.candidates
    .flatMap((candidate): Filtered[] => {
      const rank = lookupRank(candidate.service.visibility, proxy.namespace);
      if (rank === null || !imported(candidate)) return [];
      return [{ candidate, rank, routes: filterRoutes(candidate.routes, proxy, labels) }];
    })
    .sort((a, b) => a.candidate.server - b.candidate.server || a.rank - b.rank);
  if (egress && isHidden(table, egress)) return hiddenList(table, filtered, proxy.port, egress);
  if (table.context.protocol !== "http") return connectionList(table, filtered, inMesh);
  return inMesh ? meshList(table, filtered) : gatewayList(table, filtered);
}

function isHidden({ service }: RouteTable, { hosts }: EgressFilter): boolean {
  return service !== null && !importsService(hosts, service.namespace, service.host);
}

/**
 * A service that the Sidecar does not import is a host like any other outside: a VirtualService that came in with another
 * of its hosts still answers for it, on port 80 (if anything is served there) and where that other host is served.
 * Everywhere else the traffic is unknown (route.go `buildSidecarVirtualHostsForVirtualService`).
 */
function hiddenList(
  table: RouteTable,
  filtered: readonly Filtered[],
  port: number | null,
  egress: EgressFilter,
): RouteList {
  const unknown = egress.unknownHosts === "ALLOW_ANY" ? passthrough : blackhole;
  const served = servedHosts(table.mesh, port, egress);
  const answering = filtered.filter(
    ({ candidate: { host, service }, routes }) =>
      table.context.protocol === "http" &&
      routes.length > 0 &&
      served.length > 0 &&
      !(isWildcard(host) && served.some((other) => isSubsetOf(other, host))) &&
      (port === 80 || service.hosts.some((name) => served.includes(name.toLowerCase()))),
  );
  const host = mostSpecific(answering);
  const routes = answering.find(({ candidate }) => candidate.host === host)?.routes ?? [];
  const otherwise = routes.length > 0 ? notFound : unknown;
  return { routes, otherwise, orderUnknown: sameAge(answering) };
}

/** The services that a Sidecar imports and that take HTTP on a port. */
function servedHosts(mesh: Mesh, port: number | null, { hosts }: EgressFilter): readonly string[] {
  return meshServices(mesh).flatMap(({ host, namespace, ports }) => {
    const serves = ports.some(
      ({ number, protocol }) => number === port && (isHttp(protocol) || protocol === "auto"),
    );
    return serves && importsService(hosts, namespace, host) ? [host.toLowerCase()] : [];
  });
}

/** Static conditions, then the cut: what stands behind a catch-all is never sent to Envoy (route.go `BuildHTTPRoutesForVirtualService`). */
export function filterRoutes(
  routes: readonly EffectiveRoute[],
  proxy: Pick<ProxyContext, "namespace" | "port">,
  labels: Readonly<Record<string, string>>,
): readonly EffectiveRoute[] {
  const fitting = routes.filter(
    ({ static: fixed }) =>
      (fixed.port === null || fixed.port === proxy.port) &&
      (fixed.sourceNamespace === null || fixed.sourceNamespace === proxy.namespace) &&
      selects(fixed.sourceLabels, labels),
  );
  const end = fitting.findIndex(({ catchAll }) => catchAll);
  return end < 0 ? fitting : fitting.slice(0, end + 1);
}

/**
 * In the mesh one VirtualService speaks for a host: of those that name it exactly the first that has routes; else the first
 * that names it most specifically, and if that has none, nobody (httproute.go, `computeWildcardHostVirtualServiceIndex`).
 */
function meshList(table: RouteTable, filtered: readonly Filtered[]): RouteList {
  const host = mostSpecific(filtered);
  const rivals = filtered.filter(({ candidate }) => candidate.host === host);
  const exact = host === table.context.host;
  const answering = (exact ? rivals.filter(({ routes }) => routes.length > 0) : rivals)[0];
  const routes = answering?.routes ?? [];
  return {
    routes,
    otherwise: routes.length > 0 ? notFound : table.fallback,
    orderUnknown: rivals.length > 1 && sameAge(rivals),
  };
}

/**
 * At a gateway all VirtualServices of the most specific host are put together, catch-alls last (gateway.go
 * `buildGatewayHTTPRouteConfig`, route.go `SortVHostRoutes`).
 */
function gatewayList({ redirected }: RouteTable, filtered: readonly Filtered[]): RouteList {
  const speaking = filtered.filter(({ routes }) => routes.length > 0);
  const hosts = [...speaking.map(({ candidate }) => candidate.host), ...redirected];
  const host = hosts.sort(compareSpecificity)[0];
  const merged = speaking.filter(({ candidate }) => candidate.host === host);
  const routes = merged.flatMap((item) => item.routes);
  return {
    routes:
      merged.length > 1
        ? [...routes.filter(({ catchAll }) => !catchAll), ...routes.filter(({ catchAll }) => catchAll)]
        : routes,
    otherwise: notFound,
    redirectToHttps: redirectsPlaintext(
      merged.map(({ candidate }) => candidate),
      redirected,
    ),
    orderUnknown: merged.length > 1 && sameAge(merged),
  };
}

/**
 * Connections: the most specific SNI, then the longest subnet, then the first. In the mesh every VirtualService over a TCP
 * host adds its rules until one takes all (tls.go); what no rule takes goes to the service itself.
 */
function connectionList(table: RouteTable, filtered: readonly Filtered[], inMesh: boolean): RouteList {
  const speaking = filtered.filter(({ routes }) => routes.length > 0);
  const tcp = table.context.protocol === "tcp";
  const host = tcp ? null : mostSpecific(speaking);
  const merged = speaking.filter(({ candidate }) => host === null || candidate.host === host);
  const all = merged.flatMap((item) => item.routes);
  const end = all.findIndex(({ catchAll }) => catchAll);
  const routes = [...(end < 0 ? all : all.slice(0, end + 1))].sort(
    (a, b) => subnetLength(b) - subnetLength(a),
  );
  return {
    routes,
    otherwise: inMesh && (tcp || routes.length === 0) ? table.fallback : notFound,
    orderUnknown: merged.length > 1 && sameAge(merged),
  };
}

/** The prefix length of a route's subnet; −1: it looks at none. */
function subnetLength({ conditions }: EffectiveRoute): number {
  for (const { test } of conditions) {
    if (test.kind === "subnet")
      return Number(test.value.split("/")[1] ?? (test.value.includes(":") ? 128 : 32));
  }
  return -1;
}

const mostSpecific = (filtered: readonly Filtered[]): string | undefined =>
  filtered.map(({ candidate }) => candidate.host).sort(compareSpecificity)[0];

/** Whether two of them come at the same stage of the lookup, and only an unknown creation time puts one first. */
function sameAge(filtered: readonly Filtered[]): boolean {
  return filtered.some((a, index) =>
    filtered
      .slice(index + 1)
      .some((b) => a.candidate.server === b.candidate.server && a.rank === b.rank && ageUnknown(a, b)),
  );
}

function ageUnknown(a: Filtered, b: Filtered): boolean {
  const created = (service: ResolvedVirtualService) => service.object.created;
  return created(a.candidate.service) === undefined || created(b.candidate.service) === undefined;
}
