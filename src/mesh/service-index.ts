import { qualifyHost } from "./hosts.ts";
import type { RouteDestination } from "./istio.ts";
import type { MeshService } from "./services.ts";
import type { ResolvedVirtualService } from "./virtual-services.ts";

/** The one service that each host stands for, as one proxy sees it. */
export type ServicesByHost = ReadonlyMap<string, MeshService>;

/**
 * The services of each host by namespace; of several in one namespace the oldest, but a Kubernetes Service before a
 * ServiceEntry (push_context.go `initServiceRegistry`, `HostnameAndNamespace`).
 */
export function servicesByHost(
  services: readonly MeshService[],
): ReadonlyMap<string, ReadonlyMap<string, MeshService>> {
  const index = new Map<string, Map<string, MeshService>>();
  for (const service of services) {
    const byNamespace = index.get(service.host) ?? new Map<string, MeshService>();
    index.set(service.host, byNamespace);
    const current = byNamespace.get(service.namespace);
    if (!current || (current.registry === "external" && service.registry === "kubernetes")) {
      byNamespace.set(service.namespace, service);
    }
  }
  return index;
}

/**
 * One service for each host: the first, unless a Kubernetes Service takes over from ServiceEntries; ports of its equals
 * are added (sidecar.go `appendSidecarServices`).
 */
export function mergeServices(services: readonly MeshService[]): ServicesByHost {
  const merged = new Map<string, MeshService>();
  for (const service of services) {
    const current = merged.get(service.host);
    if (!current || (current.registry === "external" && service.registry === "kubernetes")) {
      merged.set(service.host, service);
    } else if (mergeable(current, service)) {
      const added = service.ports.filter(
        ({ number }) => !current.ports.some((port) => port.number === number),
      );
      if (added.length > 0) merged.set(service.host, { ...current, ports: [...current.ports, ...added] });
    }
  }
  return merged;
}

function mergeable(a: MeshService, b: MeshService): boolean {
  const attributes = ({ namespace, resolution, registry, visibility, object }: MeshService): string =>
    JSON.stringify([namespace, resolution, registry, visibility, object.labels, selectorOf(object.spec)]);
  return attributes(a) === attributes(b);
}

function selectorOf(spec: MeshService["object"]["spec"]): unknown {
  return "workloadSelector" in spec
    ? spec.workloadSelector?.labels
    : "selector" in spec
      ? spec.selector
      : null;
}

/**
 * Every host that the routes of a VirtualService lead to, with the ports they name; 0 stands for "none named".
 * HTTP routes for other source namespaces do not count (push_context.go
 * `virtualServiceDestinationsFilteredBySourceNamespace`).
 */
export function destinationPorts(
  service: ResolvedVirtualService,
  sourceNamespace: string,
  clusterDomain: string,
): ReadonlyMap<string, ReadonlySet<number>> {
  const result = new Map<string, Set<number>>();
  const add = (destination: RouteDestination | undefined, namespace: string): void => {
    if (!destination) return;
    const host = qualifyHost(destination.host, namespace, clusterDomain);
    const ports = result.get(host) ?? new Set<number>();
    result.set(host, ports.add(destination.port?.number ?? 0));
  };
  for (const { route, entry } of service.http) {
    const sources = (route.match ?? []).flatMap((match) => match.sourceNamespace || []);
    if (sources.length > 0 && !sources.includes(sourceNamespace)) continue;
    const { namespace } = entry.object;
    for (const leg of route.route ?? []) add(leg.destination, namespace);
    for (const mirror of [route.mirror, ...(route.mirrors ?? []).map((item) => item.destination)]) {
      add(mirror, namespace);
    }
  }
  const { spec, namespace } = service.object;
  for (const { route } of [...(spec.tcp ?? []), ...(spec.tls ?? [])]) {
    for (const leg of route ?? []) add(leg.destination, namespace);
  }
  return result;
}
