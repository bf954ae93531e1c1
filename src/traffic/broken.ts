import type { Path } from "../manifest/source.ts";
import { isSubsetOf, qualifyHost } from "../mesh/hosts.ts";
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
  const known = new Set(uses(base).flatMap((use) => (before.missing(use, null) ? [keyOf(use)] : [])));
  const found = new Map<string, BrokenDestination>();
  for (const use of uses(head)) {
    const missing = after.missing(use, before);
    const { entry, path, destination } = use;
    if (missing === null || found.has(`${keyOf(use)} ${path.join(".")}`)) continue;
    found.set(`${keyOf(use)} ${path.join(".")}`, {
      object: entry.object.id,
      route: `${entry.path[1]}[${entry.index}]`,
      range: entry.object.locate(path),
      destination,
      missing,
      isNew: !known.has(keyOf(use)),
    });
  }
  return [...found.values()];
}

/** A place that sends requests somewhere. */
interface Use {
  readonly entry: RouteEntry;
  readonly path: Path;
  readonly destination: Destination;
}

const keyOf = ({ entry, destination: { host, subset } }: Use): string =>
  JSON.stringify([entry.object.scope, entry.object.id, host, subset]);

function uses(mesh: Mesh): Use[] {
  return resolveVirtualServices(mesh).flatMap((service) => [
    ...service.http.flatMap(({ route, entry }) => legs(mesh, entry, route.route ?? [])),
    ...connectionUses(mesh, service),
  ]);
}

function connectionUses(mesh: Mesh, { object }: ResolvedVirtualService): Use[] {
  return (["tls", "tcp"] as const).flatMap((list) =>
    (object.spec[list] ?? []).flatMap(({ route }, index) =>
      legs(mesh, { object, path: ["spec", list, index], index }, route ?? []),
    ),
  );
}

type Legs = NonNullable<ResolvedVirtualService["http"][number]["route"]["route"]>;

/** Legs of weight zero get no requests, unless there is only one. */
function legs(mesh: Mesh, entry: RouteEntry, route: Legs): Use[] {
  return route.flatMap(({ destination: { host, subset, port }, weight }, index) => {
    if (route.length > 1 && !weight) return [];
    const destination = {
      host: qualifyHost(host, entry.object.namespace, mesh.settings.clusterDomain),
      port: port?.number ?? null,
      subset: subset || null,
      headers: "",
    };
    return [{ entry, path: [...entry.path, "route", index, "destination"], destination }];
  });
}

/** What one side says exists. */
class Registry {
  private readonly hosts: ReadonlySet<string>;
  /** Subset names by the host, perhaps a wildcard, that a DestinationRule is for. */
  private readonly subsets = new Map<string, Set<string>>();

  constructor(mesh: Mesh) {
    this.hosts = new Set(meshServices(mesh).map(({ host }) => host));
    for (const { spec, namespace } of mesh.destinationRules) {
      const host = qualifyHost(spec.host ?? "", namespace, mesh.settings.clusterDomain);
      const names = this.subsets.get(host) ?? new Set();
      for (const { name } of spec.subsets ?? []) names.add(name);
      this.subsets.set(host, names);
    }
  }

  /** @param before the other side, where a host that is missing here may have been. */
  missing(
    { destination: { host, subset } }: Use,
    before: Registry | null,
  ): BrokenDestination["missing"] | null {
    if (!this.shows(host) && before?.shows(host)) return "host";
    if (subset === null) return null;
    const rules = [...this.subsets].filter(([pattern]) => isSubsetOf(host, pattern));
    return rules.length > 0 && !rules.some(([, names]) => names.has(subset)) ? "subset" : null;
  }

  private shows(host: string): boolean {
    return (
      this.hosts.has(host) ||
      [...this.hosts].some((known) => known.startsWith("*") && isSubsetOf(host, known))
    );
  }
}
