import type { Path } from "../../manifest/source.ts";
import type { HTTPRoute, VirtualService } from "../../mesh/istio.ts";
import type { MeshObject } from "../../mesh/object.ts";
import type { AnalysisContext } from "../analysis.ts";

/** One entry of `http`, and where it stands. */
export interface PlacedRoute {
  readonly service: MeshObject<VirtualService>;
  readonly route: HTTPRoute;
  readonly path: Path;
  /** What tells it from other routes of the object without counting: its name, else its matches. */
  readonly name: string;
}

/** The HTTP routes of every touched VirtualService. */
export function* touchedRoutes({
  mesh,
  touched,
}: Pick<AnalysisContext, "mesh" | "touched">): Generator<PlacedRoute> {
  for (const service of mesh.virtualServices) {
    if (!touched.has(service.id)) continue;
    for (const [index, route] of (service.spec.http ?? []).entries()) {
      const { name = route.match ? JSON.stringify(route.match) : "default" } = route;
      yield { service, route, path: ["spec", "http", index], name };
    }
  }
}
