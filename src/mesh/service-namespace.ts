import type { Mesh } from "./object.ts";
import { mergeServices, type ServicesByHost, servicesByHost } from "./service-index.ts";
import { type MeshService, meshServices, visibleServices } from "./services.ts";

const byHost = new WeakMap<Mesh, Map<string, ReturnType<typeof servicesByHost>>>();

/** The service of a host in one namespace, if a proxy of `client` may see it. */
export function visibleServiceIn(
  mesh: Mesh,
  client: string,
  host: string,
  namespace: string,
): MeshService | null {
  const cache = byHost.get(mesh) ?? new Map<string, ReturnType<typeof servicesByHost>>();
  byHost.set(mesh, cache);
  const index = cache.get(client) ?? servicesByHost(visibleServices(mesh, client));
  cache.set(client, index);
  return index.get(host)?.get(namespace) ?? null;
}

const registries = new WeakMap<Mesh, Map<string, ServicesByHost>>();

/** The service behind each host for a client that no Sidecar restricts, such as a gateway (sidecar.go `DefaultSidecarScopeForGateway`). */
export function unrestrictedServices(mesh: Mesh, namespace: string): ServicesByHost {
  const cache = registries.get(mesh) ?? new Map<string, ServicesByHost>();
  registries.set(mesh, cache);
  const known = cache.get(namespace);
  if (known) return known;
  const services = mergeServices(visibleServices(mesh, namespace));
  cache.set(namespace, services);
  return services;
}

const namespaces = new WeakMap<Mesh, ReadonlyMap<string, string>>();

/** The namespace of the oldest service of each host, visible or not. */
function oldestNamespaces(mesh: Mesh): ReadonlyMap<string, string> {
  const known = namespaces.get(mesh);
  if (known) return known;
  const oldest = new Map(
    meshServices(mesh)
      .toReversed()
      .map(({ host, namespace }) => [host, namespace]),
  );
  namespaces.set(mesh, oldest);
  return oldest;
}

/**
 * The namespace that a host belongs to as a client sees it; for a service that Git does not show, what its name says
 * (`name.namespace.svc.domain`); null where nothing tells.
 */
export function serviceNamespace(mesh: Mesh, host: string, clientNamespace: string): string | null {
  const visible = unrestrictedServices(mesh, clientNamespace).get(host);
  const known = visible?.namespace ?? oldestNamespaces(mesh).get(host);
  if (known !== undefined) return known;
  const suffix = `.svc.${mesh.settings.clusterDomain}`;
  if (!host.endsWith(suffix)) return null;
  const [, namespace, ...rest] = host.slice(0, -suffix.length).split(".");
  return namespace !== undefined && rest.length === 0 ? namespace : null;
}
