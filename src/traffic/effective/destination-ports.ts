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
  const host = service?.externalName ?? destination.host;
  const port = destination.port ?? only?.number ?? listenerPort;
  return host === destination.host && port === destination.port
    ? destination
    : { ...destination, host, port };
}

/** An action with every destination resolved by `resolve`. */
export function withDestinations(
  effect: RouteAction,
  resolve: (destination: Destination) => Destination,
): RouteAction {
  const [legs, mirrors] = [resolvedAll(effect.legs, resolve), resolvedAll(effect.mirrors, resolve)];
  if (legs === effect.legs && mirrors === effect.mirrors) return effect;
  return action({ ...withoutCanonical(effect), legs, mirrors });
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

/** The same list where nothing is resolved to anything else. */
function resolvedAll<T extends { readonly destination: Destination }>(
  items: readonly T[],
  resolve: (destination: Destination) => Destination,
): readonly T[] {
  const destinations = items.map(({ destination }) => resolve(destination));
  if (items.every(({ destination }, index) => destination === destinations[index])) return items;
  return items.map((item, index) => ({ ...item, destination: destinations[index] ?? item.destination }));
}

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
