interface HeaderMatch {
  readonly name: string;
  readonly stringMatch?: { readonly exact?: string; readonly prefix?: string };
  readonly presentMatch?: boolean;
  readonly invertMatch?: boolean;
  readonly treatMissingHeaderAsEmpty?: boolean;
}
interface Fraction {
  readonly numerator: number;
  readonly denominator?: string;
}
/** An Envoy route as the conformance data writes it. */
export interface EnvoyRoute {
  readonly match: {
    readonly prefix?: string;
    readonly path?: string;
    readonly safeRegex?: { readonly regex: string };
    readonly caseSensitive?: boolean;
    readonly headers?: readonly HeaderMatch[];
  };
  readonly destinations?: readonly { readonly cluster: string; readonly weight?: number }[];
  readonly timeout?: string;
  readonly retry?: {
    readonly numRetries: number;
    readonly retryOn: string;
    readonly retriableStatusCodes?: readonly number[];
    readonly perTryTimeout?: string;
    readonly backoff?: string;
    readonly previousHosts: boolean;
    readonly remoteLocalities: boolean;
  } | null;
  readonly redirect?: {
    readonly pathRedirect?: string;
    readonly hostRedirect?: string;
    readonly schemeRedirect?: string;
    readonly portRedirect?: number;
    readonly responseCode?: string;
  };
  readonly directResponse?: { readonly status: number };
  readonly prefixRewrite?: string;
  readonly regexRewrite?: { readonly pattern: { readonly regex: string }; readonly substitution: string };
  readonly mirrors?: readonly { readonly cluster: string; readonly fraction: Fraction }[];
  readonly filters?: Readonly<
    Record<string, { readonly delay?: { readonly fixedDelay?: string; readonly percentage?: Fraction } }>
  >;
}
export interface EnvoyVirtualHost {
  readonly domains: readonly string[];
  readonly routes: readonly EnvoyRoute[];
}
export interface ExampleRequest {
  readonly host: string;
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A request for a domain that fits a route's match; regular expressions are answered by what they say literally. */
export function exampleOf(domain: string, route: EnvoyRoute | null): ExampleRequest {
  const { prefix, path, safeRegex, caseSensitive, headers = [] } = route?.match ?? {};
  const literal = path ?? prefix ?? safeRegex?.regex.replaceAll(/[\\^$.*+?()[\]{}|]/g, "") ?? "/";
  const wanted = headers.filter(({ invertMatch }) => !invertMatch);
  const value = ({ stringMatch }: HeaderMatch): string => stringMatch?.exact ?? stringMatch?.prefix ?? "x";
  const find = (name: string): HeaderMatch | undefined => wanted.find((header) => header.name === name);
  const method = find(":method");
  return {
    host: domain.replace(/^\*\.?/, "probe."),
    path: caseSensitive === false ? literal.toUpperCase() : literal,
    method: method ? value(method) : "GET",
    headers: Object.fromEntries(
      wanted.filter(({ name }) => !name.startsWith(":")).map((header) => [header.name, value(header)]),
    ),
  };
}

/** The first route of a virtual host that a request matches, worked out apart from the code under test. */
export function firstMatch(host: EnvoyVirtualHost, request: ExampleRequest): EnvoyRoute | null {
  return host.routes.find(({ match }) => pathFits(match, request.path) && headersFit(match, request)) ?? null;
}

function pathFits(match: EnvoyRoute["match"], path: string): boolean {
  const fold = (text: string): string => (match.caseSensitive === false ? text.toLowerCase() : text);
  if (match.path !== undefined) return fold(path) === fold(match.path);
  if (match.safeRegex) return new RegExp(`^(?:${match.safeRegex.regex})$`).test(path);
  return fold(path).startsWith(fold(match.prefix ?? "/"));
}

function headersFit(match: EnvoyRoute["match"], request: ExampleRequest): boolean {
  const values: Record<string, string> = {
    ":method": request.method,
    ":authority": request.host,
    ":scheme": "http",
    ...request.headers,
  };
  return (match.headers ?? []).every((header) => {
    const value = values[header.name] ?? (header.treatMissingHeaderAsEmpty ? "" : undefined);
    const { exact, prefix } = header.stringMatch ?? {};
    const fits =
      value !== undefined &&
      (header.presentMatch === true || value === exact || (prefix !== undefined && value.startsWith(prefix)));
    return fits !== (header.invertMatch ?? false);
  });
}
