import type { Mesh, MeshObject } from "../mesh/object.ts";
import type { Violation } from "../rules/finding.ts";
import type { EffectivePolicy } from "./effective.ts";
import { environmentsOf } from "./environment.ts";

/** Sets of environments in which an object stands: on base, and on head, where it may have moved. */
export type Placements = readonly (readonly string[])[];
/** Where policy names no environment for an object. */
export const nowhere: Placements = [[]];

/** The placements of every object. Leaving an environment needs what staying would need. */
export function placementsById(
  base: Mesh,
  head: Mesh,
  policy: EffectivePolicy,
): ReadonlyMap<string, Placements> {
  const byId = new Map<string, Placements>();
  if (Object.keys(policy.environments).length === 0) return byId;
  for (const object of [...governedObjects(base), ...governedObjects(head)]) {
    const known = byId.get(object.id) ?? [];
    const environments = environmentsOf(object, policy.environments);
    const isKnown = known.some((placement) => placement.join() === environments.join());
    byId.set(object.id, isKnown ? known : [...known, environments]);
  }
  return byId;
}

/** The placements that a violation is judged by: an object that is demanded and missing would stand by the finding's file. */
export function placementsOf(
  { object, range }: Violation,
  scopes: ReadonlyMap<string, Placements>,
  { environments }: EffectivePolicy,
): Placements {
  const known = scopes.get(object);
  if (known || scopes.size === 0) return known ?? nowhere;
  const [, namespace = ""] = object.split("/");
  return [environmentsOf({ namespace, labels: {}, document: range }, environments)];
}

/** Every object that policy may speak of. */
export function governedObjects(mesh: Mesh): MeshObject<unknown>[] {
  const { virtualServices, destinationRules, gateways, serviceEntries, sidecars, others } = mesh;
  return [...virtualServices, ...destinationRules, ...gateways, ...serviceEntries, ...sidecars, ...others];
}
