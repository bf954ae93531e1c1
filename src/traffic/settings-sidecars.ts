import type { Sidecar } from "../mesh/istio.ts";
import type { Mesh } from "../mesh/object.ts";
import type { Change } from "./change.ts";
import { type EgressReach, egressReach, gainedHosts } from "./egress-reach.ts";
import { changedObjects, type ObjectPair, objectChange } from "./settings-objects.ts";
import { listenerChanges } from "./settings-sidecar-listeners.ts";

/**
 * What changed Sidecars let their workloads reach: egress hosts, and what happens to hosts nobody knows; and how requests
 * get in and out of them.
 */
export function sidecarChanges(base: Mesh, head: Mesh): Change[] {
  return changedObjects(base.sidecars, head.sidecars).flatMap((pair) => {
    const object = (pair.head ?? pair.base)!;
    const labels = object.spec.workloadSelector?.labels ?? {};
    const [before, after] = [base, head].map((mesh) => egressReach(mesh, object.namespace, labels)) as [
      EgressReach,
      EgressReach,
    ];
    return [
      ...egressChange(pair, before, after),
      ...policyChange(pair, before, after),
      ...listenerChanges(pair),
    ];
  });
}

function egressChange(pair: ObjectPair<Sidecar>, before: EgressReach, after: EgressReach): Change[] {
  const [from, to] = [before.hosts.join(", "), after.hosts.join(", ")];
  if (from === to) return [];
  const [widened, narrowed] = [gainedHosts(before, after).length > 0, gainedHosts(after, before).length > 0];
  const direction = widened === narrowed ? "other" : widened ? "looser" : "tighter";
  return [
    objectChange(pair, ["spec", "egress"], {
      kind: "egress",
      path: "egress",
      before: from || "nothing",
      after: to || "nothing",
      direction,
    }),
  ];
}

function policyChange(pair: ObjectPair<Sidecar>, before: EgressReach, after: EgressReach): Change[] {
  if (before.unknownHosts === after.unknownHosts) return [];
  return [
    objectChange(pair, ["spec", "outboundTrafficPolicy"], {
      kind: "outboundTrafficPolicy",
      path: "outboundTrafficPolicy.mode",
      before: before.unknownHosts,
      after: after.unknownHosts,
      direction: after.unknownHosts === "ALLOW_ANY" ? "looser" : "tighter",
    }),
  ];
}
