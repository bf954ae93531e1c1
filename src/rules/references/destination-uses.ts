import type { Path } from "../../manifest/source.ts";
import type { RouteDestination, VirtualService, WeightedDestination } from "../../mesh/istio.ts";
import type { MeshObject } from "../../mesh/object.ts";

/** A place where a VirtualService sends requests, or copies of them. */
export interface DestinationUse {
  readonly destination: RouteDestination;
  /** Of the destination, from the root of the manifest. */
  readonly path: Path;
  readonly isMirror: boolean;
  /** Percent of the route's requests; null for mirrors. */
  readonly share: number | null;
}

const uses = new WeakMap<MeshObject<VirtualService>, readonly DestinationUse[]>();

/** Every destination of a VirtualService, mirrors last. */
export function destinationUses(service: MeshObject<VirtualService>): readonly DestinationUse[] {
  const known = uses.get(service);
  if (known) return known;
  const { http = [] } = service.spec;
  const found = [
    ...(["tcp", "tls", "http"] as const).flatMap((protocol) =>
      (service.spec[protocol] ?? []).flatMap(({ route = [] }, index) =>
        legs(route, ["spec", protocol, index, "route"]),
      ),
    ),
    ...http.flatMap(({ mirror, mirrors = [] }, index): DestinationUse[] => {
      const path = ["spec", "http", index];
      return [
        ...(mirror ? [mirrored(mirror, [...path, "mirror"])] : []),
        ...mirrors.map(({ destination }, place) =>
          mirrored(destination, [...path, "mirrors", place, "destination"]),
        ),
      ];
    }),
  ];
  uses.set(service, found);
  return found;
}

function legs(route: readonly WeightedDestination[], path: Path): DestinationUse[] {
  const total = route.reduce((sum, { weight = 0 }) => sum + weight, 0);
  return route.map(({ destination, weight = 0 }, index) => ({
    destination,
    path: [...path, index, "destination"],
    isMirror: false,
    share: route.length === 1 ? 100 : total === 0 ? 0 : (100 * weight) / total,
  }));
}

function mirrored(destination: RouteDestination, path: Path): DestinationUse {
  return { destination, path, isMirror: true, share: null };
}
