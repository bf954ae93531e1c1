import type { Path } from "../../manifest/source.ts";
import { qualifyHost } from "../../mesh/hosts.ts";
import type { RouteDestination, WeightedDestination } from "../../mesh/istio.ts";
import type { Destination } from "../change.ts";
import { fraction } from "../fraction.ts";
import type { ActionLeg } from "./action.ts";
import { translateHeaders } from "./header-operations.ts";

/** How names of one object read. */
export interface Naming {
  readonly namespace: string;
  readonly clusterDomain: string;
}

/** A destination with its host qualified; without a port of its own it takes the port of the request: null. */
export function translateDestination(
  destination: RouteDestination,
  naming: Naming,
  headers = "",
): Destination {
  return {
    host: qualifyHost(destination.host, naming.namespace, naming.clusterDomain),
    port: destination.port?.number ?? null,
    subset: destination.subset || null,
    headers,
  };
}

/**
 * The destinations of a route and their exact shares: one destination gets everything whatever its weight; of several,
 * those of weight 0 get nothing and the rest share by weight (route.go `applyHTTPRouteDestination`).
 *
 * @param path the entry that holds the `route` list.
 */
export function translateLegs(
  route: readonly WeightedDestination[],
  naming: Naming,
  path: Path,
): readonly ActionLeg[] {
  const single = route.length === 1;
  const weights = route.map((leg) => (single ? 1 : (leg.weight ?? 0)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const legs = new Map<string, { weight: number; leg: Omit<ActionLeg, "share"> }>();
  for (const [index, item] of route.entries()) {
    const weight = weights[index] ?? 0;
    if (weight <= 0) continue;
    const destination = translateDestination(item.destination, naming, legHeaders(item, single));
    const key = destinationText(destination);
    const known = legs.get(key);
    const legPath: Path = [...path, "route", index];
    const weightPath = [...legPath, item.weight === undefined ? "destination" : "weight"];
    legs.set(key, {
      weight: (known?.weight ?? 0) + weight,
      leg: known?.leg ?? { destination, path: legPath, weightPath },
    });
  }
  return [...legs.values()].map(({ weight, leg }) => ({ ...leg, share: fraction(weight, total) }));
}

/** On one of several destinations a new authority is part of the leg; on a single one it belongs to the whole route. */
function legHeaders(leg: WeightedDestination, single: boolean): string {
  const { text, authority } = translateHeaders(leg.headers);
  return single || authority === null ? text : `${text} authority ${authority}`.trim();
}

/** A text equal exactly for equal destinations. */
export function destinationText({ host, port, subset, headers }: Destination): string {
  return `${host}\n${port}\n${subset ?? ""}\n${headers}`;
}
