import { isAddress } from "../../../mesh/hosts.ts";
import { type MeshService, unspecifiedAddress } from "../../../mesh/services.ts";

/** The names under which a sidecar answers for a service. */
export interface HostDomains {
  readonly domains: readonly string[];
  /** Those of them that only stand for the host from where the proxy is: they yield to a service of that very name. */
  readonly alternatives: readonly string[];
}

/**
 * The `Host` headers that reach a service from a proxy of `namespace`: its name, what DNS search would complete to it, the
 * same of its aliases, subdomains of a headless service, and its address (httproute.go `generateVirtualHostDomains`).
 */
export function hostDomains(service: MeshService, namespace: string, clusterDomain: string): HostDomains {
  const names = [service.host, ...service.aliases.map(({ host }) => host)];
  const alternatives = names.map((name) => alternativeNames(name, namespace, clusterDomain));
  const domains = names.flatMap((name, index) => [name, ...(alternatives[index] ?? [])]);
  const subdomains =
    service.resolution === "passthrough" && service.registry === "kubernetes"
      ? domains.map((domain) => `*.${domain}`)
      : [];
  const addresses = service.address === unspecifiedAddress ? [] : [service.address];
  return { domains: [...domains, ...subdomains, ...addresses], alternatives: alternatives.flat() };
}

/** httproute.go `GenerateAltVirtualHosts`: `reviews`, `reviews.ns`, `reviews.ns.svc`, and the name with its final dot. */
export function alternativeNames(host: string, namespace: string, clusterDomain: string): string[] {
  const absolute = isAddress(host) ? [] : [`${host}.`];
  const suffix = `.svc.${clusterDomain}`;
  const position = host.indexOf(".svc.");
  if (!host.endsWith(suffix) || position <= 0) return absolute;
  const short = host.slice(0, position);
  const [name = "", owner] = short.split(/\.(.*)/s);
  if (owner === undefined) return absolute;
  const local = owner === namespace ? [name] : [];
  return [...absolute, ...local, `${short}.svc`, short];
}
