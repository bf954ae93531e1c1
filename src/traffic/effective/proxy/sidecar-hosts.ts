import { hostsOverlap, isWildcard } from "../../../mesh/hosts.ts";
import type { Mesh } from "../../../mesh/object.ts";
import { isHttp } from "../../../mesh/port-protocol.ts";
import type { MeshService } from "../../../mesh/services.ts";
import type { EgressListener } from "../../../mesh/sidecar.ts";
import type { ResolvedVirtualService } from "../../../mesh/virtual-services.ts";
import { destinationFrom, onPort } from "../destination-ports.ts";
import { filterRoutes } from "../proxy-routes.ts";
import { defaultRoute } from "../translate-action.ts";
import { httpRoutes } from "../translate-http.ts";
import type { RequestProxy } from "./connection.ts";
import { hostDomains } from "./host-domains.ts";
import type { OwnedRoute, VirtualHost } from "./virtual-host.ts";

type Registry = ReadonlyMap<string, MeshService>;

/** Routes and the hosts they are for: services by all their names, other hosts as they were written. */
interface Wrapper {
  readonly routes: VirtualHost["routes"];
  readonly hosts: readonly string[];
  readonly services: readonly MeshService[];
}

/**
 * The virtual hosts of a sidecar on one port: those of VirtualServices in lookup order, then services of their own; of
 * equal names the first counts (httproute.go `BuildSidecarOutboundVirtualHosts`). The catch-all is not among them.
 */
export function sidecarHosts(
  mesh: Mesh,
  proxy: RequestProxy,
  listener: EgressListener,
  port: number,
): readonly VirtualHost[] {
  const registry = servicesOnPort(listener, port);
  // Port 80 is special: there, hosts outside the registry are answered too.
  const speaking =
    port === 80
      ? listener.virtualServices
      : listener.virtualServices.filter((service) => namesService(service, registry));
  const wrappers = speaking.flatMap((service) => {
    const wrapper = wrap(mesh, proxy, listener, port, registry, service);
    return wrapper ? [wrapper] : [];
  });
  const taken = new Set(wrappers.flatMap(({ services }) => services.map(({ host }) => host)));
  const rest = [...registry.values()].filter(
    ({ host, resolution, ports }) => !taken.has(host) && resolution !== "alias" && ports.some(servesHttp),
  );
  const own = rest.map(
    (service): Wrapper => ({
      routes: defaultRoute(service.host, port, true),
      hosts: [],
      services: [service],
    }),
  );
  return withoutDuplicates([...wrappers, ...own], proxy, mesh.settings.clusterDomain);
}

const servesHttp = ({ protocol }: MeshService["ports"][number]): boolean =>
  isHttp(protocol) || protocol === "auto";

/** Services that have the port, seen through that port alone, by lower-case host; of several addresses the last counts. */
function servicesOnPort(listener: EgressListener, port: number): Registry {
  return new Map(
    listener.services.flatMap((service) => {
      const own = service.ports.find(({ number }) => number === port);
      const host = service.host.toLowerCase();
      return own ? [[host, { ...service, host, ports: [own] }] as const] : [];
    }),
  );
}

function namesService(service: ResolvedVirtualService, registry: Registry): boolean {
  const hosts = [...registry.keys()];
  return service.hosts.some((host) => {
    const name = host.toLowerCase();
    return registry.has(name) || hosts.some((other) => hostsOverlap(name, other));
  });
}

/** route.go `buildSidecarVirtualHostsForVirtualService`; null: the VirtualService says nothing on this port. */
function wrap(
  mesh: Mesh,
  proxy: RequestProxy,
  listener: EgressListener,
  port: number,
  registry: Registry,
  service: ResolvedVirtualService,
): Wrapper | null {
  const target = { gateway: "mesh", clusterDomain: mesh.settings.clusterDomain, tls: false };
  const context = { namespace: proxy.namespace, port };
  const routes = filterRoutes(httpRoutes(service, target), context, proxy.labels);
  if (routes.length === 0) return null;
  const { hosts, services } = separateHosts(service, registry, listener);
  if (!services.some(({ ports }) => ports.some(servesHttp))) {
    return port === 80 ? { routes: resolved(service, routes, registry, port), hosts, services: [] } : null;
  }
  const serving = services.filter(({ ports }) => ports.some(servesHttp));
  return { routes: resolved(service, routes, registry, port), hosts, services: serving };
}

function resolved(
  service: ResolvedVirtualService,
  routes: ReturnType<typeof filterRoutes>,
  registry: Registry,
  port: number,
): readonly OwnedRoute[] {
  return routes.map((route) => ({
    service,
    route: route.withAction((action) =>
      onPort(action, port, false, (destination) =>
        destinationFrom(destination, registry.get(destination.host) ?? null, port),
      ),
    ),
  }));
}

/** route.go `separateVSHostsAndServices`: a wildcard speaks for the services that nobody names more specifically. */
function separateHosts(
  service: ResolvedVirtualService,
  registry: Registry,
  listener: EgressListener,
): { readonly hosts: readonly string[]; readonly services: readonly MeshService[] } {
  const hosts: string[] = [];
  const services = new Set<MeshService>();
  const names = service.hosts.map((host) => host.toLowerCase());
  for (const name of names.filter((host) => !isWildcard(host))) {
    const known = registry.get(name);
    if (known) services.add(known);
    else hosts.push(name);
  }
  for (const name of names.filter(isWildcard)) {
    const covered = [...registry.values()].filter(({ host }) => hostsOverlap(host, name));
    if (covered.length === 0) hosts.push(name);
    for (const item of covered) {
      if (listener.owners.get(item.host)?.object === service.object) services.add(item);
    }
  }
  return { hosts, services: [...services] };
}

/** A name belongs to the first who claims it; a shortened one yields to a service of that very name (`dedupeDomains`). */
function withoutDuplicates(
  wrappers: readonly Wrapper[],
  proxy: RequestProxy,
  clusterDomain: string,
): readonly VirtualHost[] {
  const known = new Set(wrappers.flatMap(({ services }) => services.map(({ host }) => host)));
  const hostsSeen = new Set<string>();
  const domainsSeen = new Set<string>();
  const result: VirtualHost[] = [];
  const add = (
    host: string,
    domains: readonly string[],
    alternatives: readonly string[],
    routes: VirtualHost["routes"],
  ): void => {
    if (hostsSeen.has(host)) return;
    hostsSeen.add(host);
    const free = domains.filter((domain) => {
      const name = domain.toLowerCase();
      if (domainsSeen.has(name) || (alternatives.includes(domain) && known.has(domain))) return false;
      domainsSeen.add(name);
      return true;
    });
    if (free.length > 0) result.push({ domains: free, routes, requireTls: false });
  };
  for (const { routes, hosts, services } of wrappers) {
    for (const host of hosts) add(host, [host], [], routes);
    for (const service of services) {
      const { domains, alternatives } = hostDomains(service, proxy.namespace, clusterDomain);
      add(service.host, domains, alternatives, routes);
    }
  }
  return result;
}
