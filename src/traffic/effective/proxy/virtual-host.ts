import { isWildcard } from "../../../mesh/hosts.ts";
import type { ResolvedVirtualService } from "../../../mesh/virtual-services.ts";
import type { RouteAction } from "../action.ts";
import type { EffectiveRoute } from "../table.ts";
import { notFound } from "../translate-action.ts";
import { type ProxyAnswer, redirectToHttps, unrouted } from "./answer.ts";
import { type RequestView, requestMatches } from "./request-match.ts";

/** A route and the VirtualService it belongs to. */
export interface OwnedRoute {
  readonly service: ResolvedVirtualService;
  readonly route: EffectiveRoute;
}

/** The routes for a set of `Host` headers; a host without routes of its own has one action for every request. */
export interface VirtualHost {
  /** In lower case; `*` matches everything, `*.example.com` by its end. */
  readonly domains: readonly string[];
  readonly routes: readonly OwnedRoute[] | RouteAction;
  readonly requireTls: boolean;
}

/**
 * The virtual host for a `Host` header: the exact name, else the longest wildcard, else `*`; there is no falling through
 * to the next one (Envoy `RouteMatcher::findVirtualHost`).
 *
 * @param name without port, in lower case.
 */
export function findVirtualHost(hosts: readonly VirtualHost[], name: string): VirtualHost | null {
  let best: VirtualHost | null = null;
  let length = -1;
  for (const host of hosts) {
    for (const domain of host.domains) {
      if (domain === name) return host;
      const covers = isWildcard(domain) && name.endsWith(domain.slice(1)) && name.length >= domain.length;
      if ((covers || domain === "*") && domain.length > length) {
        best = host;
        length = domain.length;
      }
    }
  }
  return best;
}

/** What a virtual host does with a request: its first route that matches, or 404. */
export function answerFrom(host: VirtualHost | null, request: RequestView, tls: boolean): ProxyAnswer {
  if (!host) return unrouted(notFound);
  if (host.requireTls && !tls) return unrouted(redirectToHttps);
  if (!Array.isArray(host.routes)) return unrouted(host.routes as RouteAction);
  const found = (host.routes as readonly OwnedRoute[]).find(({ route }) =>
    requestMatches(route.conditions, request),
  );
  if (!found) return unrouted(notFound);
  const { action, origin } = found.route;
  return { action, by: { service: found.service, origin } };
}
