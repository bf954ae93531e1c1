import type { Path } from "../../../manifest/source.ts";
import type { HTTPRoute } from "../../istio.ts";
import { quote } from "../schema/wording.ts";
import { corsPolicy } from "./cors.ts";
import { weightedDestinations } from "./destinations.ts";
import { wholeMilliseconds } from "./durations.ts";
import { faultInjection } from "./fault.ts";
import { headerOperations, isAuthority } from "./header-operations.ts";
import { directResponseAction, mirrorActions, redirectAction, rewriteAction } from "./http-actions.ts";
import { httpMatches } from "./http-match.ts";
import { error, type Issues } from "./issue.ts";
import { retryPolicy } from "./retries.ts";

interface Context {
  /** The VirtualService has no hosts: another one delegates to it. */
  readonly inDelegate: boolean;
  readonly anyHost: boolean;
}

/** One HTTP route (virtualservice.go `validateHTTPRoute`). */
export function* httpRoute(route: HTTPRoute, path: Path, { inDelegate, anyHost }: Context): Issues {
  if (route.delegate && !inDelegate) yield* delegatingRoute(route, path);
  else yield* actingRoute(route, path);
  yield* httpMatches(route.match, [...path, "match"]);
  // Tables have thousands of routes, and most of them have none of these.
  if (route.headers) yield* headerOperations(route.headers, [...path, "headers"]);
  if (route.corsPolicy) yield* corsPolicy(route.corsPolicy, [...path, "corsPolicy"]);
  if (route.fault) yield* faultInjection(route.fault, [...path, "fault"]);
  yield* mirrorActions(route, path);
  if (route.redirect) yield* redirectAction(route.redirect, route.match, [...path, "redirect"]);
  if (route.directResponse) yield* directResponseAction(route.directResponse, [...path, "directResponse"]);
  if (route.retries) yield* retryPolicy(route.retries, [...path, "retries"]);
  if (route.rewrite) yield* rewriteAction(route.rewrite, [...path, "rewrite"]);
  if (route.headers) yield* authorityOnce(route, path);
  yield* weightedDestinations(route.route, [...path, "route"], anyHost);
  yield* wholeMilliseconds(route.timeout, [...path, "timeout"]);
}

/** A route that delegates leaves the destination to the delegate (`validateHTTPRouteConflict`, root route). */
function* delegatingRoute(route: HTTPRoute, path: Path): Issues {
  for (const action of ["redirect", "route"] as const) {
    if (!route[action]) continue;
    const message = `a route that delegates cannot have \`${action}\``;
    yield error("conflict", [...path, action], message, `remove \`${action}\` or \`delegate\``);
  }
}

/** A route does exactly one thing: forwards, redirects, or answers by itself (`validateHTTPRouteConflict`). */
function* actingRoute(route: HTTPRoute, path: Path): Issues {
  if (route.delegate) {
    const message = "a delegate cannot delegate again: this VirtualService has no `hosts`";
    yield error("conflict", [...path, "delegate"], message, "remove `delegate`, or add `hosts`");
  }
  const action = route.redirect ? "redirect" : route.directResponse ? "directResponse" : null;
  if (action) yield* excludes(route, action, path);
  else if (!route.route) {
    const message = "an HTTP route needs `route`, `redirect`, `directResponse` or `delegate`";
    yield error("required", [...path, "route"], message, "add `route` with a destination");
  }
  if (route.mirror && route.mirrors) {
    yield error(
      "conflict",
      [...path, "mirror"],
      "a route may have `mirror` or `mirrors`, not both",
      "remove `mirror`",
    );
  }
}

function* excludes(route: HTTPRoute, action: "redirect" | "directResponse", path: Path): Issues {
  for (const other of ["route", "fault", "rewrite", "directResponse"] as const) {
    if (other === action || !route[other]) continue;
    const message = `a route with \`${action}\` cannot have \`${other}\``;
    yield error("conflict", [...path, other], message, `remove \`${other}\` or \`${action}\``);
  }
}

/** The host of the request can be replaced once only (`validateAuthorityRewrite`). */
function* authorityOnce({ rewrite, headers }: HTTPRoute, path: Path): Issues {
  let current = rewrite?.authority ?? "";
  for (const operation of ["set", "add"] as const) {
    for (const [name, value] of Object.entries(headers?.request?.[operation] ?? {})) {
      if (!isAuthority(name)) continue;
      const at = [...path, "headers", "request", operation, name];
      if (current !== "") {
        const message = `the host of the request is replaced twice: by ${quote(current)} and ${quote(value)}`;
        yield error("conflict", at, message, "leave one of the two");
        return;
      }
      current = value;
    }
  }
}
