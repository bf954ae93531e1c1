import { selectGateways, targetPortOf } from "../../../mesh/gateway-ports.ts";
import {
  isHttpServer,
  isPassthroughServer,
  type MergedServer,
  type MergedServers,
  mergeGatewayServers,
  type ServerGroup,
} from "../../../mesh/gateway-servers.ts";
import { hostsForNamespace, hostsOverlap, qualifyGateway } from "../../../mesh/hosts.ts";
import type { L4Match, WeightedDestination } from "../../../mesh/istio.ts";
import type { Mesh } from "../../../mesh/object.ts";
import { isHttp, parseProtocol } from "../../../mesh/port-protocol.ts";
import { unrestrictedServices } from "../../../mesh/service-namespace.ts";
import { boundVirtualServices, type ResolvedVirtualService } from "../../../mesh/virtual-services.ts";
import { destinationFrom, withDestinations } from "../destination-ports.ts";
import { translateConnectionAction } from "../translate-action.ts";
import { connectionAnswer, type ProxyAnswer } from "./answer.ts";
import type { RequestProxy } from "./connection.ts";
import type { FilterChain } from "./filter-chain.ts";

/** Where a gateway's filter chain leads. */
export type GatewayTarget =
  | { readonly kind: "connection"; readonly answer: ProxyAnswer }
  | { readonly kind: "http"; readonly servers: readonly MergedServer[] };

type Chain = FilterChain<GatewayTarget>;

/** The chains of a gateway's listener on a port; null: nobody listens there. */
export function gatewayListener(
  mesh: Mesh,
  proxy: RequestProxy,
  port: number,
  address: string | null,
): readonly Chain[] | null {
  const merged = mergeGatewayServers(selectGateways(mesh, proxy));
  const groups = groupsOn(merged, port, address);
  const behind =
    groups.length > 0 ? groups : groupsOn(merged, targetPortOf(mesh, proxy, port) ?? port, address);
  const taken = new Map<string, string>();
  const chains = behind.flatMap((group) => chainsOf(mesh, proxy, merged, group, taken));
  return chains.length > 0 ? chains : null;
}

/** The servers bound to the address, else those bound to all, else whichever there are if nobody says what is dialled. */
function groupsOn(merged: MergedServers, port: number, address: string | null): readonly ServerGroup[] {
  const onPort = merged.groups.filter((group) => group.port === port);
  const bound = onPort.filter(({ bind }) => bind !== "" && bind === address);
  if (bound.length > 0) return bound;
  const everywhere = onPort.filter(({ bind }) => ["", "0.0.0.0", "::"].includes(bind));
  if (everywhere.length > 0 || address !== null) return everywhere;
  return onPort.filter(({ bind }) => bind === onPort[0]?.bind);
}

/** gateway.go `buildGatewayTCPBasedFilterChains`: plain HTTP is one chain for all its servers, everything else one each. */
function chainsOf(
  mesh: Mesh,
  proxy: RequestProxy,
  merged: MergedServers,
  group: ServerGroup,
  taken: Map<string, string>,
): readonly Chain[] {
  const table = (server: MergedServer | undefined): readonly MergedServer[] =>
    merged.routeTables.get((server && merged.routeTableOf.get(server)) ?? "") ?? [];
  if (isHttp(parseProtocol(group.protocol))) return [httpChain([], false, table(group.servers[0]))];
  return group.servers.flatMap((server) => {
    if (isHttpServer(server.server)) return [httpChain(sniHosts(server), true, table(server))];
    if (isPassthroughServer(server.server)) return passthroughChains(mesh, proxy, server, taken);
    const answer = firstTcpRule(mesh, proxy, server);
    const terminates = Boolean(server.server.tls);
    return answer ? [connectionChain(terminates ? sniHosts(server) : [], terminates, answer)] : [];
  });
}

function httpChain(sni: readonly string[], terminatesTls: boolean, servers: readonly MergedServer[]): Chain {
  const target = { kind: "http", servers } as const;
  return { sniHosts: sni, cidrs: [], plaintextHttp: false, terminatesTls, target };
}

function connectionChain(sni: readonly string[], terminatesTls: boolean, answer: ProxyAnswer): Chain {
  const target = { kind: "connection", answer } as const;
  return { sniHosts: sni, cidrs: [], plaintextHttp: false, terminatesTls, target };
}

const sniHosts = ({ hosts }: MergedServer): readonly string[] =>
  hosts.map((host) => host.slice(host.indexOf("/") + 1));

/** The VirtualServices of a server in lookup order. */
function speaking(mesh: Mesh, proxy: RequestProxy, server: MergedServer): readonly ResolvedVirtualService[] {
  return boundVirtualServices(mesh, server.gatewayName, proxy.namespace).filter(({ object, hosts }) => {
    const open = hostsForNamespace(server.hosts, object.namespace);
    return hosts.some((host) => open.some((other) => hostsOverlap(other, host)));
  });
}

/** At gateways only port and gateway of a match count (gateway.go `l4SingleMatch`). */
function fits(
  match: L4Match,
  service: ResolvedVirtualService,
  { gatewayName, server }: MergedServer,
): boolean {
  const { namespace } = service.object;
  const named = match.gateways?.some((name) => qualifyGateway(name, namespace) === gatewayName);
  return (!match.port || match.port === server.port?.number) && (!match.gateways?.length || Boolean(named));
}

/** Connections to a TCP server follow the first rule of the first VirtualService that fits (`buildGatewayNetworkFiltersFromTCPRoutes`). */
function firstTcpRule(mesh: Mesh, proxy: RequestProxy, server: MergedServer): ProxyAnswer | null {
  for (const service of speaking(mesh, proxy, server)) {
    for (const [index, { match, route }] of (service.object.spec.tcp ?? []).entries()) {
      const takes = !match?.length || match.some((condition) => fits(condition, service, server));
      if (takes && route?.length) return routed(mesh, proxy, server, service, "tcp", index, route);
    }
  }
  return null;
}

/**
 * TLS that is passed through is told apart by SNI. A match that names a host already taken on the port is dropped whole
 * (`buildGatewayNetworkFiltersFromTLSRoutes`).
 *
 * @param taken hosts of this listener and the address they are taken on.
 */
function passthroughChains(
  mesh: Mesh,
  proxy: RequestProxy,
  server: MergedServer,
  taken: Map<string, string>,
): readonly Chain[] {
  // Its chains are clusters of other networks, by a name of their own: no client asks for them by host.
  if (server.server.tls?.mode === "AUTO_PASSTHROUGH") return [];
  const bind = server.server.bind ?? "";
  return speaking(mesh, proxy, server).flatMap((service) =>
    (service.object.spec.tls ?? []).flatMap(({ match, route }, index) => {
      if (!route?.length) return [];
      return (match ?? []).flatMap((condition) => {
        const hosts = condition.sniHosts ?? [];
        if (!fits(condition, service, server) || hosts.some((host) => taken.get(host) === bind)) return [];
        for (const host of hosts) taken.set(host, bind);
        return [connectionChain(hosts, false, routed(mesh, proxy, server, service, "tls", index, route))];
      });
    }),
  );
}

function routed(
  mesh: Mesh,
  proxy: RequestProxy,
  { server }: MergedServer,
  service: ResolvedVirtualService,
  protocol: "tls" | "tcp",
  index: number,
  route: readonly WeightedDestination[],
): ProxyAnswer {
  const { object } = service;
  const path = ["spec", protocol, index];
  const naming = { namespace: object.namespace, clusterDomain: mesh.settings.clusterDomain };
  const services = unrestrictedServices(mesh, proxy.namespace);
  const action = withDestinations(translateConnectionAction(route, naming, path), (destination) =>
    destinationFrom(destination, services.get(destination.host) ?? null, server.port?.number ?? null),
  );
  return connectionAnswer(action, service, { object, path, index });
}
