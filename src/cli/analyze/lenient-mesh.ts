import type { JsonObject, ManifestFile } from "../../manifest/source.ts";
import type { Admit } from "../../mesh/admit.ts";
import { admit } from "../../mesh/admit.ts";
import { buildMesh } from "../../mesh/build.ts";
import type { DestinationRule, HTTPRoute, RouteDestination, VirtualService } from "../../mesh/istio.ts";
import type { Mesh, MeshObject } from "../../mesh/object.ts";
import type { MeshSettings } from "../../mesh/settings.ts";
import { type Kind, schemas } from "../../mesh/validity/schema/kinds.ts";
import { fieldNode, type ObjectNode } from "../../mesh/validity/schema/node.ts";
import { judgedKind } from "../../mesh/validity/validity.ts";
import { toProblems } from "../../mesh/validity/violation.ts";
import { decodeMessage } from "../../mesh/validity/webhook/decode.ts";
import { validityOf } from "../../rules/references/validity-of.ts";

/**
 * The mesh of manifests as Istio's analyzer takes them: an object that the API server would refuse is looked at
 * nevertheless as far as Istio can read it, so that one mistake does not hide the others.
 */
export function lenientMesh(files: readonly ManifestFile[], settings: Partial<MeshSettings>): Mesh {
  const repaired = new Map<MeshObject["document"], JsonObject>();
  const decode: Admit = (object, list) => {
    const kind = judgedKind(object.document.value);
    if (kind === null) return admit(object, list);
    if (validityOf(object).crd.valid) return [];
    const { message, errors } = decodeMessage(specNode(kind), object.spec, ["spec"]);
    if (errors.length === 0) repaired.set(object.document, message);
    return toProblems(object.document, errors);
  };
  const mesh = buildMesh(files, { settings, admit: decode });
  if (repaired.size === 0) return mesh;
  const repair = <Spec>(objects: readonly MeshObject<Spec>[], complete: (spec: Spec) => Spec) =>
    objects.map((object) => {
      const spec = repaired.get(object.document);
      return spec ? { ...object, spec: complete(spec as Spec) } : object;
    });
  return {
    ...mesh,
    virtualServices: repair(mesh.virtualServices, completeVirtualService),
    destinationRules: repair(mesh.destinationRules, completeDestinationRule),
    gateways: repair(mesh.gateways, (spec) => spec),
    serviceEntries: repair(mesh.serviceEntries, (spec) => spec),
    sidecars: repair(mesh.sidecars, (spec) => spec),
  };
}

const specNode = (kind: Kind): ObjectNode => fieldNode(schemas[kind], "spec") as ObjectNode;

/** A field that the schema requires and that is missing is empty, as protobuf has it. */
function completeVirtualService(spec: VirtualService): VirtualService {
  return {
    ...spec,
    ...(spec.http && { http: spec.http.map(completeHttp) }),
    ...(spec.tls && { tls: spec.tls.map(completeLegs) }),
    ...(spec.tcp && { tcp: spec.tcp.map(completeLegs) }),
  };
}

function completeHttp(route: HTTPRoute): HTTPRoute {
  return completeLegs({
    ...route,
    ...(route.mirror && { mirror: completeDestination(route.mirror) }),
    ...(route.mirrors && {
      mirrors: route.mirrors.map((mirror) => ({
        ...mirror,
        destination: completeDestination(mirror.destination),
      })),
    }),
  });
}

function completeLegs<Route extends Pick<HTTPRoute, "route">>(route: Route): Route {
  if (!route.route) return route;
  const legs = route.route.map((leg) => ({ ...leg, destination: completeDestination(leg.destination) }));
  return { ...route, route: legs };
}

function completeDestination(destination: Partial<RouteDestination> | undefined): RouteDestination {
  return { ...destination, host: destination?.host ?? "" };
}

function completeDestinationRule(spec: DestinationRule): DestinationRule {
  if (!spec.subsets) return spec;
  return { ...spec, subsets: spec.subsets.map((subset) => ({ ...subset, name: subset.name ?? "" })) };
}
