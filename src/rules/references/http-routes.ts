import type { Path } from "../../manifest/source.ts";
import type { HTTPRoute, VirtualService } from "../../mesh/istio.ts";
import type { Mesh, MeshObject } from "../../mesh/object.ts";
import type { AnalysisContext } from "../analysis.ts";

/** One entry of `http`, and where it stands. */
export interface PlacedRoute {
  readonly service: MeshObject<VirtualService>;
  readonly route: HTTPRoute;
  readonly path: Path;
  /** What tells it from other routes of the object without counting: its name, else its matches. */
  readonly name: string;
}

const routes = new WeakMap<Mesh, readonly PlacedRoute[]>();

/** The HTTP routes of every touched VirtualService. */
export function touchedRoutes({
  mesh,
  touched,
}: Pick<AnalysisContext, "mesh" | "touched">): readonly PlacedRoute[] {
  const all = routes.get(mesh) ?? mesh.virtualServices.flatMap(routesOf);
  routes.set(mesh, all);
  return all.filter(({ service }) => touched.has(service.id));
}

function routesOf(service: MeshObject<VirtualService>): PlacedRoute[] {
  return (service.spec.http ?? []).map((route, index) => ({
    service,
    route,
    path: ["spec", "http", index],
    get name() {
      return route.name ?? (route.match ? JSON.stringify(route.match) : "default");
    },
  }));
}
