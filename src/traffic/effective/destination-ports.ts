import type { Mesh } from "../../mesh/object.ts";
import { servicesByHost } from "../../mesh/service-index.ts";
import { type MeshService, meshServices } from "../../mesh/services.ts";
import type { Destination } from "../change.ts";
import type { RouteAction } from "./action.ts";
import type { LazyRoute } from "./lazy-route.ts";
import { action } from "./translate-action.ts";

type Services = ReadonlyMap<string, ReadonlyMap<string, MeshService>>;

const indexes = new WeakMap<Mesh, Services>();

function servicesOf(mesh: Mesh): Services {
  const index = indexes.get(mesh) ?? servicesByHost(meshServices(mesh));
  indexes.set(mesh, index);
  return index;
}

/**
 * A destination as a gateway reads it: an alias leads to what it stands for, and without a port of its own a service with
 * one port gets that, else the server's port counts (route.go `GetDestinationCluster`). Sidecars always take the port of
 * the request, because there Istio knows a service by the listener's port alone.
 */
export function destinationFrom(
  destination: Destination,
  service: MeshService | null,
  listenerPort: number | null,
): Destination {
  const only = service?.ports.length === 1 ? service.ports[0] : undefined;
  return {
    ...destination,
    host: service?.externalName ?? destination.host,
    port: destination.port ?? only?.number ?? listenerPort,
  };
}

/** An action with every destination resolved by `resolve`. */
export function withDestinations(
  effect: RouteAction,
  resolve: (destination: Destination) => Destination,
): RouteAction {
  const legs = effect.legs.map((leg) => ({ ...leg, destination: resolve(leg.destination) }));
  const mirrors = effect.mirrors.map((mirror) => ({ ...mirror, destination: resolve(mirror.destination) }));
  const changed = legs.some((leg, index) => differs(leg.destination, effect.legs[index]?.destination));
  const mirrored = mirrors.some((mirror, index) =>
    differs(mirror.destination, effect.mirrors[index]?.destination),
  );
  return changed || mirrored ? action({ ...withoutCanonical(effect), legs, mirrors }) : effect;
}

function withoutCanonical({ canonical: _, ...effect }: RouteAction): Omit<RouteAction, "canonical"> {
  return effect;
}

/**
 * An action for requests on one port: destinations are resolved, and a redirect to "the port of the request" names it,
 * unless the scheme implies it (route.go `ApplyRedirect`).
 */
export function onPort(
  effect: RouteAction,
  port: number,
  tls: boolean,
  resolve: (destination: Destination) => Destination,
): RouteAction {
  const { redirect } = effect;
  if (redirect?.port !== "request") return withDestinations(effect, resolve);
  const implied = (redirect.scheme ?? (tls ? "https" : "http")) === "https" ? 443 : 80;
  const named = { ...redirect, port: port === implied ? null : port };
  return action({ ...withoutCanonical(effect), redirect: named });
}

const differs = (a: Destination, b: Destination | undefined): boolean =>
  a.host !== b?.host || a.port !== b.port;

/** The routes of a VirtualService as a gateway of the mesh resolves their destinations: its own namespace's services first. */
export function gatewayRoutes(
  mesh: Mesh,
  routes: readonly LazyRoute[],
  namespace: string,
  listenerPort: number | null,
): readonly LazyRoute[] {
  const services = servicesOf(mesh);
  const known = new Map<RouteAction, RouteAction>();
  const resolve = (effect: RouteAction): RouteAction => {
    const resolved =
      known.get(effect) ??
      withDestinations(effect, (destination) => {
        const byNamespace = services.get(destination.host);
        const service = byNamespace?.get(namespace) ?? byNamespace?.values().next().value ?? null;
        // A service that Git does not show may have one port or many: then nobody knows.
        return destinationFrom(destination, service, service && listenerPort);
      });
    known.set(effect, resolved);
    return resolved;
  };
  return routes.map((route) => route.withAction(resolve));
}
