import type { HTTPMatchRequest, StringMatch } from "../../mesh/istio.ts";
import type { RequestCondition, RequestPart, StringTest } from "./condition.ts";

/** The conditions of one match, and Istio's syntactic verdict whether it takes every request. */
export interface TranslatedMatch {
  readonly conditions: readonly RequestCondition[];
  readonly catchAll: boolean;
}

/**
 * What a match asks of a request (pilot/pkg/networking/core/route/route.go `TranslateRouteMatch`). Conditions that always
 * hold are left out, yet they count for `catchAll`: there Istio looks at the form alone (`IsCatchAllRoute`).
 */
export function translateMatch(match: HTTPMatchRequest | null): TranslatedMatch {
  if (match === null) return { conditions: [], catchAll: true };
  const path = pathTest(match.uri);
  const others = [
    ...pseudoHeaders(match),
    ...named(match.headers, "header", false),
    ...named(match.withoutHeaders, "header", true),
    ...named(match.queryParams, "query", false),
  ];
  const ignoreCase = Boolean(match.ignoreUriCase) && path !== null && path.kind !== "regex";
  const conditions: RequestCondition[] = path
    ? [{ part: "path", name: "", test: path, ignoreCase, negated: false }, ...others]
    : others;
  return {
    conditions: conditions.filter(({ part, test, negated }) => !(isPseudo(part) && holds(test, negated))),
    catchAll: isCatchAllPath(match.uri) && others.length === 0,
  };
}

/** `translateMatch`'s verdict alone, which for most matches their path decides. */
export function isCatchAll(match: HTTPMatchRequest | null): boolean {
  return match === null || (isCatchAllPath(match.uri) && translateMatch(match).catchAll);
}

function pseudoHeaders(match: HTTPMatchRequest): RequestCondition[] {
  return (["method", "authority", "scheme"] as const).flatMap((part) => {
    const test = match[part];
    return test ? [{ part, name: "", test: stringTest(test), ignoreCase: false, negated: false }] : [];
  });
}

const isPseudo = (part: RequestPart): boolean =>
  part === "method" || part === "authority" || part === "scheme";

/** Every request has a method, an authority and a scheme. */
const holds = (test: StringTest, negated: boolean): boolean => test.kind === "present" && !negated;

function named(
  matches: Readonly<Record<string, StringMatch | null>> | undefined,
  part: "header" | "query",
  negated: boolean,
): RequestCondition[] {
  if (!matches) return [];
  return Object.entries(matches).flatMap(([name, match]) => {
    // The API server strips null values before they are stored, and the condition with them.
    if (match === null) return [];
    const place = part === "query" ? { part, name } : headerPlace(name);
    return [{ ...place, test: stringTest(match), ignoreCase: false, negated }];
  });
}

function headerPlace(name: string): { part: RequestPart; name: string } {
  const lower = name.toLowerCase();
  if (lower.startsWith("@request.auth.claims")) return { part: "claim", name };
  if (lower === ":authority" || lower === "host") return { part: "authority", name: "" };
  if (lower === ":method") return { part: "method", name: "" };
  if (lower === ":scheme") return { part: "scheme", name: "" };
  return { part: "header", name: lower };
}

/** Null: every path passes. */
function pathTest(match: StringMatch | undefined): StringTest | null {
  if (match?.exact !== undefined) return { kind: "exact", value: match.exact };
  if (match?.prefix !== undefined) {
    return match.prefix === "/" || match.prefix === "" ? null : { kind: "prefix", value: match.prefix };
  }
  if (match?.regex !== undefined && match.regex !== ".*") return { kind: "regex", value: match.regex };
  return null;
}

function isCatchAllPath(match: StringMatch | undefined): boolean {
  if (match?.exact !== undefined) return false;
  if (match?.prefix !== undefined) return match.prefix === "/";
  return match?.regex === undefined || match.regex === ".*";
}

/** An empty match and the regex `*`, which is no RE2, ask for presence (route.go `canBeConvertedToPresentMatch`). */
function stringTest(match: StringMatch): StringTest {
  if (match.exact !== undefined) return { kind: "exact", value: match.exact };
  if (match.prefix !== undefined) return { kind: "prefix", value: match.prefix };
  if (match.regex !== undefined && match.regex !== "*") return { kind: "regex", value: match.regex };
  return { kind: "present" };
}
