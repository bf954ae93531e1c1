import { isObject } from "../../../manifest/json.ts";
import type { Json, Path } from "../../../manifest/source.ts";
import type { HTTPMatchRequest, HTTPRoute, TCPRoute, TLSRoute, VirtualService } from "../../istio.ts";
import { quote } from "../schema/wording.ts";
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

/** What the routes so far answer. */
interface Answered {
  /** By the key of each match, the route that has it. */
  readonly matches: Map<string, string>;
  /** In order; only HTTP has them. */
  readonly prefixes: PrefixMatch[];
  /** The last route without match, which answers everything. */
  all: string | null;
}

function* unreachable(protocol: "http" | "tcp" | "tls", routes: readonly Route[]): Issues {
  const answered: Answered = { matches: new Map(), prefixes: [], all: null };
  for (const [index, route] of routes.entries()) {
    const path = ["spec", protocol, index];
    const name = label(route, index);
    if (answered.all !== null) yield* behindCatchAll(route, name, answered.all, path);
    else if (route.match) yield* repeatedMatches(route.match, name, answered, path);
    if (!route.match) answered.all = name;
  }
  for (const { covered, by } of coveredPrefixes(answered.prefixes)) {
    const message = `${covered.name}, prefix ${quote(covered.prefix)}, is never used: ${by.name} answers all of ${quote(by.prefix)}`;
    yield ineffective(covered.path, message);
  }
}

function* behindCatchAll(route: Route, name: string, catchAll: string, path: Path): Issues {
  const because = `is never used: route ${catchAll} has no match and answers everything`;
  if (!route.match) yield unused(path, `route ${name} ${because}`);
  for (const [position, match] of (route.match ?? []).entries()) {
    yield unused([...path, "match", position], `match ${label(match, position)} of route ${name} ${because}`);
  }
}

function* repeatedMatches(
  matches: readonly (HTTPMatchRequest | object)[],
  name: string,
  answered: Answered,
  path: Path,
): Issues {
  let repeated = 0;
  for (const [position, match] of matches.entries()) {
    const at = [...path, "match", position];
    const what = `match ${label(match, position)} of route ${name}`;
    const key = matchKey(match);
    const first = answered.matches.get(key);
    if (first === undefined) {
      answered.matches.set(key, name);
      const prefix = prefixMatch(match, at, what);
      if (prefix) answered.prefixes.push(prefix);
    } else {
      repeated++;
      yield ineffective(at, `${what} is never used: route ${first} has the same match`);
    }
  }
  if (repeated === matches.length)
    yield unused(path, `route ${name} is never used: earlier routes have all its matches`);
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
  return name ? quote(name) : `#${index}`;
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
