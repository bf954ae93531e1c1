import {
  isHttpServer,
  isPassthroughServer,
  type MergedServer,
  type MergedServers,
  mergeGatewayServers,
} from "../../mesh/gateway-servers.ts";
import {
  compareSpecificity,
  hostsForNamespace,
  hostsOverlap,
  intersectHosts,
  isSubsetOf,
  isWildcard,
} from "../../mesh/hosts.ts";
import type { Gateway } from "../../mesh/istio.ts";
import type { Mesh, MeshObject } from "../../mesh/object.ts";
import type { ResolvedVirtualService } from "../../mesh/virtual-services.ts";
import { compareAge } from "../../mesh/visibility.ts";
import { candidate, onlyServer, sniCandidates } from "./candidate.ts";
import { canonicalJson } from "./canonical.ts";
import { gatewayRoutes } from "./destination-ports.ts";
import { candidatesFor } from "./host-index.ts";
import type { Candidate, Protocol, RouteTable } from "./table.ts";
import { notFound } from "./translate-action.ts";
import { tcpRoutes, tlsRoutes } from "./translate-connections.ts";
import { httpRoutes } from "./translate-http.ts";
import type { Target } from "./translated.ts";

/** What can answer on one listener of a gateway: one HTTP route table, or the connections of one port. */
export interface GatewayListener {
  readonly mesh: Mesh;
  readonly protocol: Protocol;
  /** The workload: the selector of its Gateways, or the name of a Gateway that Git does not show. */
  readonly workload: string;
  /** The Gateways that contribute, oldest first. */
  readonly gateways: readonly string[];
  readonly port: number | null;
  /** The hosts of the servers, as text to compare. */
  readonly hosts: string;
  readonly known: boolean;
  readonly candidates: readonly Candidate[];
  /** Hosts whose plaintext requests are redirected to HTTPS. */
  readonly redirected: ReadonlySet<string>;
}

/** All listeners of all gateways of one side. @param services those of the mesh in lookup order. */
export function gatewayListeners(
  mesh: Mesh,
  services: readonly ResolvedVirtualService[],
): readonly GatewayListener[] {
  const bound = new Map<string, ResolvedVirtualService[]>();
  for (const service of services) {
    for (const gateway of service.gateways) {
      if (gateway === "mesh") continue;
      const known = bound.get(gateway);
      if (known === undefined) bound.set(gateway, [service]);
      else known.push(service);
    }
  }
  const workloads = Map.groupBy([...mesh.gateways].sort(compareAge), ({ spec }) =>
    canonicalJson(spec.selector ?? {}),
  );
  const known = new Set(mesh.gateways.map(nameOf));
  const foreign = [...bound].filter(([name]) => !known.has(name));
  return [
    ...[...workloads].flatMap(([workload, gateways]) => knownListeners(mesh, workload, gateways, bound)),
    ...foreign.flatMap(([name, own]) => foreignListeners(mesh, name, own)),
  ];
}

const nameOf = ({ namespace, name }: MeshObject<Gateway>): string => `${namespace}/${name}`;

type Bound = ReadonlyMap<string, readonly ResolvedVirtualService[]>;

function knownListeners(
  mesh: Mesh,
  workload: string,
  gateways: readonly MeshObject<Gateway>[],
  bound: Bound,
): GatewayListener[] {
  const merged = mergeGatewayServers(
    gateways.map((object) => ({ object, listeningPorts: (port: number) => [port] })),
  );
  const common = { mesh, workload, known: true };
  const http = [...merged.routeTables.values()].map(
    (servers): GatewayListener => ({
      ...common,
      ...placeOf(servers),
      protocol: "http",
      candidates: servers.flatMap((server, index) => httpCandidates(mesh, server, index, bound)),
      redirected: new Set(servers.flatMap(redirectedHosts)),
    }),
  );
  const connections = connectionServers(merged).map(
    ({ protocol, servers }): GatewayListener => ({
      ...common,
      ...placeOf(servers),
      protocol,
      candidates: servers.flatMap((server, index) =>
        connectionCandidates(mesh, server, index, bound, protocol),
      ),
      redirected: new Set(),
    }),
  );
  return [...http, ...connections];
}

function placeOf(servers: readonly MergedServer[]): Pick<GatewayListener, "gateways" | "port" | "hosts"> {
  return {
    hosts: servers.flatMap((server) => server.hosts).join(" "),
    gateways: [...new Set(servers.map(({ gatewayName }) => gatewayName))],
    port: servers[0]?.server.port?.number ?? null,
  };
}

/** Servers that forward connections: all TLS pass-through of a port together, every other one alone. */
function connectionServers(
  merged: MergedServers,
): { readonly protocol: "tls" | "tcp"; readonly servers: readonly MergedServer[] }[] {
  return merged.groups.flatMap(({ servers }) => {
    const forwarding = servers.filter(({ server }) => !isHttpServer(server));
    const passthrough = forwarding.filter(({ server }) => isPassthroughServer(server));
    const others = forwarding.filter(({ server }) => !isPassthroughServer(server));
    return [
      ...(passthrough.length > 0 ? [{ protocol: "tls" as const, servers: passthrough }] : []),
      ...others.map((server) => ({ protocol: "tcp" as const, servers: [server] })),
    ];
  });
}

const targetOf = (mesh: Mesh, { gatewayName, server }: MergedServer): Target => ({
  gateway: gatewayName,
  clusterDomain: mesh.settings.clusterDomain,
  tls: Boolean(server.tls),
});

/** Every VirtualService takes part under the hosts it shares with the server (host/names.go `Intersection`). */
function httpCandidates(mesh: Mesh, server: MergedServer, index: number, bound: Bound): Candidate[] {
  return (bound.get(server.gatewayName) ?? []).flatMap((service) => {
    const open = hostsForNamespace(server.hosts, service.object.namespace);
    const hosts = new Set(intersectHosts(open, service.hosts).map((host) => host.toLowerCase()));
    if (hosts.size === 0) return [];
    const routes = () =>
      gatewayRoutes(
        mesh,
        httpRoutes(service, targetOf(mesh, server)),
        service.object.namespace,
        server.server.port?.number ?? null,
      );
    const place = { server: index, redirectToHttps: server.server.tls?.httpsRedirect ?? false };
    return [...hosts].map((host) => candidate(service, host, place, routes));
  });
}

function connectionCandidates(
  mesh: Mesh,
  server: MergedServer,
  index: number,
  bound: Bound,
  protocol: "tls" | "tcp",
): Candidate[] {
  return (bound.get(server.gatewayName) ?? []).flatMap((service) => {
    const { namespace } = service.object;
    const open = hostsForNamespace(server.hosts, namespace);
    if (!service.hosts.some((host) => open.some((other) => hostsOverlap(host, other)))) return [];
    const port = server.server.port?.number ?? null;
    const translated = (protocol === "tls" ? tlsRoutes : tcpRoutes)(service, targetOf(mesh, server));
    const routes = gatewayRoutes(mesh, translated, namespace, port);
    return protocol === "tls"
      ? sniCandidates(service, routes, index)
      : [candidate(service, "*", { ...onlyServer, server: index }, () => routes)];
  });
}

function redirectedHosts({ server, hosts }: MergedServer): readonly string[] {
  return server.tls?.httpsRedirect ? hosts.map((host) => host.toLowerCase()) : [];
}

/** A Gateway that Git does not show is taken to have one server for every host. */
function foreignListeners(
  mesh: Mesh,
  name: string,
  services: readonly ResolvedVirtualService[],
): GatewayListener[] {
  const target: Target = { gateway: name, clusterDomain: mesh.settings.clusterDomain, tls: false };
  const common = {
    mesh,
    workload: name,
    gateways: [name],
    hosts: "*",
    port: null,
    known: false,
    redirected: new Set<string>(),
  };
  const of = (protocol: Protocol, candidates: readonly Candidate[]): GatewayListener[] =>
    candidates.length > 0 ? [{ ...common, protocol, candidates }] : [];
  const http = services.flatMap((service) => {
    const routes = () => gatewayRoutes(mesh, httpRoutes(service, target), service.object.namespace, null);
    const hosts = service.http.length > 0 ? service.hosts : [];
    return hosts.map((host) => candidate(service, host.toLowerCase(), onlyServer, routes));
  });
  const tls = services.flatMap((service) => sniCandidates(service, tlsRoutes(service, target), 0));
  const tcp = services
    .filter((service) => service.object.spec.tcp?.length)
    .map((service) => candidate(service, "*", onlyServer, () => tcpRoutes(service, target)));
  return [...of("http", http), ...of("tls", tls), ...of("tcp", tcp)];
}

/** The table of one host on a listener; null: nobody on it speaks of the host. */
export function gatewayTable(listener: GatewayListener, host: string): RouteTable | null {
  const covers = (name: string): boolean => name === host || (isWildcard(name) && isSubsetOf(host, name));
  const covering = candidatesFor(listener.candidates, host);
  const redirected = [...listener.redirected].filter(covers);
  if (covering.length === 0 && redirected.length === 0) return null;
  return {
    context: {
      gateway: listener.gateways[0] ?? listener.workload,
      host,
      protocol: listener.protocol,
      ports: listener.port === null ? null : [listener.port],
    },
    mesh: listener.mesh,
    candidates: covering,
    fallback: notFound,
    service: null,
    known: listener.known,
    redirected,
    redirectToHttps: redirectsPlaintext(covering, redirected),
  };
}

/**
 * Whether plaintext requests are redirected on the virtual host that these make up: one server that redirects is enough
 * for all of them (gateway.go `RequireTls`).
 */
export function redirectsPlaintext(candidates: readonly Candidate[], redirected: readonly string[]): boolean {
  const [host] = [...candidates.map((candidate) => candidate.host), ...redirected].sort(compareSpecificity);
  return (
    redirected.includes(host ?? "") ||
    candidates.some((candidate) => candidate.host === host && candidate.redirectToHttps)
  );
}
