import type { Path } from "../manifest/source.ts";
import { mergeDelegateRoute } from "./delegates.ts";
import { qualifyGateway, qualifyHost } from "./hosts.ts";
import type { HTTPRoute, RouteDestination, VirtualService } from "./istio.ts";
import type { Mesh, MeshObject } from "./object.ts";
import { compareAge, lookupRank, type Visibility, visibility } from "./visibility.ts";

/** An entry of a VirtualService's `http`, `tls` or `tcp` list. */
export interface RouteEntry {
  readonly object: MeshObject<VirtualService>;
  /** From the root of the manifest: `["spec", "http", 2]`. */
  readonly path: Path;
  readonly index: number;
}

/** An HTTP route as Istio sees it after delegates are inlined. */
export interface ResolvedHTTPRoute {
  readonly route: HTTPRoute;
  readonly entry: RouteEntry;
  /** The root's entry, where `entry` belongs to a delegate. */
  readonly delegatedBy: RouteEntry | null;
}

/** A VirtualService that hosts may resolve to, its names qualified and its delegates inlined. */
export interface ResolvedVirtualService {
  readonly object: MeshObject<VirtualService>;
  /** Fully qualified, in the case they were written. */
  readonly hosts: readonly string[];
  /** `mesh`, or `namespace/name`. */
  readonly gateways: readonly string[];
  readonly visibility: Visibility;
  readonly http: readonly ResolvedHTTPRoute[];
}

const resolved = new WeakMap<Mesh, readonly ResolvedVirtualService[]>();

/**
 * All VirtualServices that have hosts, oldest first, with delegates inlined. A root's entry vanishes where its delegate is
 * missing or not exported to it (pilot/pkg/model/virtualservice_controller.go `mergeVirtualServices`).
 */
export function resolveVirtualServices(mesh: Mesh): readonly ResolvedVirtualService[] {
  const known = resolved.get(mesh);
  if (known) return known;
  const delegates = new Map(
    mesh.virtualServices
      .filter((object) => !object.spec.hosts?.length)
      .map((object) => [`${object.namespace}/${object.name}`, object]),
  );
  const result = mesh.virtualServices
    .filter((object) => object.spec.hosts?.length)
    .map((object) => resolveOne(object, delegates, mesh.settings.clusterDomain))
    .sort((a, b) => compareAge(a.object, b.object));
  resolved.set(mesh, result);
  return result;
}

function resolveOne(
  object: MeshObject<VirtualService>,
  delegates: ReadonlyMap<string, MeshObject<VirtualService>>,
  domain: string,
): ResolvedVirtualService {
  const { spec, namespace } = object;
  const gateways = spec.gateways?.length ? spec.gateways : ["mesh"];
  return {
    object,
    hosts: (spec.hosts ?? []).map((host) => qualifyHost(host, namespace, domain)),
    gateways: gateways.map((gateway) => qualifyGateway(gateway, namespace)),
    visibility: visibility(spec.exportTo, namespace),
    http: (spec.http ?? []).flatMap((route, index) => {
      const entry: RouteEntry = { object, path: ["spec", "http", index], index };
      return route.delegate ? inline(route, entry, delegates, domain) : [{ route, entry, delegatedBy: null }];
    }),
  };
}

function inline(
  root: HTTPRoute,
  rootEntry: RouteEntry,
  delegates: ReadonlyMap<string, MeshObject<VirtualService>>,
  domain: string,
): ResolvedHTTPRoute[] {
  const owner = rootEntry.object.namespace;
  const delegate = delegates.get(`${root.delegate?.namespace || owner}/${root.delegate?.name ?? ""}`);
  if (!delegate) return [];
  if (lookupRank(visibility(delegate.spec.exportTo, delegate.namespace), owner) === null) return [];
  const outer = qualifyRoute(root, owner, domain);
  return (delegate.spec.http ?? []).flatMap((leaf, index) => {
    const route = mergeDelegateRoute(outer, qualifyRoute(leaf, delegate.namespace, domain));
    if (route === null) return [];
    const entry: RouteEntry = { object: delegate, path: ["spec", "http", index], index };
    return [{ route, entry, delegatedBy: rootEntry }];
  });
}

/** A route whose names mean the same in every namespace, so that parts of two namespaces can be mixed. */
function qualifyRoute(route: HTTPRoute, namespace: string, domain: string): HTTPRoute {
  const qualify = <T extends RouteDestination>(destination: T): T => ({
    ...destination,
    host: qualifyHost(destination.host, namespace, domain),
  });
  return {
    ...route,
    ...(route.match && {
      match: route.match.map((match) => ({
        ...match,
        ...(match.gateways && { gateways: match.gateways.map((name) => qualifyGateway(name, namespace)) }),
      })),
    }),
    ...(route.route && {
      route: route.route.map((leg) => ({ ...leg, destination: qualify(leg.destination) })),
    }),
    ...(route.mirror && { mirror: qualify(route.mirror) }),
    ...(route.mirrors && {
      mirrors: route.mirrors.map((mirror) => ({ ...mirror, destination: qualify(mirror.destination) })),
    }),
  };
}

/**
 * The VirtualServices bound to a gateway (or `mesh`) that a proxy of `namespace` may see, in the order Istio looks at
 * them: private to the namespace, exported to it by name, public; each oldest first (push_context.go
 * `VirtualServicesForGateway`). At gateways the namespace is that of the pod, not of the Gateway object.
 */
export function boundVirtualServices(
  mesh: Mesh,
  gateway: string,
  namespace: string,
): readonly ResolvedVirtualService[] {
  const ranked: ResolvedVirtualService[][] = [[], [], []];
  for (const service of resolveVirtualServices(mesh)) {
    if (!service.gateways.includes(gateway)) continue;
    const rank = lookupRank(service.visibility, namespace);
    if (rank !== null) ranked[rank]?.push(service);
  }
  return ranked.flat();
}
