import type { Path } from "../manifest/source.ts";
import { qualifyHost } from "../mesh/hosts.ts";
import type { Mesh } from "../mesh/object.ts";
import {
  type ResolvedVirtualService,
  type RouteEntry,
  resolveVirtualServices,
} from "../mesh/virtual-services.ts";
import type { BrokenDestination, Destination } from "./change.ts";
import { type Registry, registryOf } from "./registry.ts";

/**
 * Destinations that head sends requests to although they are not there: a subset that no DestinationRule of its host
 * defines, or a host whose service head removes. What Git shows on neither side may well exist elsewhere.
 */
export function brokenDestinations(base: Mesh, head: Mesh): BrokenDestination[] {
  const [before, after] = [registryOf(base), registryOf(head)];
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
