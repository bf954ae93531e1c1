import { sameJson } from "../../manifest/same-json.ts";
import { qualifyGateway } from "../../mesh/hosts.ts";
import type { HTTPMatchRequest } from "../../mesh/istio.ts";
import type { ResolvedHTTPRoute, ResolvedVirtualService } from "../../mesh/virtual-services.ts";
import type { RouteAction } from "./action.ts";
import type { RequestCondition } from "./condition.ts";
import { LazyRoute } from "./lazy-route.ts";
import type { EffectiveRoute, RouteOrigin, StaticCondition } from "./table.ts";
import { translateAction } from "./translate-action.ts";
import { isCatchAll, translateMatch } from "./translate-conditions.ts";
import { anywhere, remember, type Target } from "./translated.ts";

/** All HTTP routes of a VirtualService for a target, one for each match, in order; nothing is filtered or cut. */
export function httpRoutes(service: ResolvedVirtualService, target: Target): readonly LazyRoute[] {
  return remember(service, target, "http", () =>
    service.http.flatMap((route) => translateEntry(route, target)),
  );
}

function translateEntry(resolved: ResolvedHTTPRoute, target: Target): LazyRoute[] {
  const { route, entry, delegatedBy } = resolved;
  const translation = new EntryTranslation(resolved, target);
  const matches: readonly (HTTPMatchRequest | null)[] = route.match?.length ? route.match : [null];
  return matches.flatMap((match, index) => {
    const fixed = staticCondition(match, target.gateway, entry.object.namespace);
    if (fixed === null) return [];
    const name = [route.name, match?.name].filter(Boolean).join(".") || null;
    const origin: RouteOrigin = { entry, delegatedBy, matchIndex: match ? index : null, name };
    return [new HttpRoute(origin, fixed, match, translation)];
  });
}

/** What all matches of an entry have in common. */
class EntryTranslation {
  private readonly resolved: ResolvedHTTPRoute;
  private readonly target: Target;
  private knownAction: RouteAction | undefined;
  private knownText: string | undefined;

  constructor(resolved: ResolvedHTTPRoute, target: Target) {
    this.resolved = resolved;
    this.target = target;
  }

  get action(): RouteAction {
    const { route, entry } = this.resolved;
    const naming = { namespace: entry.object.namespace, clusterDomain: this.target.clusterDomain };
    this.knownAction ??= translateAction(route, naming, entry.path, this.target.tls);
    return this.knownAction;
  }

  /** The entry without its matches and its name, and what decides how its hosts read. */
  get written(): string {
    this.knownText ??= JSON.stringify(this.treatment);
    return this.knownText;
  }

  isWrittenLike(other: EntryTranslation): boolean {
    return sameJson(this.treatment, other.treatment);
  }

  private get treatment(): readonly unknown[] {
    const { match: _, name: __, ...rest } = this.resolved.route;
    return [this.resolved.entry.object.namespace, this.target.tls, rest];
  }
}

class HttpRoute extends LazyRoute {
  private readonly match: HTTPMatchRequest | null;
  private readonly entry: EntryTranslation;

  constructor(
    origin: RouteOrigin,
    fixed: StaticCondition,
    match: HTTPMatchRequest | null,
    entry: EntryTranslation,
  ) {
    super({ protocol: "http", origin, static: fixed, catchAll: isCatchAll(match) });
    this.match = match;
    this.entry = entry;
  }

  protected override translateConditions(): readonly RequestCondition[] {
    return translateMatch(this.match).conditions;
  }

  protected override translateAction(): RouteAction {
    return this.entry.action;
  }

  protected override write(): string {
    return `${JSON.stringify(this.match)} ${this.entry.written}`;
  }

  override isWrittenLike(other: EffectiveRoute): boolean {
    return (
      other instanceof HttpRoute && sameJson(this.match, other.match) && this.entry.isWrittenLike(other.entry)
    );
  }
}

/** What Istio decides ahead of requests; null: never for this gateway (route.go `sourceMatchHTTP`). */
function staticCondition(
  match: HTTPMatchRequest | null,
  gateway: string,
  namespace: string,
): StaticCondition | null {
  if (match === null) return anywhere;
  const port = match.port || null;
  if (!match.gateways?.length) {
    return {
      port,
      sourceNamespace: match.sourceNamespace || null,
      sourceLabels: match.sourceLabels ?? {},
    };
  }
  // With `gateways`, Istio does not look at the source at all.
  const named = match.gateways.some((name) => qualifyGateway(name, namespace) === gateway);
  return named ? { ...anywhere, port } : null;
}
