import type { MergedServer } from "../../../mesh/gateway-servers.ts";
import { hostsForNamespace, intersectHosts } from "../../../mesh/hosts.ts";
import type { Mesh } from "../../../mesh/object.ts";
import { unrestrictedServices, visibleServiceIn } from "../../../mesh/service-namespace.ts";
import type { MeshService } from "../../../mesh/services.ts";
import { boundVirtualServices, type ResolvedVirtualService } from "../../../mesh/virtual-services.ts";
import { destinationFrom, onPort } from "../destination-ports.ts";
import { filterRoutes } from "../proxy-routes.ts";
import { notFound } from "../translate-action.ts";
import { httpRoutes } from "../translate-http.ts";
import type { RequestProxy } from "./connection.ts";
import type { OwnedRoute, VirtualHost } from "./virtual-host.ts";

/** What of a server decides which hosts it answers for. */
export type GatewayServer = Pick<MergedServer, "gatewayName" | "server" | "hosts">;

/**
 * The virtual hosts of one HTTP route table of a gateway: all VirtualServices of all its servers, put together by host,
 * catch-alls last (pilot/pkg/networking/core/gateway.go `buildGatewayHTTPRouteConfig`).
 */
export function gatewayHosts(
  mesh: Mesh,
  proxy: RequestProxy,
  servers: readonly GatewayServer[],
): readonly VirtualHost[] {
  const hosts = new Map<string, { routes: OwnedRoute[]; requireTls: boolean }>();
  const translated = new Map<string, readonly OwnedRoute[]>();
  for (const server of servers) {
    const requireTls = server.server.tls?.httpsRedirect ?? false;
    for (const service of boundVirtualServices(mesh, server.gatewayName, proxy.namespace)) {
      const open = hostsForNamespace(server.hosts, service.object.namespace);
      const shared = intersectHosts(open, service.hosts);
      if (shared.length === 0) continue;
      // Istio translates a VirtualService once for each Gateway, with the port of the first server.
      const key = `${server.gatewayName}\n${service.object.scope}\n${service.object.id}`;
      const routes = translated.get(key) ?? routesOf(mesh, proxy, server, service);
      if (routes.length === 0) continue;
      translated.set(key, routes);
      for (const host of new Set(shared.map((name) => name.toLowerCase()))) {
        const known = hosts.get(host);
        hosts.set(host, {
          routes: [...(known?.routes ?? []), ...routes],
          requireTls: requireTls || (known?.requireTls ?? false),
        });
      }
    }
    for (const host of requireTls ? server.hosts.map((name) => name.toLowerCase()) : []) {
      hosts.set(host, { routes: hosts.get(host)?.routes ?? [], requireTls: true });
    }
  }
  if (hosts.size === 0) return [{ domains: ["*"], routes: notFound, requireTls: false }];
  return [...hosts].map(([host, { routes, requireTls }]) => ({
    domains: [host],
    routes: [
      ...routes.filter(({ route }) => !route.catchAll),
      ...routes.filter(({ route }) => route.catchAll),
    ],
    requireTls,
  }));
}

function routesOf(
  mesh: Mesh,
  proxy: RequestProxy,
  { gatewayName, server }: GatewayServer,
  service: ResolvedVirtualService,
): readonly OwnedRoute[] {
  const port = server.port?.number ?? 0;
  const target = {
    gateway: gatewayName,
    clusterDomain: mesh.settings.clusterDomain,
    tls: Boolean(server.tls),
  };
  const context = { namespace: proxy.namespace, port };
  return filterRoutes(httpRoutes(service, target), context, proxy.labels).map((route) => ({
    service,
    route: route.withAction((action) =>
      onPort(action, port, target.tls, (destination) =>
        destinationFrom(
          destination,
          destinationService(mesh, proxy.namespace, service, destination.host),
          port,
        ),
      ),
    ),
  }));
}

/** The service a route of this VirtualService means: of its own namespace if the proxy may see it, else as the proxy sees the host. */
function destinationService(
  mesh: Mesh,
  namespace: string,
  service: ResolvedVirtualService,
  host: string,
): MeshService | null {
  return (
    visibleServiceIn(mesh, namespace, host, service.object.namespace) ??
    unrestrictedServices(mesh, namespace).get(host) ??
    null
  );
}
