import { isWildcard, qualifyHost } from "../../mesh/hosts.ts";
import type { Labels } from "../../mesh/istio/primitives.ts";
import type { ServiceEntry } from "../../mesh/istio.ts";
import type { Mesh, MeshObject, ServiceSpec } from "../../mesh/object.ts";

/** A Service or a ServiceEntry under one of its hosts. */
export interface Registered {
  readonly object: MeshObject<ServiceSpec> | MeshObject<ServiceEntry>;
  readonly ports: readonly number[];
  /** Labels of the workloads behind a ServiceEntry; null for Services. */
  readonly selector: Labels | null;
}

interface Registry {
  /** By `scope/host`: `*` is the scope of what everybody may see. */
  readonly byScopedHost: ReadonlyMap<string, Registered>;
  readonly hasWildcards: boolean;
}

const registries = new WeakMap<Mesh, Registry>();

/**
 * The service that a host means in an object of `namespace` that is exported to `exportTo`, as `istioctl analyze` looks it
 * up: in what everybody may see, in what the object's readers may see, and among wildcards, which are held against the host
 * as it is written (pkg/config/analysis/analyzers/util/service_lookup.go `GetDestinationHost`).
 */
export function lookUpHost(
  mesh: Mesh,
  namespace: string,
  exportTo: readonly string[] | undefined,
  host: string,
): Registered | null {
  const { byScopedHost, hasWildcards } = registryOf(mesh);
  const name = scopedName(mesh, namespace, host);
  const scopes = exportTo?.length
    ? exportTo.map((entry) => (entry === "." ? namespace : entry))
    : [namespace];
  for (const scope of ["*", ...scopes]) {
    const found = byScopedHost.get(`${scope}/${name}`);
    if (found) return found;
  }
  return hasWildcards ? lookUpWildcard(byScopedHost, namespace, host) : null;
}

function lookUpWildcard(
  byScopedHost: Registry["byScopedHost"],
  namespace: string,
  host: string,
): Registered | null {
  const text = isWildcard(host) ? host.slice(1) : host;
  for (let start = 0; start <= text.length; start++) {
    const wildcard = `*${text.slice(start)}`;
    const found = byScopedHost.get(`*/${wildcard}`) ?? byScopedHost.get(`${namespace}/${wildcard}`);
    if (found) return found;
  }
  return null;
}

/** Whether Git shows where services of this host's kind are kept; otherwise their absence says nothing. */
export function showsServicesLike(mesh: Mesh, namespace: string, host: string): boolean {
  const suffix = `.svc.${mesh.settings.clusterDomain}`;
  const name = qualifyHost(host, namespace, mesh.settings.clusterDomain);
  if (!name.endsWith(suffix)) return mesh.serviceEntries.length > 0;
  const owner = name.slice(0, -suffix.length).split(".").at(-1);
  return mesh.services.some((service) => service.namespace === owner);
}

function registryOf(mesh: Mesh): Registry {
  const known = registries.get(mesh);
  if (known) return known;
  const byScopedHost = new Map<string, Registered>();
  for (const entry of mesh.serviceEntries) registerEntry(mesh, entry, byScopedHost);
  for (const service of mesh.services) registerService(mesh, service, byScopedHost);
  const hasWildcards = mesh.serviceEntries.some(({ spec }) => spec.hosts?.some(isWildcard));
  const registry = { byScopedHost, hasWildcards };
  registries.set(mesh, registry);
  return registry;
}

function registerEntry(mesh: Mesh, entry: MeshObject<ServiceEntry>, registry: Map<string, Registered>): void {
  const { hosts = [], ports = [], exportTo = [], workloadSelector } = entry.spec;
  const registered: Registered = {
    object: entry,
    ports: ports.map(({ number = 0 }) => number),
    selector: workloadSelector?.labels ?? {},
  };
  // `*` ends the list: what stands before it has its own scope as well.
  const star = exportTo.indexOf("*");
  const listed = exportTo.length === 0 ? ["*"] : star < 0 ? exportTo : exportTo.slice(0, star + 1);
  for (const [index, host] of hosts.entries()) {
    const scopes = index > 0 && star >= 0 ? ["*"] : listed;
    for (const scope of scopes) {
      const owner = scope === "." ? entry.namespace : scope;
      registry.set(`${owner}/${scopedName(mesh, entry.namespace, host)}`, registered);
    }
  }
}

function registerService(
  mesh: Mesh,
  service: MeshObject<ServiceSpec>,
  registry: Map<string, Registered>,
): void {
  const exportTo = service.annotations["networking.istio.io/exportTo"] || "*";
  const ports = (service.spec.ports ?? []).map(({ port }) => port);
  for (const entry of exportTo.split(",").map((text) => text.trim())) {
    const scope = entry === "." ? service.namespace : entry;
    const name = scopedName(mesh, service.namespace, service.name);
    registry.set(`${scope}/${name}`, { object: service, ports, selector: null });
  }
}

/** pkg/config/analysis/analyzers/util/hosts.go `ConvertHostToFQDN`, which takes addresses for names too. */
export function scopedName(mesh: Mesh, namespace: string, host: string): string {
  if (isWildcard(host) || host.includes(".")) return host;
  return `${host}.${namespace}.svc.${mesh.settings.clusterDomain}`;
}
