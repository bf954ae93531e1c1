import type { Sidecar } from "../mesh/istio.ts";
import type { Mesh, MeshObject, Workload } from "../mesh/object.ts";
import { defineAnalysis } from "./analysis.ts";
import { isAmbientNamespace, isAmbientWorkload } from "./references/ambient.ts";
import { othersThan } from "./references/parties.ts";
import { podsSelected, selectorText } from "./references/pods.ts";

export const sidecarConflict = defineAnalysis({
  id: "sidecar-conflict",
  title: "Two Sidecars apply to the same workload",
  level: "error",
  istio: ["IST0110", "IST0111"],
  mutual: true,
  docs: {
    what: "finds workloads that several Sidecars select, and namespaces with several Sidecars without a workloadSelector",
    why: "exactly one Sidecar applies, the oldest, and Git does not tell which that is: egress hosts of the others are not imported",
    do: "Merge the Sidecars, or let their selectors exclude each other.",
    example: {
      base: "",
      head: `
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: { name: default, namespace: prod }
spec:
  egress: [{ hosts: ["./*"] }]
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: { name: egress, namespace: prod }
spec:
  egress: [{ hosts: ["./*", istio-system/*] }]
`,
    },
  },
  *check({ mesh }) {
    for (const { workload, sidecars } of sharedWorkloads(mesh)) {
      for (const sidecar of sidecars) {
        const others = othersThan(sidecar, sidecars);
        if (!others) continue;
        yield {
          object: sidecar,
          path: ["metadata", "name"],
          subject: `workload ${workload.id}`,
          message: `${others.names} ${others.isOne ? "selects" : "select"} the pods of ${workload.id} as well, and only the oldest applies`,
          fix: "merge the Sidecars, or let their selectors exclude each other",
          certainty: others.certainty,
          istio: ["IST0110"],
        };
      }
    }
    for (const [namespace, sidecars] of defaultsByNamespace(mesh)) {
      for (const sidecar of isAmbientNamespace(mesh, namespace) ? [] : sidecars) {
        const others = othersThan(sidecar, sidecars);
        if (!others) continue;
        yield {
          object: sidecar,
          path: ["metadata", "name"],
          subject: `default of namespace ${namespace}`,
          message: `${others.names} ${others.isOne ? "is" : "are"} for the whole namespace as well, and only the oldest applies`,
          fix: "merge the Sidecars, or give one of them a workloadSelector",
          certainty: others.certainty,
          istio: ["IST0111"],
        };
      }
    }
  },
});

interface Shared {
  readonly workload: Workload;
  readonly sidecars: readonly MeshObject<Sidecar>[];
}

/** A workload with a sidecar for every set of Sidecars that several workloads, or one, share. */
function sharedWorkloads(mesh: Mesh): readonly Shared[] {
  const groups = sidecarsBySelector(mesh);
  const selected = new Map<Workload, string[]>();
  for (const [key, [sidecar]] of groups) {
    for (const workload of sidecar ? likeNoOther(mesh, sidecar) : []) {
      const keys = selected.get(workload);
      if (keys) keys.push(key);
      else selected.set(workload, [key]);
    }
  }
  const shared = new Map<string, Shared>();
  for (const [workload, keys] of selected) {
    const sidecars = keys.flatMap((key) => groups.get(key) ?? []);
    if (sidecars.length > 1) shared.set(keys.join("\n"), { workload, sidecars });
  }
  return [...shared.values()];
}

function sidecarsBySelector(mesh: Mesh): ReadonlyMap<string, readonly MeshObject<Sidecar>[]> {
  const selecting = mesh.sidecars.filter(({ spec }) => selectorText(spec.workloadSelector?.labels) !== "");
  return Map.groupBy(
    selecting,
    ({ namespace, spec }) => `${namespace}/${selectorText(spec.workloadSelector?.labels)}`,
  );
}

/** Workloads with a sidecar that a Sidecar selects; of those with equal labels one, since all Sidecars treat them alike. */
function likeNoOther(mesh: Mesh, { namespace, spec }: MeshObject<Sidecar>): Iterable<Workload> {
  const pods = podsSelected(mesh, spec.workloadSelector?.labels, namespace);
  const withSidecar = pods.filter((pod) => !isAmbientWorkload(mesh, pod));
  const byLabels = new Map<string, Workload>();
  for (const pod of withSidecar) {
    const text = selectorText(pod.podLabels);
    if (!byLabels.has(text)) byLabels.set(text, pod);
  }
  return byLabels.values();
}

/** An empty selector is none. */
function defaultsByNamespace(mesh: Mesh): ReadonlyMap<string, readonly MeshObject<Sidecar>[]> {
  const defaults = mesh.sidecars.filter(
    ({ spec }) => Object.keys(spec.workloadSelector?.labels ?? {}).length === 0,
  );
  return Map.groupBy(defaults, ({ namespace }) => namespace);
}
