import { hostsOverlap, isSubsetOf, isWildcard } from "./hosts.ts";

interface Scope {
  readonly imported: string[];
  readonly excluded: string[];
}

/** The hosts that an egress listener of a Sidecar imports, by namespace; `*` stands for every namespace. */
export type EgressHosts = ReadonlyMap<string, Scope>;

/**
 * Reads `namespace/dnsName` entries for workloads of `namespace`: `.` is their own, `*` any, `~ns/dns` excludes
 * (pilot/pkg/model/sidecar.go `convertIstioListenerToWrapper`).
 */
export function readEgressHosts(hosts: readonly string[], namespace: string): EgressHosts {
  const scopes = new Map<string, Scope>();
  for (const host of hosts) {
    const [owner = "", name, ...rest] = host.split("/");
    if (name === undefined || rest.length > 0) continue;
    const excluded = owner.startsWith("~");
    const bare = excluded ? owner.slice(1) || "*" : owner;
    const key = bare === "." ? namespace : bare;
    const scope = scopes.get(key) ?? { imported: [], excluded: [] };
    scopes.set(key, scope);
    (excluded ? scope.excluded : scope.imported).push(name);
  }
  return scopes;
}

/** Whether every import names one host of one namespace: then Istio looks services up instead of filtering all. */
export function importsExactHostsOnly(hosts: EgressHosts): boolean {
  return [...hosts].every(
    ([namespace, { imported }]) =>
      imported.length === 0 || (namespace !== "*" && !imported.some((host) => isWildcard(host))),
  );
}

const scopesOf = (hosts: EgressHosts, namespace: string): Scope[] =>
  [hosts.get(namespace), hosts.get("*")].filter((scope) => scope !== undefined);

/** Whether a service `host` of `namespace` is imported (sidecar.go `selectServices`, `Matches`). */
export function importsService(hosts: EgressHosts, namespace: string, host: string): boolean {
  const scopes = scopesOf(hosts, namespace);
  if (scopes.some((scope) => scope.excluded.some((excluded) => isSubsetOf(host, excluded)))) return false;
  return scopes.some((scope) => scope.imported.some((imported) => isSubsetOf(host, imported)));
}

/**
 * Whether a VirtualService of `namespace` is imported: any one of its hosts overlaps an import and is not excluded
 * (virtualservice.go `SelectVirtualServices`, sidecar.go `VSMatches`). It then counts with all its hosts.
 */
export function importsVirtualService(
  hosts: EgressHosts,
  namespace: string,
  serviceHosts: readonly string[],
): boolean {
  const scopes = scopesOf(hosts, namespace);
  return serviceHosts.some(
    (host) =>
      scopes.some((scope) => scope.imported.some((imported) => hostsOverlap(host, imported))) &&
      !scopes.some((scope) => scope.excluded.some((excluded) => isSubsetOf(host, excluded))),
  );
}
