import {
  type EgressHosts,
  importsExactHostsOnly,
  importsService,
  importsVirtualService,
  readEgressHosts,
} from "./egress-hosts.ts";
import { mostSpecificHost } from "./hosts.ts";
import type { RouteDestination, Sidecar } from "./istio.ts";
import type { Mesh, MeshObject } from "./object.ts";
import { type PortProtocol, parseProtocol } from "./port-protocol.ts";
import { destinationPorts, mergeServices, type ServicesByHost, servicesByHost } from "./service-index.ts";
import { type MeshService, visibleServices } from "./services.ts";
import { boundVirtualServices, type ResolvedVirtualService } from "./virtual-services.ts";
import { compareAge, selects } from "./visibility.ts";

/** What one egress listener of a Sidecar lets a workload reach; without a Sidecar there is one that reaches all. */
export interface EgressListener {
  /** Null: the listener serves every port that no other listener names. */
  readonly port: { readonly number: number; readonly protocol: PortProtocol } | null;
  readonly bind: string | null;
  readonly captured: boolean;
  readonly hosts: EgressHosts;
  /** Services narrowed to the listener's port, in the order Istio makes listeners for them. */
  readonly services: readonly MeshService[];
  /** In lookup order. */
  readonly virtualServices: readonly ResolvedVirtualService[];
  /** For each service host, the VirtualService whose host names it most specifically. */
  readonly owners: ReadonlyMap<string, ResolvedVirtualService>;
}

/** What a workload may reach (pilot/pkg/model/sidecar.go `SidecarScope`). */
export interface EgressScope {
  readonly sidecar: MeshObject<Sidecar> | null;
  readonly namespace: string;
  readonly listeners: readonly EgressListener[];
  /** Services of all listeners, and destinations of their VirtualServices, which are imported silently. */
  readonly services: ServicesByHost;
  readonly unknownHosts: "ALLOW_ANY" | "REGISTRY_ONLY";
  /** Where unknown traffic is sent under `ALLOW_ANY` instead of straight out. */
  readonly egressProxy: RouteDestination | null;
}

const sorted = new WeakMap<Mesh, ReadonlyMap<string, readonly MeshObject<Sidecar>[]>>();

/** Sidecars by namespace, oldest first. */
function sidecarsByNamespace(mesh: Mesh): ReadonlyMap<string, readonly MeshObject<Sidecar>[]> {
  const known = sorted.get(mesh);
  if (known) return known;
  const byNamespace = Map.groupBy([...mesh.sidecars].sort(compareAge), ({ namespace }) => namespace);
  sorted.set(mesh, byNamespace);
  return byNamespace;
}

/**
 * The one Sidecar that applies to a workload: of its namespace the oldest whose selector matches, else the oldest without
 * selector, else the root namespace's without selector (push_context.go `initSidecarScopes`, `doGetSidecarScope`).
 */
export function selectSidecar(
  mesh: Mesh,
  namespace: string,
  labels: Readonly<Record<string, string>>,
): MeshObject<Sidecar> | null {
  const index = sidecarsByNamespace(mesh);
  const own = index.get(namespace) ?? [];
  return (
    own.find(({ spec }) => spec.workloadSelector && selects(spec.workloadSelector.labels, labels)) ??
    own.find(({ spec }) => !spec.workloadSelector) ??
    index.get(mesh.settings.rootNamespace)?.find(({ spec }) => !spec.workloadSelector) ??
    null
  );
}

const scopes = new WeakMap<Mesh, Map<string, EgressScope>>();

/** What a workload of `namespace` with these pod labels may reach. */
export function egressScope(
  mesh: Mesh,
  namespace: string,
  labels: Readonly<Record<string, string>>,
): EgressScope {
  const sidecar = selectSidecar(mesh, namespace, labels);
  const cache = scopes.get(mesh) ?? new Map<string, EgressScope>();
  scopes.set(mesh, cache);
  const key = `${namespace}\n${sidecar?.scope ?? ""}\n${sidecar?.id ?? ""}`;
  const known = cache.get(key);
  if (known) return known;
  const scope = buildScope(mesh, sidecar, namespace);
  cache.set(key, scope);
  return scope;
}

function buildScope(mesh: Mesh, sidecar: MeshObject<Sidecar> | null, namespace: string): EgressScope {
  const egress = sidecar?.spec.egress?.length ? sidecar.spec.egress : [{ hosts: ["*/*"] }];
  const listeners = egress.map((listener) => buildListener(mesh, listener, namespace));
  const policy = sidecar?.spec.outboundTrafficPolicy;
  return {
    sidecar,
    namespace,
    listeners,
    services: mergeServices(listeners.flatMap((listener) => withDestinations(mesh, listener, namespace))),
    // A block without a mode is the proto default, REGISTRY_ONLY.
    unknownHosts: policy ? (policy.mode ?? "REGISTRY_ONLY") : mesh.settings.outboundTrafficPolicy,
    egressProxy: policy?.egressProxy ?? null,
  };
}

type Listener = NonNullable<Sidecar["egress"]>[number];

function buildListener(mesh: Mesh, listener: Listener, namespace: string): EgressListener {
  const hosts = readEgressHosts(listener.hosts ?? [], namespace);
  const port =
    listener.port?.number === undefined
      ? null
      : { number: listener.port.number, protocol: parseProtocol(listener.port.protocol) };
  const virtualServices = boundVirtualServices(mesh, "mesh", namespace).filter((service) =>
    importsVirtualService(hosts, service.object.namespace, service.hosts),
  );
  const narrowed = port !== null && port.number !== 0 && port.protocol !== "HTTP_PROXY" ? port.number : null;
  const services = importedServices(mesh, hosts, namespace, narrowed);
  return {
    port,
    bind: listener.bind || null,
    captured: listener.captureMode !== "NONE",
    hosts,
    services,
    virtualServices,
    owners: mostSpecificOwners(virtualServices, services),
  };
}

/** sidecar.go `selectServices`: where several namespaces have the host, the workload's own, then Kubernetes, then the oldest. */
function importedServices(
  mesh: Mesh,
  hosts: EgressHosts,
  namespace: string,
  port: number | null,
): readonly MeshService[] {
  const visible = visibleServices(mesh, namespace);
  const candidates = importsExactHostsOnly(hosts) ? firstOfEach(visible) : visible;
  const imported = candidates.flatMap((service) => {
    if (!importsService(hosts, service.namespace, service.host)) return [];
    const ports = port === null ? service.ports : service.ports.filter(({ number }) => number === port);
    const aliases = service.aliases.filter((alias) => importsService(hosts, service.namespace, alias.host));
    return port !== null && ports.length === 0 ? [] : [{ ...service, ports, aliases }];
  });
  const chosen = new Map<string, MeshService>();
  for (const service of imported) {
    const current = chosen.get(service.host);
    if (
      !current ||
      service.namespace === namespace ||
      (current.registry !== "kubernetes" &&
        service.registry === "kubernetes" &&
        current.namespace !== namespace)
    ) {
      chosen.set(service.host, service);
    }
  }
  return imported.filter((service) => chosen.get(service.host)?.namespace === service.namespace);
}

const firstOfEach = (services: readonly MeshService[]): MeshService[] =>
  [...servicesByHost(services).values()].flatMap((byNamespace) => [...byNamespace.values()]);

/** sidecar.go `computeWildcardHostVirtualServiceIndex`: of equal hosts the first VirtualService counts. */
function mostSpecificOwners(
  virtualServices: readonly ResolvedVirtualService[],
  services: readonly MeshService[],
): ReadonlyMap<string, ResolvedVirtualService> {
  const byHost = new Map<string, ResolvedVirtualService>();
  for (const service of virtualServices) {
    for (const host of service.hosts) if (!byHost.has(host)) byHost.set(host, service);
  }
  const wildcards = [...byHost.keys()].filter((host) => host.startsWith("*"));
  return new Map(
    services.flatMap(({ host }) => {
      const owner = byHost.get(host) ?? byHost.get(mostSpecificHost(host, wildcards) ?? "");
      return owner ? [[host, owner] as const] : [];
    }),
  );
}

/** sidecar.go `collectImportedServices`: what VirtualServices lead to is reachable though nobody imported it. */
function withDestinations(mesh: Mesh, listener: EgressListener, namespace: string): readonly MeshService[] {
  const all = servicesByHost(visibleServices(mesh, namespace));
  const implied = listener.virtualServices.flatMap((service) =>
    [...destinationPorts(service, namespace, mesh.settings.clusterDomain)].flatMap(([host, ports]) => {
      const byNamespace = all.get(host);
      const found =
        byNamespace?.get(namespace) ??
        [...(byNamespace?.values() ?? [])].find(({ registry }) => registry === "kubernetes") ??
        byNamespace?.values().next().value;
      if (!found) return [];
      const wanted = listener.port === null ? ports : new Set([listener.port.number]);
      if (wanted.has(0)) return [found];
      const kept = found.ports.filter(({ number }) => wanted.has(number));
      return kept.length > 0 ? [{ ...found, ports: kept }] : [];
    }),
  );
  return [...listener.services, ...implied];
}
