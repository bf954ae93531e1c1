import type { Path } from "../../../manifest/source.ts";
import type { HTTPMatchRequest, StringMatch } from "../../istio.ts";
import { compareText } from "../../visibility.ts";

/** A match by path prefix, with what else of it Istio compares. Values are `exact:…`, `prefix:…` or empty. */
export interface PrefixMatch {
  readonly path: Path;
  readonly name: string;
  readonly prefix: string;
  readonly port: number;
  readonly method: string;
  readonly authority: string;
  readonly maps: readonly ReadonlyMap<string, string>[];
}

/** What a match by path prefix is compared by; null for other matches (validation.go `genMatchHTTPRoutes`). */
export function prefixMatch(match: HTTPMatchRequest, path: Path, name: string): PrefixMatch | null {
  const prefix = match.uri?.prefix;
  if (!prefix) return null;
  return {
    path,
    name,
    prefix,
    port: match.port ?? 0,
    // Istio takes a match without method for one of GET requests.
    method: encoded(match.method) || "exact:GET",
    authority: encoded(match.authority),
    maps: [match.headers, match.queryParams, match.withoutHeaders].map(
      (matches = {}) => new Map(Object.entries(matches).map(([key, value]) => [key, encoded(value)])),
    ),
  };
}

function encoded(match: StringMatch | undefined): string {
  if (match?.exact) return `exact:${match.exact}`;
  return match?.prefix ? `prefix:${match.prefix}` : "";
}

/** Prefixes may cover each other in any number of pairs: beyond this many, warnings are not worth the time. */
const mostCompared = 1_000;

/** Pairs of matches of which the earlier one answers for the later one, as far as Istio looks; among the first 1,000. */
export function* coveredPrefixes(matches: readonly PrefixMatch[]) {
  const compared = matches.slice(0, mostCompared);
  // In the order of their text, what begins with a prefix stands right behind it.
  const ordered = [...compared.entries()].sort(([, a], [, b]) => compareText(a.prefix, b.prefix));
  const places = new Map(ordered.map(([index], place) => [index, place]));
  for (const [index, by] of compared.entries()) {
    const later: [number, PrefixMatch][] = [];
    for (let place = places.get(index)! + 1; place < ordered.length; place++) {
      const entry = ordered[place]!;
      const [position, covered] = entry;
      if (!covered.prefix.startsWith(by.prefix)) break;
      if (position > index && covered.prefix !== by.prefix && covers(by, covered)) later.push(entry);
    }
    for (const [, covered] of later.sort(([a], [b]) => a - b)) yield { covered, by };
  }
}

/**
 * Whether `a` covers the later `b`, whose prefix begins with its own (validation.go `coveredValidation`). Compares texts as Istio does, false alarms
 * included: `sourceLabels`, `gateways`, `scheme` and `ignoreUriCase` are not looked at.
 */
function covers(a: PrefixMatch, b: PrefixMatch): boolean {
  return (
    a.port === b.port &&
    a.method.startsWith(b.method) &&
    a.authority.startsWith(b.authority) &&
    a.maps.every((entries, index) => coversMap(entries, b.maps[index]!))
  );
}

function coversMap(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  return a.size === b.size && [...a].every(([key, value]) => b.has(key) && value.startsWith(b.get(key)!));
}
