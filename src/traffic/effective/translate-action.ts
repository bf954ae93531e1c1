import type { Path } from "../../manifest/source.ts";
import { mirrorPercentOf } from "../../mesh/delegates.ts";
import type {
  CorsPolicy,
  HTTPFaultInjection,
  HTTPRedirect,
  HTTPRoute,
  Percent,
  WeightedDestination,
} from "../../mesh/istio.ts";
import type { Fault, Mirror, Redirect, Rewrite, RouteAction } from "./action.ts";
import { canonicalJson } from "./canonical.ts";
import { translateHeaders } from "./header-operations.ts";
import { destinationText, type Naming, translateDestination, translateLegs } from "./legs.ts";
import { milliseconds } from "./milliseconds.ts";
import { defaultRetryPolicy, retryPolicy } from "./retry-policy.ts";

type Effect = Omit<RouteAction, "canonical">;

const nothing: Effect = {
  kind: "not-found",
  legs: [],
  timeoutMs: null,
  retries: null,
  rewrite: null,
  mirrors: [],
  fault: null,
  headers: "",
  cors: "",
  redirect: null,
  directResponse: null,
};

/** Completes an effect to an action; only here `canonical` is made. */
export function action(effect: Partial<Effect>): RouteAction {
  const whole: Effect = { ...nothing, ...effect };
  return { ...whole, canonical: canonicalText(whole) };
}

/** Every part in its own place: much faster than sorting keys, and this is made for every route that is looked at. */
function canonicalText(effect: Effect): string {
  const { rewrite, mirrors, fault, redirect, directResponse } = effect;
  const legs = effect.legs.map(
    ({ destination, share }) => `${destinationText(destination)} ${share.numerator}/${share.denominator}`,
  );
  return JSON.stringify([
    effect.kind === "default" ? "route" : effect.kind,
    legs.sort(),
    effect.timeoutMs,
    retriesParts(effect.retries),
    rewrite && [rewrite.uri, rewrite.uriRegex?.match, rewrite.uriRegex?.rewrite, rewrite.authority],
    mirrors.map(({ destination, percent }) => `${destinationText(destination)} ${percent}`),
    fault && [
      fault.delay?.ms,
      fault.delay?.percent,
      fault.abort?.httpStatus,
      fault.abort?.grpcStatus,
      fault.abort?.percent,
    ],
    effect.headers,
    effect.cors,
    redirect && [
      redirect.uri,
      redirect.prefixRewrite,
      redirect.authority,
      redirect.scheme,
      redirect.port,
      redirect.code,
    ],
    directResponse && [directResponse.status, directResponse.body],
  ]);
}

function retriesParts(retries: RouteAction["retries"]): readonly unknown[] | null {
  if (retries === null) return null;
  const { attempts, retryOn, statusCodes, perTryTimeoutMs, backoffMs } = retries;
  return [
    attempts,
    retryOn,
    statusCodes,
    perTryTimeoutMs,
    backoffMs,
    retries.ignorePreviousHosts,
    retries.remoteLocalities,
  ];
}

/** 404 by the proxy: no route matches. */
export const notFound: RouteAction = action({ kind: "not-found" });
/** Traffic to hosts that the mesh does not know goes where it was going. */
export const passthrough: RouteAction = action({ kind: "passthrough" });
/** Traffic to hosts that the mesh does not know is refused (`REGISTRY_ONLY`). */
export const blackhole: RouteAction = action({ kind: "blackhole" });

/** The route that a service has without any VirtualService; null port: the port of the request. */
export function defaultRoute(host: string, port: number | null, http: boolean): RouteAction {
  const destination = { host, port, subset: null, headers: "" };
  return action({
    kind: "default",
    legs: [{ destination, share: { numerator: 1, denominator: 1 }, path: [], weightPath: [] }],
    retries: http ? defaultRetryPolicy : null,
  });
}

/**
 * What a route does to a request (pilot/pkg/networking/core/route/route.go `TranslateRoute`).
 *
 * @param path the entry in its manifest.
 * @param tls the listener terminates TLS, which decides the ports a redirect need not name.
 */
export function translateAction(route: HTTPRoute, naming: Naming, path: Path, tls: boolean): RouteAction {
  const headers = translateHeaders(route.headers);
  const filters = {
    headers: headers.text,
    fault: translateFault(route.fault),
    cors: translateCors(route.corsPolicy),
  };
  if (route.redirect) {
    const redirect = translateRedirect(route.redirect, tls);
    return action({ ...filters, kind: redirect ? "redirect" : "invalid", redirect });
  }
  if (route.directResponse) {
    const { status, body } = route.directResponse;
    return action({
      ...filters,
      kind: "direct-response",
      directResponse: { status, body: body?.string ?? body?.bytes ?? null },
    });
  }
  const legs = translateLegs(route.route ?? [], naming, path);
  return action({
    ...filters,
    kind: legs.length > 0 ? "route" : "invalid",
    legs,
    timeoutMs: milliseconds(route.timeout) || null,
    retries: retryPolicy(route.retries),
    rewrite: translateRewrite(route, headers.authority),
    mirrors: translateMirrors(route, naming),
  });
}

/** What a `tls` or `tcp` route does to a connection. */
export function translateConnectionAction(
  route: readonly WeightedDestination[],
  naming: Naming,
  path: Path,
): RouteAction {
  const legs = translateLegs(route, naming, path);
  return action({ kind: legs.length > 0 ? "route" : "invalid", legs });
}

function translateRewrite(route: HTTPRoute, headerAuthority: string | null): Rewrite | null {
  const only = route.route?.length === 1 ? translateHeaders(route.route[0]?.headers).authority : null;
  const authority = route.rewrite?.authority || headerAuthority || only;
  const regex = route.rewrite?.uriRegexRewrite;
  const uriRegex = regex ? { match: regex.match ?? "", rewrite: regex.rewrite ?? "" } : null;
  const uri = uriRegex ? null : route.rewrite?.uri || null;
  return authority || uriRegex || uri ? { uri, uriRegex, authority } : null;
}

/** Envoy counts in millionths; digits below that are cut off (route.go `translatePercentToFractionalPercent`). */
function percentOf(percentage: Percent | null | undefined, absent: number): number {
  return percentage ? Math.trunc((percentage.value ?? 0) * 10_000) / 10_000 : absent;
}

function translateMirrors(route: HTTPRoute, naming: Naming): readonly Mirror[] {
  const mirrors = (route.mirrors ?? []).map(({ destination, percentage }) => ({
    destination: translateDestination(destination, naming),
    percent: percentOf(percentage, 100),
  }));
  const single = route.mirror
    ? [
        {
          destination: translateDestination(route.mirror, naming),
          percent: percentOf(route.mirrorPercentage, mirrorPercentOf(route) ?? 100),
        },
      ]
    : [];
  return [...single, ...mirrors].filter(({ percent }) => percent > 0);
}

function translateFault(fault: HTTPFaultInjection | null | undefined): Fault | null {
  const delayMs = milliseconds(fault?.delay?.fixedDelay);
  const delayPercent = percentOf(fault?.delay?.percentage, fault?.delay?.percent ?? 0);
  const delay = delayMs !== null && delayPercent > 0 ? { ms: delayMs, percent: delayPercent } : null;
  const { httpStatus = null, grpcStatus = null, percentage } = fault?.abort ?? {};
  const abortPercent = percentOf(percentage, 0);
  const abort =
    (httpStatus !== null || grpcStatus !== null) && abortPercent > 0
      ? { httpStatus, grpcStatus, percent: abortPercent }
      : null;
  return delay || abort ? { delay, abort } : null;
}

const redirectCodes = [301, 302, 303, 307, 308];

/** Null where Envoy has no such redirect: then the route has no action at all (route.go `ApplyRedirect`). */
function translateRedirect(redirect: HTTPRedirect, tls: boolean): Redirect | null {
  const code = redirect.redirectCode || 301;
  if (!redirectCodes.includes(code)) return null;
  const scheme = redirect.scheme || null;
  const port = redirect.derivePort === "FROM_REQUEST_PORT" ? "request" : redirect.port || null;
  const standard = (scheme ?? (tls ? "https" : "http")) === "https" ? 443 : 80;
  const { prefixRewrite } = redirect;
  return {
    ...(prefixRewrite ? { uri: null, prefixRewrite } : { uri: redirect.uri || null }),
    authority: redirect.authority || null,
    scheme,
    port: port === standard ? null : port,
    code,
  };
}

function translateCors(cors: CorsPolicy | null | undefined): string {
  if (!cors) return "";
  const origins = cors.allowOrigins ?? cors.allowOrigin?.map((exact) => ({ exact }));
  const maxAge = milliseconds(cors.maxAge);
  return canonicalJson({
    origins,
    methods: cors.allowMethods?.join(","),
    headers: cors.allowHeaders?.join(","),
    expose: cors.exposeHeaders?.join(","),
    maxAgeSeconds: maxAge === null ? undefined : Math.trunc(maxAge / 1000),
    credentials: cors.allowCredentials,
    rejectsOtherPreflights: cors.unmatchedPreflights === "IGNORE" || undefined,
  });
}
