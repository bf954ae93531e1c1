import { isAddress } from "../../../mesh/hosts.ts";
import type { Mesh } from "../../../mesh/object.ts";
import { type MeshService, meshServices, unspecifiedAddress } from "../../../mesh/services.ts";
import { hostName } from "./connection.ts";
import { podAddress } from "./sidecar-listener.ts";

/** The service that DNS would find for a host from a pod of `namespace`, ExternalNames followed; null: none of the mesh. */
export function serviceOfName(mesh: Mesh, namespace: string, host: string): MeshService | null {
  const name = hostName(host).replace(/\.$/, "");
  const { clusterDomain } = mesh.settings;
  const searched = ["", `.${namespace}.svc.${clusterDomain}`, `.svc.${clusterDomain}`, `.${clusterDomain}`];
  const services = meshServices(mesh);
  for (const suffix of searched) {
    const full = `${name}${suffix}`;
    const found = services.find((service) => service.host.toLowerCase() === full || isPodOf(service, full));
    if (found) return followed(services, found);
  }
  return null;
}

/** Pods of a headless service have names under its own. */
const isPodOf = (service: MeshService, name: string): boolean =>
  service.registry === "kubernetes" &&
  service.resolution === "passthrough" &&
  name.endsWith(`.${service.host}`);

function followed(services: readonly MeshService[], start: MeshService): MeshService {
  let service = start;
  const seen = new Set<string>();
  while (service.externalName !== null && !seen.has(service.host)) {
    seen.add(service.host);
    const next = services.find(({ host }) => host === service.externalName);
    if (!next) break;
    service = next;
  }
  return service;
}

/** The address that a client connects to when it asks for a host; null: one that the mesh does not know. */
export function addressOfHost(mesh: Mesh, namespace: string, host: string): string | null {
  const name = hostName(host);
  if (isAddress(name)) return name;
  const service = serviceOfName(mesh, namespace, host);
  if (!service) return null;
  if (service.address !== unspecifiedAddress) return service.address.split("/")[0] ?? null;
  return service.resolution === "passthrough" ? podAddress(service) : null;
}
