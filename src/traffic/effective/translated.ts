import type { ResolvedVirtualService } from "../../mesh/virtual-services.ts";
import type { LazyRoute } from "./lazy-route.ts";
import type { StaticCondition } from "./table.ts";

/** For which proxies a VirtualService is translated. */
export interface Target {
  /** `mesh`, or a Gateway as `namespace/name`. */
  readonly gateway: string;
  readonly clusterDomain: string;
  /** The listener terminates TLS. */
  readonly tls: boolean;
}

/** What a match without static conditions says. */
export const anywhere: StaticCondition = { port: null, sourceNamespace: null, sourceLabels: {} };

const translated = new WeakMap<object, Map<string, readonly LazyRoute[]>>();

/** Objects are immutable: what one means for a target is worked out once, even if several meshes share it. */
export function remember(
  service: ResolvedVirtualService,
  target: Target,
  protocol: string,
  translate: () => readonly LazyRoute[],
): readonly LazyRoute[] {
  const delegates = service.http.some(({ delegatedBy }) => delegatedBy !== null);
  const holder = delegates ? service : service.object;
  const cache = translated.get(holder) ?? new Map<string, readonly LazyRoute[]>();
  translated.set(holder, cache);
  const key = [protocol, target.gateway, target.clusterDomain, target.tls].join("\n");
  const routes = cache.get(key) ?? translate();
  cache.set(key, routes);
  return routes;
}
