import type { ResolvedVirtualService, RouteEntry } from "../../../mesh/virtual-services.ts";
import type { RouteAction } from "../action.ts";
import type { RouteOrigin } from "../table.ts";
import { action, blackhole, passthrough } from "../translate-action.ts";

/** What a proxy does with a request, and which route said so. */
export interface ProxyAnswer {
  readonly action: RouteAction;
  /** The VirtualService that answers, and its route; null: none does. */
  readonly by: { readonly service: ResolvedVirtualService; readonly origin: RouteOrigin } | null;
}

/** An answer that no VirtualService gave. */
export function unrouted(effect: RouteAction): ProxyAnswer {
  return { action: effect, by: null };
}

/** The answer that a `tls` or `tcp` entry of a VirtualService gave. */
export function connectionAnswer(
  effect: RouteAction,
  service: ResolvedVirtualService,
  entry: RouteEntry,
): ProxyAnswer {
  return {
    action: effect,
    by: { service, origin: { entry, delegatedBy: null, matchIndex: null, name: null } },
  };
}

/** The answer to plaintext where a server wants TLS: 301 to the same place by https (`RequireTls` of the virtual host). */
export const redirectToHttps: RouteAction = action({
  kind: "redirect",
  redirect: { uri: null, authority: null, scheme: "https", port: null, code: 301 },
});

/** What happens to traffic for hosts outside the registry. */
export function unknownHostAction(policy: "ALLOW_ANY" | "REGISTRY_ONLY"): RouteAction {
  return policy === "ALLOW_ANY" ? passthrough : blackhole;
}
