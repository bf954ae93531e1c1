import { isSubsetOf, isWildcard, qualifyHost } from "../mesh/hosts.ts";
import type { Mesh } from "../mesh/object.ts";
import { meshServices } from "../mesh/services.ts";
import type { BrokenDestination } from "./change.ts";

const registries = new WeakMap<Mesh, Registry>();

/** What a mesh says exists, worked out once. */
export function registryOf(mesh: Mesh): Registry {
  const registry = registries.get(mesh) ?? new Registry(mesh);
  registries.set(mesh, registry);
  return registry;
}

/** Hosts, and the subsets of hosts that Git defines. */
export class Registry {
  readonly hosts: ReadonlySet<string>;
  /** Subset names by the host, perhaps a wildcard, that a DestinationRule is for. */
  private readonly subsets = new Map<string, Set<string>>();
  private readonly wildcards: readonly string[];
  private readonly subsetsByHost = new Map<string, readonly ReadonlySet<string>[]>();

  constructor(mesh: Mesh) {
    this.hosts = new Set(meshServices(mesh).map(({ host }) => host));
    for (const { spec, namespace } of mesh.destinationRules) {
      const host = qualifyHost(spec.host ?? "", namespace, mesh.settings.clusterDomain);
      const names = this.subsets.get(host) ?? new Set();
      for (const { name } of spec.subsets ?? []) names.add(name);
      this.subsets.set(host, names);
    }
    this.wildcards = [...this.hosts, ...this.subsets.keys()].filter(isWildcard);
  }

  /** Whether anything could be missing at all. */
  canMiss(before: ReadonlySet<string>): boolean {
    return this.subsets.size > 0 || [...before].some((host) => !this.hosts.has(host));
  }

  /** @param before the hosts of the other side, where a host that is not here may have been. */
  missing(
    host: string,
    subset: string | null,
    before: ReadonlySet<string>,
  ): BrokenDestination["missing"] | null {
    if (before.has(host) && !this.shows(host)) return "host";
    if (subset === null) return null;
    const names = this.subsetsOf(host);
    return names.length > 0 && !names.some((known) => known.has(subset)) ? "subset" : null;
  }

  /** The subset names of every DestinationRule that is for the host. */
  private subsetsOf(host: string): readonly ReadonlySet<string>[] {
    const known = this.subsetsByHost.get(host);
    if (known !== undefined) return known;
    const covering = this.wildcards.filter((wildcard) => wildcard !== host && isSubsetOf(host, wildcard));
    const names = [host, ...covering].flatMap((pattern) => this.subsets.get(pattern) ?? []);
    this.subsetsByHost.set(host, names);
    return names;
  }

  private shows(host: string): boolean {
    return (
      this.hosts.has(host) || this.wildcards.some((known) => this.hosts.has(known) && isSubsetOf(host, known))
    );
  }
}
