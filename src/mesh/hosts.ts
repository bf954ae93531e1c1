/** Whether a host begins with the wildcard `*` (pkg/config/host/name.go `IsWildCarded`). */
export function isWildcard(host: string): boolean {
  return host.startsWith("*");
}

/** Whether two hosts, either of which may be a wildcard, have a name in common (host/name.go `Matches`). */
export function hostsOverlap(a: string, b: string): boolean {
  return isSubsetOf(a, b) || isSubsetOf(b, a);
}

/** Whether `outer` covers every name that `inner` covers (host/name.go `SubsetOf`). `*.a.com` does not cover `a.com`. */
export function isSubsetOf(inner: string, outer: string): boolean {
  if (!isWildcard(outer)) return inner === outer;
  if (isWildcard(inner) && inner.length < outer.length) return false;
  return (isWildcard(inner) ? inner.slice(1) : inner).endsWith(outer.slice(1));
}

/** Orders hosts as Istio does: exact before wildcard, then longer first, then by alphabet (host/names.go `MoreSpecific`). */
export function compareSpecificity(a: string, b: string): number {
  if (isWildcard(a) !== isWildcard(b)) return isWildcard(a) ? 1 : -1;
  if (a.length !== b.length) return b.length - a.length;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The names that both lists cover: of each overlapping pair the more specific one (host/names.go `Intersection`). */
export function intersectHosts(hosts: readonly string[], others: readonly string[]): string[] {
  const result = new Set<string>();
  for (const host of hosts) {
    for (const other of others) {
      if (isSubsetOf(host, other)) result.add(host);
      else if (isSubsetOf(other, host)) result.add(other);
    }
  }
  return [...result];
}

/**
 * The hosts of a Gateway server that are open to VirtualServices of `namespace`, without their `namespace/` part
 * (host/names.go `NamesForNamespace`; `.` is to be replaced before).
 */
export function hostsForNamespace(hosts: readonly string[], namespace: string): string[] {
  return hosts.flatMap((host) => {
    const slash = host.indexOf("/");
    if (slash < 0) return [host];
    const scope = host.slice(0, slash);
    return scope === namespace || scope === "*" ? [host.slice(slash + 1)] : [];
  });
}

/** Which of `hosts` answers for `needle`: itself, else the most specific wildcard (pilot/pkg/model/config.go `MostSpecificHostMatch`). */
export function mostSpecificHost(needle: string, hosts: Iterable<string>): string | null {
  const name = isWildcard(needle) ? needle.slice(1) : needle;
  let best: string | null = null;
  for (const host of hosts) {
    if (host === needle) return host;
    if (!isWildcard(host) || !name.endsWith(host.slice(1))) continue;
    if (best === null || compareSpecificity(host, best) < 0) best = host;
  }
  return best;
}

const ipv4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;

/** Whether a host is an IP address rather than a name. Names never hold a colon, so any does for IPv6. */
export function isAddress(host: string): boolean {
  return host.includes(":") || ipv4.test(host);
}

/**
 * The fully qualified form of a host written in an object of `namespace` (pilot/pkg/model/config.go
 * `ResolveShortnameToFQDN`): a name without a dot is a service of that namespace; everything else stays.
 */
export function qualifyHost(host: string, namespace: string, clusterDomain: string): string {
  if (host === "" || host === "*" || host.includes(".") || isAddress(host)) return host;
  const owner = namespace === "" ? "" : `.${namespace}`;
  return clusterDomain === "" ? host + owner : `${host}${owner}.svc.${clusterDomain}`;
}

/**
 * The Gateway that a VirtualService of `namespace` names, as `namespace/name`; `mesh` stays
 * (pilot/pkg/model/config.go `resolveGatewayName`, which still reads `name.namespace.svc…`).
 */
export function qualifyGateway(gateway: string, namespace: string): string {
  if (gateway === "mesh") return gateway;
  if (gateway.startsWith("./")) return `${namespace}/${gateway.slice(2)}`;
  if (gateway.includes("/")) return gateway;
  const [name, owner] = gateway.split(".");
  return `${owner ?? namespace}/${name}`;
}
