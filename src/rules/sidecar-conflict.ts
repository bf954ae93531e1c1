import type { Sidecar } from "../mesh/istio.ts";
import type { Mesh, MeshObject, Workload } from "../mesh/object.ts";
import { defineAnalysis } from "./analysis.ts";
import { isAmbientNamespace, isAmbientWorkload } from "./references/ambient.ts";
import { meeting } from "./references/certainty.ts";
import { listed } from "./references/listed.ts";
import { podsSelected } from "./references/pods.ts";

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
        const others = sidecars.filter((other) => other !== sidecar);
        yield {
          object: sidecar,
          path: ["metadata", "name"],
          subject: `workload ${workload.id}`,
          message: `${listed(others.map(({ id }) => id))} ${others.length > 1 ? "select" : "selects"} the pods of ${workload.id} as well, and only the oldest applies`,
          fix: "merge the Sidecars, or let their selectors exclude each other",
          certainty: meeting(...sidecars, workload),
          istio: ["IST0110"],
        };
      }
    }
    for (const [namespace, sidecars] of defaultsByNamespace(mesh)) {
      if (sidecars.length < 2 || isAmbientNamespace(mesh, namespace)) continue;
      for (const sidecar of sidecars) {
        const others = sidecars.filter((other) => other !== sidecar);
        yield {
          object: sidecar,
          path: ["metadata", "name"],
          subject: `default of namespace ${namespace}`,
          message: `${listed(others.map(({ id }) => id))} ${others.length > 1 ? "are" : "is"} for the whole namespace as well, and only the oldest applies`,
          fix: "merge the Sidecars, or give one of them a workloadSelector",
          certainty: meeting(...sidecars),
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

/** Workloads with a sidecar that several Sidecars select. */
function sharedWorkloads(mesh: Mesh): readonly Shared[] {
  const selected = new Map<Workload, MeshObject<Sidecar>[]>();
  for (const sidecar of mesh.sidecars) {
    const { labels = {} } = sidecar.spec.workloadSelector ?? {};
    if (Object.keys(labels).length === 0) continue;
    for (const workload of podsSelected(mesh, labels, sidecar.namespace)) {
      selected.set(workload, [...(selected.get(workload) ?? []), sidecar]);
    }
  }
  return [...selected].flatMap(([workload, sidecars]) =>
    sidecars.length > 1 && !isAmbientWorkload(mesh, workload) ? [{ workload, sidecars }] : [],
  );
}

/** An empty selector is none. */
function defaultsByNamespace(mesh: Mesh): ReadonlyMap<string, readonly MeshObject<Sidecar>[]> {
  const defaults = mesh.sidecars.filter(
    ({ spec }) => Object.keys(spec.workloadSelector?.labels ?? {}).length === 0,
  );
  return Map.groupBy(defaults, ({ namespace }) => namespace);
}
