import type { Mesh, MeshObject } from "../mesh/object.ts";
import type { Sides } from "./cluster-sides.ts";
import { callersOf, type DestinationUse, subsetState, viewsOf } from "./destination-existence.ts";
import { usesByKey } from "./missing-destinations.ts";
import { serviceOf } from "./shown-services.ts";

/** A subset that is added or removed in the same change as its first or last use: which comes first is up to chance. */
export interface Race {
  readonly kind: "added" | "removed";
  readonly use: DestinationUse;
  readonly rule: MeshObject<unknown>;
}

/** Races of one cluster, less those that Argo CD's sync waves decide well. */
export function races({ base, head, concern }: Sides): Race[] {
  const [before, after] = [usesByKey(base, concern), usesByKey(head, concern)];
  const answered = (use: DestinationUse) => serviceOf(base, use.host) !== null || hasRoute(base, use);
  const added = [...after].flatMap(([key, use]) =>
    before.has(key) || !answered(use) ? [] : race("added", use, base, head),
  );
  const removed = [...before].flatMap(([key, use]) =>
    after.has(key) || !hasRoute(head, use) ? [] : race("removed", use, head, base),
  );
  return [...added, ...removed];
}

/** @param without the side on which the subset is not defined yet, or no longer. */
function race(kind: Race["kind"], use: DestinationUse, without: Mesh, withIt: Mesh): Race[] {
  const { host, subset, route } = use;
  if (subset === null) return [];
  const callers = viewsOf(callersOf(withIt, route), host, without, withIt).map(({ caller }) => caller);
  if (callers.some((caller) => subsetState(without, caller, host, subset)?.state === "there")) return [];
  const [rule] = callers.flatMap((caller) => {
    const state = subsetState(withIt, caller, host, subset);
    return state?.state === "there" ? state.rules : [];
  });
  if (!rule) return [];
  const isOrdered =
    kind === "added" ? wave(rule) < wave(route.entry.object) : wave(route.entry.object) < wave(rule);
  return isOrdered ? [] : [{ kind, use, rule }];
}

function hasRoute(mesh: Mesh, { route }: DestinationUse): boolean {
  return mesh.virtualServices.some(({ id }) => id === route.entry.object.id);
}

function wave({ annotations }: MeshObject<unknown>): number {
  return Number.parseInt(annotations["argocd.argoproj.io/sync-wave"] ?? "0", 10) || 0;
}
