import { isObject } from "../../../manifest/json.ts";
import type { Json, Path } from "../../../manifest/source.ts";
import type { HTTPMatchRequest, HTTPRoute, TCPRoute, TLSRoute, VirtualService } from "../../istio.ts";

import { type Issue, type Issues, warning } from "./issue.ts";
import { coveredPrefixes, type PrefixMatch, prefixMatch } from "./overlapping-prefix.ts";

/**
 * Routes and matches that no request reaches because an earlier route answers all of theirs (validation.go
 * `analyzeUnreachableHTTPRules` and its twins). Istio's findings IST0130 and IST0131.
 */
export function* unreachableRules(spec: VirtualService): Issues {
  yield* unreachable("http", spec.http ?? []);
  yield* unreachable("tcp", spec.tcp ?? []);
  yield* unreachable("tls", spec.tls ?? []);
}

type Route = HTTPRoute | TCPRoute | TLSRoute;

function* unreachable(protocol: "http" | "tcp" | "tls", routes: readonly Route[]): Issues {
  const firstWith = new Map<string, string>();
  const prefixes: PrefixMatch[] = [];
  let catchAll: string | null = null;
  for (const [index, route] of routes.entries()) {
    const path = ["spec", protocol, index];
    const name = label(route, index);
    if (!route.match) {
      if (catchAll !== null)
        yield unused(
          path,
          `route ${name} is never used: route ${catchAll} has no match either and answers first`,
        );
      catchAll = name;
      continue;
    }
    let duplicates = 0;
    for (const [position, match] of route.match.entries()) {
      const at = [...path, "match", position];
      if (catchAll !== null) {
        yield unused(
          at,
          `match ${label(match, position)} of route ${name} is never used: route ${catchAll} has no match and answers first`,
        );
        continue;
      }
      const key = matchKey(match);
      const first = firstWith.get(key);
      if (first !== undefined) {
        duplicates++;
        yield ineffective(
          at,
          `match ${label(match, position)} of route ${name} is never used: route ${first} has the same match`,
        );
        continue;
      }
      firstWith.set(key, name);
      const prefix =
        protocol === "http"
          ? prefixMatch(match, at, `match ${label(match, position)} of route ${name}`)
          : null;
      if (prefix) prefixes.push(prefix);
    }
    if (duplicates === route.match.length) {
      yield unused(path, `route ${name} is never used: earlier routes have all its matches`);
    }
  }
  for (const { covered, by } of coveredPrefixes(prefixes)) {
    yield ineffective(
      covered.path,
      `${covered.name}, prefix ${covered.prefix}, is never used: ${by.name} answers all of ${by.prefix}`,
    );
  }
}

function unused(path: Path, message: string): Issue {
  return warning(
    "unreachable-route",
    path,
    message,
    "move it before the route that answers first, or remove it",
  );
}

function ineffective(path: Path, message: string): Issue {
  return warning("ineffective-match", path, message, "move the more specific match first, or remove it");
}

function label(named: { readonly name?: string } | object, index: number): string {
  const name = "name" in named ? named.name : undefined;
  return name ? JSON.stringify(name) : `#${index}`;
}

/** A match without its name, as text that is equal for equal matches: protobuf does not tell defaults from absence. */
function matchKey(match: HTTPMatchRequest | object): string {
  return canonical({ ...(match as Record<string, Json>), name: "" }, false);
}

function canonical(value: Json, keepDefaults: boolean): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item, true)).join()}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const entries = Object.entries(value)
    .filter(([, inner]) => keepDefaults || (inner !== "" && inner !== 0 && inner !== false))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner, true)}`).join()}}`;
}
