import { isSubsetOf, isWildcard } from "../../mesh/hosts.ts";
import type { Mesh } from "../../mesh/object.ts";
import { isHttp, isTls, type PortProtocol } from "../../mesh/port-protocol.ts";
import { type MeshService, meshServices } from "../../mesh/services.ts";
import type { ResolvedVirtualService } from "../../mesh/virtual-services.ts";
import { candidate, onlyServer, sniCandidates } from "./candidate.ts";
import type { Candidate, Protocol, RouteTable } from "./table.ts";
import { defaultRoute, passthrough } from "./translate-action.ts";
import { tcpRoutes, tlsRoutes } from "./translate-connections.ts";
import { httpRoutes } from "./translate-http.ts";
import type { Target } from "./translated.ts";

/** What the VirtualServices of one side say about hosts inside the mesh, for one protocol. */
export interface MeshClaims {
  readonly mesh: Mesh;
  readonly protocol: Protocol;
  readonly exact: ReadonlyMap<string, readonly Candidate[]>;
  readonly wildcards: ReadonlyMap<string, readonly Candidate[]>;
}

/** @param services those of the mesh in lookup order. */
export function meshClaims(
  mesh: Mesh,
  services: readonly ResolvedVirtualService[],
  protocol: Protocol,
): MeshClaims {
  const exact = new Map<string, Candidate[]>();
  const wildcards = new Map<string, Candidate[]>();
  const target: Target = { gateway: "mesh", clusterDomain: mesh.settings.clusterDomain, tls: false };
  for (const service of services) {
    if (!service.gateways.includes("mesh")) continue;
    for (const claim of claimsOf(service, protocol, target)) {
      const claims = isWildcard(claim.host) ? wildcards : exact;
      const known = claims.get(claim.host);
      if (known === undefined) claims.set(claim.host, [claim]);
      else known.push(claim);
    }
  }
  return { mesh, protocol, exact, wildcards };
}

function claimsOf(service: ResolvedVirtualService, protocol: Protocol, target: Target): readonly Candidate[] {
  const { spec } = service.object;
  if (protocol === "tls") return spec.tls ? sniCandidates(service, tlsRoutes(service, target), 0) : [];
  if (protocol === "tcp" && !spec.tcp) return [];
  if (protocol === "http" && service.http.length === 0 && (spec.tls || spec.tcp)) return [];
  const translate = protocol === "http" ? httpRoutes : tcpRoutes;
  const hosts = new Set(service.hosts.map((host) => host.toLowerCase()));
  return [...hosts].map((host) => candidate(service, host, onlyServer, () => translate(service, target)));
}

/** The table of one host: whoever names it, and whoever names a wildcard over it. Null: nobody does. */
export function meshTable(claims: MeshClaims, host: string): RouteTable | null {
  const covering = [...claims.wildcards].flatMap(([wildcard, items]) =>
    isSubsetOf(host, wildcard) ? items : [],
  );
  const claiming = isWildcard(host) ? covering : [...(claims.exact.get(host) ?? []), ...covering];
  if (claiming.length === 0) return null;
  const service = serviceOf(claims.mesh, host);
  const http = claims.protocol === "http";
  const inCluster = host.endsWith(`.svc.${claims.mesh.settings.clusterDomain}`);
  return {
    context: { gateway: "mesh", host, protocol: claims.protocol, ports: portsOf(service, claims.protocol) },
    mesh: claims.mesh,
    candidates: claiming,
    // A host of the cluster has a service, wherever it is kept; another host that no ServiceEntry names is foreign.
    fallback: service || inCluster ? defaultRoute(host, null, http) : passthrough,
    service,
    known: service !== null,
    redirected: [],
    redirectToHttps: false,
  };
}

const hostIndexes = new WeakMap<Mesh, ReadonlyMap<string, MeshService>>();

function serviceOf(mesh: Mesh, host: string): MeshService | null {
  const index =
    hostIndexes.get(mesh) ??
    new Map(
      meshServices(mesh)
        .toReversed()
        .map((service) => [service.host.toLowerCase(), service]),
    );
  hostIndexes.set(mesh, index);
  return index.get(host) ?? null;
}

const serves: Readonly<Record<Protocol, (protocol: PortProtocol) => boolean>> = {
  http: (protocol) => isHttp(protocol) || protocol === "auto",
  tls: (protocol) => isTls(protocol) || protocol === "auto",
  tcp: (protocol) => !isHttp(protocol) && !isTls(protocol) && protocol !== "UDP",
};

/** A service without an HTTP port still takes HTTP routes on port 80 (httproute.go `buildSidecarVirtualHostsForVirtualService`). */
function portsOf(service: MeshService | null, protocol: Protocol): readonly number[] | null {
  if (!service) return null;
  const ports = service.ports.filter((port) => serves[protocol](port.protocol)).map(({ number }) => number);
  return protocol === "http" && ports.length === 0 ? [80] : ports;
}
