import type { Path } from "../../../manifest/source.ts";
import type { RouteDestination, WeightedDestination } from "../../istio.ts";
import { headerOperations } from "./header-operations.ts";
import { error, type Issues } from "./issue.ts";
import { subsetName, wildcardHost } from "./names.ts";
import { portNumber } from "./ports.ts";

/** A destination; an absent one is left alone (validation.go `validateDestination`). */
export function* destination(target: RouteDestination | undefined, path: Path): Issues {
  if (!target) return;
  const host = target.host ?? "";
  if (host === "*")
    yield error("invalid-host", [...path, "host"], "a destination is one host, not `*`", "name the host");
  else yield* wildcardHost(host, [...path, "host"]);
  if (target.subset) yield* subsetName(target.subset, [...path, "subset"]);
  if (target.port) yield* portNumber(target.port.number, [...path, "port", "number"]);
}

/**
 * The destinations of a route with their weights (validation.go `validateHTTPRouteDestinations`). Weights need not sum
 * up to 100: Envoy normalises them, and only a sum of 0 is refused. `anyHost` is for routes made from the Gateway API.
 */
export function* weightedDestinations(
  legs: readonly WeightedDestination[] | undefined,
  path: Path,
  anyHost = false,
): Issues {
  if (!legs) return;
  for (const [index, leg] of legs.entries()) {
    const at = [...path, index];
    if (!leg.destination)
      yield error(
        "required",
        [...at, "destination"],
        "a route destination needs `destination`",
        "add `destination` with `host`",
      );
    if (leg.headers) yield* headerOperations(leg.headers, [...at, "headers"]);
    if (!anyHost) yield* destination(leg.destination, [...at, "destination"]);
    if ((leg.weight ?? 0) < 0)
      yield error("out-of-range", [...at, "weight"], `\`weight\` cannot be negative: ${leg.weight}`);
  }
  // Istio adds in 32 bits, where a sum may overflow to 0.
  const total = legs.reduce((sum, { weight = 0 }) => (sum + weight) | 0, 0);
  if (legs.length > 1 && total === 0) {
    const message = "the weights of a route's destinations must not sum up to 0";
    yield error("zero-weights", path, message, "give each destination a `weight`");
  }
}
