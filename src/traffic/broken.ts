import type { Path } from "../manifest/source.ts";
import { isSubsetOf, isWildcard, qualifyHost } from "../mesh/hosts.ts";
import type { Mesh } from "../mesh/object.ts";
import { meshServices } from "../mesh/services.ts";
import {
  type ResolvedVirtualService,
  type RouteEntry,
  resolveVirtualServices,
} from "../mesh/virtual-services.ts";
import type { BrokenDestination, Destination } from "./change.ts";

/**
 * Destinations that head sends requests to although they are not there: a subset that no DestinationRule of its host
 * defines, or a host whose service head removes. What Git shows on neither side may well exist elsewhere.
 */
export function brokenDestinations(base: Mesh, head: Mesh): BrokenDestination[] {
  const [before, after] = [new Registry(base), new Registry(head)];
  const found = brokenUses(head, after, before.hosts);
  if (found.length === 0) return [];
  const known = new Set(brokenUses(base, before, new Set()).map(keyOf));
  return found.map((use) => ({
    object: use.entry.object.id,
    route: `${use.entry.path[1]}[${use.entry.index}]`,
    range: use.entry.object.locate(use.path),
    destination: use.destination,
    missing: use.missing,
    isNew: !known.has(keyOf(use)),
  }));
}

/** A leg whose destination does not exist. */
interface BrokenUse {
  readonly entry: RouteEntry;
  readonly path: Path;
  readonly destination: Destination;
  readonly missing: BrokenDestination["missing"];
}

const keyOf = ({ entry, destination: { host, subset } }: BrokenUse): string =>
  JSON.stringify([entry.object.scope, entry.object.id, host, subset]);

function brokenUses(mesh: Mesh, registry: Registry, before: ReadonlySet<string>): BrokenUse[] {
  if (!registry.canMiss(before)) return [];
  const found = new Map<string, BrokenUse>();
  for (const { entry, route } of entries(mesh)) {
    for (const [index, { destination, weight }] of route.entries()) {
      // A leg of weight zero gets no requests, unless it is the only one.
      if (route.length > 1 && !weight) continue;
      const host = qualifyHost(destination.host, entry.object.namespace, mesh.settings.clusterDomain);
      const subset = destination.subset || null;
      const missing = registry.missing(host, subset, before);
      if (missing === null) continue;
      const path = [...entry.path, "route", index, "destination"];
      const place = JSON.stringify([entry.object.scope, entry.object.id, path]);
      const named = { host, port: destination.port?.number ?? null, subset, headers: "" };
      found.set(place, { entry, path, destination: named, missing });
    }
  }
  return [...found.values()];
}

type Legs = NonNullable<ResolvedVirtualService["http"][number]["route"]["route"]>;

function* entries(mesh: Mesh): Generator<{ entry: RouteEntry; route: Legs }> {
  for (const { object, http } of resolveVirtualServices(mesh)) {
    for (const { entry, route } of http) yield { entry, route: route.route ?? [] };
    for (const list of ["tls", "tcp"] as const) {
      for (const [index, { route }] of (object.spec[list] ?? []).entries()) {
        yield { entry: { object, path: ["spec", list, index], index }, route: route ?? [] };
      }
    }
  }
}

/** What one side says exists. */
class Registry {
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
