import type { VirtualService } from "../../mesh/istio.ts";
import type { Mesh, MeshObject } from "../../mesh/object.ts";
import { lookupRank, visibility } from "../../mesh/visibility.ts";

/** A route that a VirtualService with hosts hands over to another VirtualService. */
export interface Delegation {
  readonly root: MeshObject<VirtualService>;
  readonly index: number;
  /** `namespace/name` of the delegate. */
  readonly name: string;
  /** The VirtualService of that name, whether or not it can be a delegate. */
  readonly delegate: MeshObject<VirtualService> | undefined;
}

/** Every route with a `delegate`. */
export function* delegations(mesh: Mesh): Generator<Delegation> {
  const delegating = mesh.virtualServices.filter(
    ({ spec }) => spec.hosts?.length && spec.http?.some(({ delegate }) => delegate),
  );
  if (delegating.length === 0) return;
  const byName = new Map(
    mesh.virtualServices.map((object) => [`${object.namespace}/${object.name}`, object]),
  );
  for (const root of delegating) {
    for (const [index, { delegate }] of (root.spec.http ?? []).entries()) {
      if (!delegate) continue;
      const name = `${delegate.namespace || root.namespace}/${delegate.name ?? ""}`;
      yield { root, index, name, delegate: byName.get(name) };
    }
  }
}

/** Whether a delegate is exported to the namespace of the root (pilot/pkg/model/virtualservice_controller.go). */
export function isExportedTo({ spec, namespace }: MeshObject<VirtualService>, root: string): boolean {
  return lookupRank(visibility(spec.exportTo, namespace), root) !== null;
}
