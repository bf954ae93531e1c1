import type { Range } from "../manifest/source.ts";
import type { HTTPRoute } from "../mesh/istio.ts";
import type { Mesh } from "../mesh/object.ts";
import {
  type ResolvedHTTPRoute,
  type ResolvedVirtualService,
  type RouteEntry,
  resolveVirtualServices,
} from "../mesh/virtual-services.ts";
import { worlds } from "../mesh/worlds.ts";
import { matchers } from "../traffic/describe-route.ts";
import type { StateContext } from "./rule.ts";

/** An HTTP route that a change touches and that forwards requests, as Istio reads it: with what a delegate inherits. */
export interface TouchedRoute {
  /** What is in its cluster, as far as Git tells. */
  readonly mesh: Mesh;
  readonly service: ResolvedVirtualService;
  readonly route: HTTPRoute;
  /** The touched object: `VirtualService/namespace/name`. */
  readonly object: string;
  /** Its matchers: what it is known by when routes are moved about. */
  readonly subject: string;
  /** As its operator finds it: `http[2] "premium"`. */
  readonly name: string;
  /** The line of a field of the route, or of the route where nobody states the field. */
  locate(field: keyof HTTPRoute, part?: "key" | "value"): Range;
}

interface Known {
  readonly touched: ReadonlySet<string>;
  readonly routes: readonly TouchedRoute[];
}

const known = new WeakMap<Mesh, Known>();

/** The forwarding routes of changed VirtualServices, those of delegates as part of their roots; the same list for every rule. */
export function touchedRoutes({ mesh, touched }: StateContext<unknown>): readonly TouchedRoute[] {
  const last = known.get(mesh);
  if (last?.touched === touched) return last.routes;
  const routes = worlds(mesh).flatMap((world) => [...ofWorld(world.mesh, touched)]);
  known.set(mesh, { touched, routes });
  return routes;
}

function* ofWorld(mesh: Mesh, touched: ReadonlySet<string>): Generator<TouchedRoute> {
  for (const service of resolveVirtualServices(mesh)) {
    for (const resolved of service.http) {
      const entries = entriesOf(resolved).filter(({ object }) => touched.has(object.id));
      const [own] = entries;
      if (own === undefined || !resolved.route.route) continue;
      yield touchedRoute(mesh, service, resolved, own, entries);
    }
  }
}

/** The entry itself, then the root's that delegates to it. */
function entriesOf({ entry, delegatedBy }: ResolvedHTTPRoute): readonly RouteEntry[] {
  return delegatedBy === null ? [entry] : [entry, delegatedBy];
}

function touchedRoute(
  mesh: Mesh,
  service: ResolvedVirtualService,
  { route }: ResolvedHTTPRoute,
  { object, index, path }: RouteEntry,
  entries: readonly RouteEntry[],
): TouchedRoute {
  const label = object.spec.http?.[index]?.name;
  return {
    mesh,
    service,
    route,
    object: object.id,
    get subject() {
      return matchers(route);
    },
    name: `http[${index}]${label ? ` ${JSON.stringify(label)}` : ""}`,
    locate(field, part = "key") {
      const stated = entries.find((entry) => entry.object.spec.http?.[entry.index]?.[field] !== undefined);
      return stated ? stated.object.locate([...stated.path, field], part) : object.locate(path, "value");
    },
  };
}
