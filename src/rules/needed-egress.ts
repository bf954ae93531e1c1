import { isSubsetOf } from "../mesh/hosts.ts";
import type { Mesh } from "../mesh/object.ts";
import { destinationPorts } from "../mesh/service-index.ts";
import { serviceNamespace } from "../mesh/service-namespace.ts";
import { resolveVirtualServices } from "../mesh/virtual-services.ts";

/** More hosts than these are no list that anybody reads. */
const mostHosts = 12;

/**
 * The shortest egress list with which a namespace reaches everything that Git shows it to call: itself with its
 * ServiceEntries, the root namespace, and what its own VirtualServices are for and lead to.
 */
export function neededEgress(mesh: Mesh, namespace: string): readonly string[] {
  const { rootNamespace } = mesh.settings;
  return [
    ...(namespace === rootNamespace ? ["./*"] : ["./*", `${rootNamespace}/*`]),
    ...neededHosts(mesh, namespace),
  ];
}

/** The hosts of other namespaces that the routes of a namespace are for or lead to, as egress hosts. */
export function neededHosts(mesh: Mesh, namespace: string): readonly string[] {
  const { rootNamespace, clusterDomain } = mesh.settings;
  const hosts = resolveVirtualServices(mesh)
    .filter(({ object, gateways }) => object.namespace === namespace && gateways.includes("mesh"))
    .flatMap((service) => [...service.hosts, ...destinationPorts(service, namespace, clusterDomain).keys()]);
  const elsewhere = hosts.flatMap((host) => {
    const owner = ownerOf(mesh, host, namespace);
    return owner === null || owner === namespace || owner === rootNamespace ? [] : [`${owner}/${host}`];
  });
  return [...new Set(elsewhere)].sort();
}

/** The list as people paste it; a long one is cut. */
export function egressText(hosts: readonly string[]): string {
  const shown = hosts.slice(0, mostHosts).map((host) => `\`${host}\``);
  const rest = hosts.length - shown.length;
  return `${shown.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}

/** The namespace of a host: of its service, else of a ServiceEntry that covers it. */
function ownerOf(mesh: Mesh, host: string, client: string): string | null {
  const known = serviceNamespace(mesh, host, client);
  if (known !== null) return known;
  const entry = mesh.serviceEntries.find(({ spec }) => spec.hosts?.some((other) => isSubsetOf(host, other)));
  return entry?.namespace ?? null;
}
