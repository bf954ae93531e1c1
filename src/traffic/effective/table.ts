import type { Mesh } from "../../mesh/object.ts";
import type { MeshService } from "../../mesh/services.ts";
import type { ResolvedVirtualService, RouteEntry } from "../../mesh/virtual-services.ts";
import type { RouteAction } from "./action.ts";
import type { RequestCondition } from "./condition.ts";

export type Protocol = "http" | "tls" | "tcp";

/** Conditions that Istio decides when it configures a proxy, before any request is seen (route.go `sourceMatchHTTP`). */
export interface StaticCondition {
  /** The listener's port (at gateways: the server's), null for any. */
  readonly port: number | null;
  /** The namespace of the calling proxy, null for any. */
  readonly sourceNamespace: string | null;
  /** Labels that the calling proxy must carry. */
  readonly sourceLabels: Readonly<Record<string, string>>;
}

/** Where a route was written. */
export interface RouteOrigin {
  /** The entry itself: of the delegate where one is inlined. */
  readonly entry: RouteEntry;
  /** The entry of the root VirtualService that delegates to it. */
  readonly delegatedBy: RouteEntry | null;
  /** Position in the entry's `match` list after delegates are merged; null: the entry has no match. */
  readonly matchIndex: number | null;
  readonly name: string | null;
}

/** One Envoy route: one match of one entry, for one gateway (or the mesh). */
export interface EffectiveRoute {
  readonly protocol: Protocol;
  readonly origin: RouteOrigin;
  readonly conditions: readonly RequestCondition[];
  readonly static: StaticCondition;
  /** Istio's syntactic test (route.go `IsCatchAllRoute`), or an entry without match: it ends its VirtualService's list. */
  readonly catchAll: boolean;
  readonly action: RouteAction;
  /** Equal exactly when conditions, static conditions and action are equal. */
  readonly key: string;
  /** Equal texts mean equal routes, wherever hosts resolve alike; cheaper than `key`, for it is what was written. */
  readonly written: string;
  /** Whether both routes have one `written`; found out without making it. */
  isWrittenLike(other: EffectiveRoute): boolean;
  /** The same route with another effect. Routes are worked out lazily: a copy by spreading would be empty. */
  withAction(resolve: (action: RouteAction) => RouteAction): EffectiveRoute;
}

/** A VirtualService that may answer in a context, with all its routes: not filtered, not cut. */
export interface Candidate {
  readonly service: ResolvedVirtualService;
  /** The host under which it claims the requests: the context's host, or a wildcard over it. In lower case. */
  readonly host: string;
  /** Position of the Gateway server it answers through: servers go before age. 0 in the mesh. */
  readonly server: number;
  /** The server redirects plaintext (`tls.httpsRedirect`). */
  readonly redirectToHttps: boolean;
  /** Translated when first asked for: most objects of a mesh are the same on both sides. */
  readonly routes: readonly EffectiveRoute[];
}

/** What the requests of a table have in common. */
export interface RouteContext {
  /** `mesh`, or a Gateway as `namespace/name`. */
  readonly gateway: string;
  /** A host or wildcard, in lower case. */
  readonly host: string;
  readonly protocol: Protocol;
  /** Ports on which the table answers; null where Git does not show the service or the Gateway. */
  readonly ports: readonly number[] | null;
}

/** Everything that may answer requests of one context, on one side. */
export interface RouteTable {
  readonly context: RouteContext;
  readonly mesh: Mesh;
  /** By creation time where manifests state it, else by name as Istio breaks ties; objects that are new in head come last. */
  readonly candidates: readonly Candidate[];
  /** What answers when no VirtualService has a route here: the service's default route, 404, pass-through, … */
  readonly fallback: RouteAction;
  /** The service behind a mesh host, null where Git does not show it. */
  readonly service: MeshService | null;
  /** Whether Git shows the service (mesh) or the Gateway that the table is built on. */
  readonly known: boolean;
  /** Hosts of servers with `tls.httpsRedirect` that cover the context's host, whether or not a VirtualService names them. */
  readonly redirected: readonly string[];
  /** Plaintext requests are answered 301 before routes are looked at, as far as every proxy sees the same candidates. */
  readonly redirectToHttps: boolean;
}

/** A proxy for which routes are built. Values that no condition mentions are null, or left out. */
export interface ProxyContext {
  readonly namespace: string | null;
  readonly labels: ReadonlyMap<string, string>;
  readonly port: number | null;
}

/** The routes of one proxy, in Envoy's order: the first whose conditions hold answers. */
export interface RouteList {
  readonly routes: readonly EffectiveRoute[];
  /** What answers a request that no route matches. */
  readonly otherwise: RouteAction;
  /** Plaintext requests are answered 301 before routes are looked at. */
  readonly redirectToHttps?: boolean;
  /** The order rests on creation times, which Git does not show: another order could answer differently. */
  readonly orderUnknown: boolean;
}

/** The values that static conditions of a table mention: all other values behave alike. */
export interface StaticValues {
  readonly ports: readonly number[];
  readonly namespaces: readonly string[];
  readonly labels: ReadonlyMap<string, readonly string[]>;
}

/**
 * One context on both sides; null: nothing on that side speaks of it. Each side is served by the most specific host
 * it has, so `base.candidates[n].host` may be a wildcard over `context.host`.
 */
export interface ContextPair {
  /** A scope that tells the world apart in which it is (`src/mesh/worlds.ts`); empty where there is but one. */
  readonly world: string;
  readonly context: RouteContext;
  readonly base: RouteTable | null;
  readonly head: RouteTable | null;
}
