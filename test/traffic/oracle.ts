import { RE2JS } from "re2js";
import type { HTTPMatchRequest, HTTPRoute, StringMatch, VirtualService } from "../../src/mesh/istio.ts";

/**
 * A second opinion that shares no code with the product: it takes raw VirtualServices and one concrete request and walks
 * Istio's and Envoy's decisions one by one. Expressions are left to re2js.
 */
export interface Service {
  readonly name: string;
  readonly spec: VirtualService;
}

export interface Request {
  readonly path: string;
  readonly method: string;
  readonly scheme: string;
  readonly authority: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly port: number;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The namespace of all VirtualServices and Gateways in these tests. */
export const home = "ns";

const compiled = new Map<string, RE2JS>();

function fullMatch(pattern: string, text: string): boolean {
  let regex = compiled.get(pattern);
  if (regex === undefined) {
    regex = RE2JS.compile(pattern);
    compiled.set(pattern, regex);
  }
  return regex.matcher(text).matches();
}

function matches(match: StringMatch, text: string): boolean {
  if (match.exact !== undefined) return text === match.exact;
  if (match.prefix !== undefined) return text.startsWith(match.prefix);
  return fullMatch(match.regex!, text);
}

const asksPresence = (match: StringMatch) => Object.keys(match).length === 0 || match.regex === "*";

/** Envoy `HeaderUtility::matchHeaders`; Istio sets `treat_missing_header_as_empty` on inverted matchers alone. */
function headerHolds(match: StringMatch, value: string | undefined, inverted: boolean): boolean {
  if (asksPresence(match)) return (value !== undefined) !== inverted;
  if (value === undefined && !inverted) return false;
  return matches(match, value ?? "") !== inverted;
}

function isBuiltFor(match: HTTPMatchRequest, gateway: string, request: Request): boolean {
  if (match.port && match.port !== request.port) return false;
  if (match.gateways?.length) {
    return match.gateways.some(
      (name) => (name === "mesh" || name.includes("/") ? name : `${home}/${name}`) === gateway,
    );
  }
  if (match.sourceNamespace && match.sourceNamespace !== request.namespace) return false;
  return Object.entries(match.sourceLabels ?? {}).every(([label, value]) => request.labels[label] === value);
}

function pathHolds({ uri, ignoreUriCase }: HTTPMatchRequest, path: string): boolean {
  const fold = (text: string) => (ignoreUriCase ? text.toLowerCase() : text);
  if (uri?.exact !== undefined) return fold(path) === fold(uri.exact);
  if (uri?.prefix !== undefined) return fold(path).startsWith(fold(uri.prefix));
  return uri?.regex === undefined || fullMatch(uri.regex, path);
}

function headerOf(name: string, request: Request): string | undefined {
  const lower = name.toLowerCase();
  if (lower === "host" || lower === ":authority") return request.authority;
  if (lower === ":method") return request.method;
  return lower === ":scheme" ? request.scheme : request.headers[lower];
}

function holds(match: HTTPMatchRequest, request: Request): boolean {
  if (!pathHolds(match, request.path)) return false;
  for (const part of ["method", "authority", "scheme"] as const) {
    const test = match[part];
    if (test && !headerHolds(test, request[part], false)) return false;
  }
  for (const [name, test] of Object.entries(match.headers ?? {})) {
    if (!headerHolds(test, headerOf(name, request), false)) return false;
  }
  for (const [name, test] of Object.entries(match.withoutHeaders ?? {})) {
    if (!headerHolds(test, headerOf(name, request), true)) return false;
  }
  return Object.entries(match.queryParams ?? {}).every(([name, test]) => {
    const value = request.query[name];
    return value !== undefined && (asksPresence(test) || matches(test, value));
  });
}

/** route.go `IsCatchAllRoute`, which looks at the form alone. */
function isCatchAll(match: HTTPMatchRequest | null): boolean {
  if (match === null) return true;
  const { uri, method, authority, scheme, headers, withoutHeaders, queryParams } = match;
  const everyPath = !uri || Object.keys(uri).length === 0 || uri.prefix === "/" || uri.regex === ".*";
  const maps = [headers, withoutHeaders, queryParams];
  return (
    everyPath && !method && !authority && !scheme && maps.every((map) => Object.keys(map ?? {}).length === 0)
  );
}

/** Where a request ends up: a route entry and its match, or nothing. */
export interface Winner {
  /** `name http[0] match[1]`, `not-found`, or `default` where no route was built at all. */
  readonly id: string;
  readonly route: HTTPRoute | null;
}

interface Built extends Winner {
  readonly match: HTTPMatchRequest | null;
  readonly catchAll: boolean;
}

function build({ name, spec }: Service, gateway: string, request: Request): Built[] {
  const built: Built[] = [];
  for (const [index, route] of (spec.http ?? []).entries()) {
    const list: readonly (HTTPMatchRequest | null)[] = route.match?.length ? route.match : [null];
    for (const [position, match] of list.entries()) {
      if (match !== null && !isBuiltFor(match, gateway, request)) continue;
      const catchAll = isCatchAll(match);
      built.push({
        id: `${name} http[${index}]${match ? ` match[${position}]` : ""}`,
        route,
        match,
        catchAll,
      });
      if (catchAll) return built;
    }
  }
  return built;
}

/** Whether a VirtualService has any route for this caller; at a gateway it claims no host without one. */
export function speaks(service: Service, gateway: string, request: Request): boolean {
  return build(service, gateway, request).length > 0;
}

/** Who answers; `services` are those of one host, oldest first. */
export function winner(services: readonly Service[], gateway: string, request: Request): Winner {
  const lists = services.map((service) => build(service, gateway, request)).filter((list) => list.length > 0);
  const all = gateway === "mesh" ? (lists[0] ?? []) : lists.flat();
  if (all.length === 0) return { id: "default", route: null };
  const sorted =
    gateway === "mesh" || lists.length < 2
      ? all
      : [...all.filter(({ catchAll }) => !catchAll), ...all.filter(({ catchAll }) => catchAll)];
  return (
    sorted.find(({ match }) => match === null || holds(match, request)) ?? { id: "not-found", route: null }
  );
}

/** Percent by destination, and the timeout: what a caller can feel of a route. */
export function effect(route: HTTPRoute | null): {
  shares: Readonly<Record<string, number>>;
  timeout: string;
} {
  const shares: Record<string, number> = {};
  const legs = route?.route ?? [];
  const total = legs.reduce((sum, { weight }) => sum + (weight ?? 0), 0);
  for (const { destination, weight } of legs) {
    const share = legs.length === 1 ? 1 : (weight ?? 0) / total;
    const name = `${destination.host} ${destination.subset ?? ""}`;
    if (share > 0) shares[name] = (shares[name] ?? 0) + share;
  }
  return { shares, timeout: route?.timeout === "0s" ? "none" : (route?.timeout ?? "none") };
}
