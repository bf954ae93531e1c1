import { isSubsetOf, isWildcard, qualifyHost } from "../mesh/hosts.ts";
import type { Mesh, MeshObject } from "../mesh/object.ts";
import { meshServices } from "../mesh/services.ts";
import { generatedServices } from "./controllers.ts";

const shown = new WeakMap<
  Mesh,
  { exact: ReadonlyMap<string, MeshObject<unknown>>; wildcards: readonly string[] }
>();

/** The object that Git shows for a host: a Service, a ServiceEntry, perhaps by a wildcard, or what makes a Service. */
export function serviceOf(mesh: Mesh, host: string): MeshObject<unknown> | null {
  const { exact, wildcards } = shown.get(mesh) ?? shownHosts(mesh);
  return exact.get(host) ?? exact.get(wildcards.find((wildcard) => isSubsetOf(host, wildcard)) ?? "") ?? null;
}

function shownHosts(mesh: Mesh) {
  const exact = new Map<string, MeshObject<unknown>>();
  for (const { host, object } of meshServices(mesh)) if (!exact.has(host)) exact.set(host, object);
  for (const object of mesh.others) {
    for (const name of generatedServices(object)) {
      const host = qualifyHost(name, object.namespace, mesh.settings.clusterDomain);
      if (!exact.has(host)) exact.set(host, object);
    }
  }
  const index = { exact, wildcards: [...exact.keys()].filter(isWildcard) };
  shown.set(mesh, index);
  return index;
}

/** Whether Git shows where services of this host's namespace are kept: otherwise the absence of one says nothing. */
export function showsServicesOf(mesh: Mesh, host: string): boolean {
  const suffix = `.svc.${mesh.settings.clusterDomain}`;
  const [, namespace] = host.endsWith(suffix) ? host.slice(0, -suffix.length).split(".") : [];
  return mesh.notRendered.length === 0 && mesh.services.some((service) => service.namespace === namespace);
}
