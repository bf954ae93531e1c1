import type { MeshObject } from "../../mesh/object.ts";
import { appliedTogether } from "../../mesh/scope.ts";
import type { Certainty } from "../../traffic/change.ts";

/** Whether Git alone tells that objects meet: they are applied together, and nobody had to guess their namespaces. */
export function meeting(...objects: readonly MeshObject<unknown>[]): Certainty {
  const [first] = objects;
  const together = objects.every(
    ({ scope, namespaceOrigin }) => appliedTogether(scope, first!.scope) && namespaceOrigin !== "default",
  );
  return together ? "certain" : "needs-inventory";
}
