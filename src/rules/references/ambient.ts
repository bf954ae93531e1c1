import type { Mesh, Workload } from "../../mesh/object.ts";

const ambient = new WeakMap<Mesh, ReadonlySet<string>>();

/** Whether a namespace's pods are in ambient mode (pkg/config/analysis/analyzers/util/in_mesh.go `NamespaceInAmbientMode`). */
export function isAmbientNamespace(mesh: Mesh, namespace: string): boolean {
  const known = ambient.get(mesh) ?? ambientNamespaces(mesh);
  ambient.set(mesh, known);
  return known.has(namespace);
}

function ambientNamespaces(mesh: Mesh): ReadonlySet<string> {
  const found = mesh.others.filter(({ kind, labels }) => {
    if (kind !== "Namespace" || labels["istio-injection"] === "enabled" || labels["istio.io/rev"])
      return false;
    return labels["istio.io/dataplane-mode"] === "ambient";
  });
  return new Set(found.map(({ name }) => name));
}

/** A pod says so itself; of the pods that a workload makes their namespace decides, unless they say otherwise. */
export function isAmbientWorkload(mesh: Mesh, workload: Workload): boolean {
  if (workload.kind === "Pod") return workload.annotations["ambient.istio.io/redirection"] === "enabled";
  const { "istio.io/dataplane-mode": mode, "sidecar.istio.io/inject": inject } = workload.podLabels;
  return mode === undefined && inject === undefined
    ? isAmbientNamespace(mesh, workload.namespace)
    : mode === "ambient";
}
