import type { HTTPRoute } from "../mesh/istio.ts";
import { canonicalJson } from "./effective/canonical.ts";
import type { EffectiveRoute } from "./effective/table.ts";

/** What a route asks of requests, whatever the order in which its author wrote it down. */
export function matchers({ match }: Pick<HTTPRoute, "match">): string {
  return match?.length ? canonicalJson(match) : "every request";
}

/** An entry as its operator finds it: `http[2] "premium"`. */
export function routeName({ origin: { entry, name } }: EffectiveRoute): string {
  const [, list, index] = entry.path;
  return `${list}[${index}]${name === null ? "" : ` ${JSON.stringify(name)}`}`;
}

/** One match of an entry, where it has several: `http[2] "premium" match[1]`. */
export function matchName(route: EffectiveRoute): string {
  const { entry, matchIndex } = route.origin;
  const { spec } = entry.object;
  const matches = spec[route.protocol]?.[entry.index]?.match?.length ?? 0;
  return `${routeName(route)}${matchIndex !== null && matches > 1 ? ` match[${matchIndex}]` : ""}`;
}
