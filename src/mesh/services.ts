import { isAddress } from "./hosts.ts";
import type { ServiceEntry } from "./istio.ts";
import type { Mesh, MeshObject, ServiceSpec } from "./object.ts";
import { type PortProtocol, parseProtocol, serviceProtocol } from "./port-protocol.ts";
import { compareText, lookupRank, type Visibility, visibility } from "./visibility.ts";

export interface ServicePort {
  readonly number: number;
  readonly name: string;
  readonly protocol: PortProtocol;
  /** The container's port: a number, or the name of one, which only the pod knows. */
  readonly targetPort: number | string;
}

/** `passthrough`: the client's own choice of address is kept (headless services, resolution NONE). */
export type Resolution = "endpoints" | "passthrough" | "dns" | "dns-round-robin" | "dynamic-dns" | "alias";

/** One host of the registry at one address: a Kubernetes Service, or a host of a ServiceEntry. */
export interface MeshService {
  readonly object: MeshObject<ServiceSpec> | MeshObject<ServiceEntry>;
  readonly registry: "kubernetes" | "external";
  readonly host: string;
  readonly namespace: string;
  readonly resolution: Resolution;
  /** An IP address, a CIDR range, or `unspecifiedAddress` where clients reach it by name alone. */
  readonly address: string;
  readonly ports: readonly ServicePort[];
  readonly visibility: Visibility;
  /** Hosts of ExternalName Services that stand for this one. */
  readonly aliases: readonly { readonly host: string; readonly namespace: string }[];
  /** Where an alias leads. */
  readonly externalName: string | null;
}

/** The address of a service that has none of its own. */
export const unspecifiedAddress = "0.0.0.0";

const registries = new WeakMap<Mesh, readonly MeshService[]>();

/** All services of the mesh, oldest first, aliases attached (push_context.go `initServiceRegistry`). */
export function meshServices(mesh: Mesh): readonly MeshService[] {
  const known = registries.get(mesh);
  if (known) return known;
  const all = [
    ...mesh.services.map((object) => fromService(object, mesh.settings.clusterDomain)),
    ...mesh.serviceEntries.flatMap(fromServiceEntry),
  ];
  const sorted = all.sort(
    (a, b) =>
      (a.object.created ?? 0) - (b.object.created ?? 0) ||
      compareText(registryName(a), registryName(b)) ||
      compareText(a.namespace, b.namespace),
  );
  const result = attachAliases(sorted);
  registries.set(mesh, result);
  return result;
}

/** The services that a proxy of `namespace` may see: exported to it by name first, then public ones (`servicesExportedToNamespace`). */
export function visibleServices(mesh: Mesh, namespace: string): readonly MeshService[] {
  const all = meshServices(mesh);
  const ranks = all.map((service) => lookupRank(service.visibility, namespace));
  const named = all.filter((_, index) => ranks[index] === 0 || ranks[index] === 1);
  return [...named, ...all.filter((_, index) => ranks[index] === 2)];
}

const registryName = (service: MeshService): string =>
  service.registry === "kubernetes" ? service.object.name : service.host;

function fromService(object: MeshObject<ServiceSpec>, clusterDomain: string): MeshService {
  const { spec } = object;
  const externalName = spec.type === "ExternalName" && spec.externalName ? spec.externalName : null;
  const headless = spec.clusterIP === "None";
  const exportTo = object.annotations["networking.istio.io/exportTo"];
  return {
    object,
    registry: "kubernetes",
    host: `${object.name}.${object.namespace}.svc.${clusterDomain}`,
    namespace: object.namespace,
    resolution: headless ? "passthrough" : externalName === null ? "endpoints" : "alias",
    address: headless || !spec.clusterIP ? unspecifiedAddress : spec.clusterIP,
    ports: (spec.ports ?? []).map((port) => ({
      number: port.port,
      name: port.name ?? "",
      protocol: serviceProtocol(port),
      targetPort: port.targetPort ?? port.port,
    })),
    visibility: visibility(
      exportTo?.split(",").map((entry) => entry.trim()),
      object.namespace,
    ),
    aliases: [],
    externalName,
  };
}

const resolutions = {
  NONE: "passthrough",
  STATIC: "endpoints",
  DNS: "dns",
  DNS_ROUND_ROBIN: "dns-round-robin",
  DYNAMIC_DNS: "dynamic-dns",
} as const;

/** One service for each host and address, all with all ports (serviceentry/conversion.go `convertServices`). */
function fromServiceEntry(object: MeshObject<ServiceEntry>): MeshService[] {
  const { spec } = object;
  const common = {
    object,
    registry: "external" as const,
    namespace: object.namespace,
    resolution: resolutions[spec.resolution ?? "NONE"],
    ports: (spec.ports ?? []).map((port) => ({
      number: port.number ?? 0,
      name: port.name ?? "",
      protocol: parseProtocol(port.protocol),
      targetPort: port.targetPort || (port.number ?? 0),
    })),
    visibility: visibility(spec.exportTo, object.namespace),
    aliases: [],
    externalName: null,
  };
  const stated = (spec.addresses ?? []).flatMap((address) => serviceAddress(address) ?? []);
  const addresses = spec.addresses?.length ? stated : [unspecifiedAddress];
  return (spec.hosts ?? []).flatMap((host) => addresses.map((address) => ({ ...common, host, address })));
}

/** An address without the mask that says it is one address; null where it is neither address nor range. */
function serviceAddress(text: string): string | null {
  const slash = text.indexOf("/");
  if (slash < 0) return isAddress(text) ? text : null;
  const address = text.slice(0, slash);
  if (!isAddress(address)) return null;
  return text.slice(slash + 1) === (address.includes(":") ? "128" : "32") ? address : text;
}

/** Makes every service know the ExternalName Services that end in it, through any number of hops (push_context.go `resolveServiceAliases`). */
function attachAliases(services: readonly MeshService[]): readonly MeshService[] {
  const aliases = services.filter((service) => service.resolution === "alias");
  if (aliases.length === 0) return services;
  const next = new Map(aliases.map((service) => [service.host, service.externalName ?? ""]));
  const byTarget = new Map<string, { host: string; namespace: string }[]>();
  for (const { host, namespace } of aliases) {
    const seen = new Set([host]);
    let target = next.get(host) ?? "";
    while (next.has(target) && !seen.has(target)) {
      seen.add(target);
      target = next.get(target) ?? "";
    }
    if (!next.has(target)) byTarget.set(target, [...(byTarget.get(target) ?? []), { host, namespace }]);
  }
  return services.map((service) => {
    const found = byTarget.get(service.host);
    if (!found) return service;
    found.sort((a, b) => compareText(a.namespace, b.namespace) || compareText(a.host, b.host));
    return { ...service, aliases: found };
  });
}
