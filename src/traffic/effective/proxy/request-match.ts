import { RE2JS } from "re2js";
import type { RequestCondition, StringTest } from "../condition.ts";

/** A request as Envoy's route matchers see it. */
export interface RequestView {
  readonly path: string;
  readonly query: string;
  readonly method: string;
  readonly authority: string;
  readonly scheme: string;
  /** By lower-case name; several values of one header are joined with `,`. */
  readonly headers: ReadonlyMap<string, string>;
}

/** Splits a path as Envoy does: matchers see neither query nor fragment (`removeQueryAndFragment`). */
export function requestView(parts: {
  readonly path: string;
  readonly method: string;
  readonly authority: string;
  readonly scheme: string;
  readonly headers: Readonly<Record<string, string>>;
}): RequestView {
  const { path, method, authority, scheme, headers } = parts;
  const whole = path.split("#")[0] ?? "";
  const mark = whole.indexOf("?");
  return {
    path: mark < 0 ? whole : whole.slice(0, mark),
    query: mark < 0 ? "" : whole.slice(mark + 1),
    method,
    authority,
    scheme,
    headers: new Map([
      ...Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const),
      [":path", path],
    ]),
  };
}

/** Whether all conditions of a route hold. Conditions on connections are not looked at: filter chains decide them. */
export function requestMatches(conditions: readonly RequestCondition[], request: RequestView): boolean {
  return conditions.every((condition) => {
    const value = valueFor(condition, request);
    const { test, negated } = condition;
    if (!negated) return value !== null && passes(test, value, condition.ignoreCase);
    // An inverted header match takes an absent header for an empty one, unless it asks for absence.
    return test.kind === "present" ? value === null : !passes(test, value ?? "", condition.ignoreCase);
  });
}

function valueFor({ part, name }: RequestCondition, request: RequestView): string | null {
  switch (part) {
    case "path":
      return request.path;
    case "method":
      return request.method;
    case "authority":
      return request.authority;
    case "scheme":
      return request.scheme;
    case "query":
      return queryValue(request.query, name);
    case "header":
    case "claim":
      return request.headers.get(name.toLowerCase()) ?? null;
    case "sni":
    case "address":
      return null;
  }
}

/** The first value, not decoded, as Envoy reads it (`parseQueryString`); a name without `=` has the empty value. */
function queryValue(query: string, name: string): string | null {
  for (const pair of query.split("&")) {
    const equals = pair.indexOf("=");
    if ((equals < 0 ? pair : pair.slice(0, equals)) === name && pair !== "") {
      return equals < 0 ? "" : pair.slice(equals + 1);
    }
  }
  return null;
}

function passes(test: StringTest, value: string, ignoreCase: boolean): boolean {
  const fold = (text: string): string =>
    ignoreCase ? text.replace(/[A-Z]/g, (letter) => letter.toLowerCase()) : text;
  switch (test.kind) {
    case "present":
      return true;
    case "exact":
      return fold(value) === fold(test.value);
    case "prefix":
      return fold(value).startsWith(fold(test.value));
    case "suffix":
      return fold(value).endsWith(fold(test.value));
    case "regex":
      return compiled(test.value)?.matches(value) ?? false;
    case "subnet":
      return false;
  }
}

const expressions = new Map<string, RE2JS | null>();
const mostExpressions = 5_000;

/** Null: no RE2, which validation refuses; it matches nothing. */
function compiled(expression: string): RE2JS | null {
  const known = expressions.get(expression);
  if (known !== undefined) return known;
  if (expressions.size >= mostExpressions) expressions.clear();
  let pattern: RE2JS | null;
  try {
    pattern = RE2JS.compile(expression);
  } catch {
    pattern = null;
  }
  expressions.set(expression, pattern);
  return pattern;
}
