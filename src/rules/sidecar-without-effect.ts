import { type AnalysisContext, defineAnalysis, type Statement } from "./analysis.ts";
import { isAmbientNamespace, isAmbientWorkload } from "./references/ambient.ts";
import { podsSelected, selectorText } from "./references/pods.ts";

export const sidecarWithoutEffect = defineAnalysis({
  id: "sidecar-without-effect",
  title: "A Sidecar applies to nobody it is meant for",
  level: "warning",
  istio: ["IST0167"],
  docs: {
    what: "finds Sidecars for workloads in ambient mode, which have no sidecar, and Sidecars of the root namespace with a workloadSelector",
    why: "what such a Sidecar allows or forbids is not in force, though it reads as if it were",
    do: "Remove it; the mesh-wide default is the root namespace's Sidecar without a workloadSelector.",
    example: {
      base: "",
      head: `
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: { name: reviews, namespace: istio-system }
spec:
  workloadSelector: { labels: { app: reviews } }
  egress: [{ hosts: ["./*"] }]
`,
    },
  },
  *check({ mesh }) {
    for (const sidecar of mesh.sidecars) {
      const { labels = {} } = sidecar.spec.workloadSelector ?? {};
      const isDefault = Object.keys(labels).length === 0;
      const statement = isDefault ? ofDefault(mesh, sidecar) : ofSelecting(mesh, sidecar, labels);
      if (statement) yield { object: sidecar, ...statement };
    }
  },
});

type Mesh = AnalysisContext["mesh"];
type Sidecar = Mesh["sidecars"][number];
type Flaw = Omit<Statement, "object"> | null;

function ofDefault(mesh: Mesh, { namespace }: Sidecar): Flaw {
  if (!isAmbientNamespace(mesh, namespace)) return null;
  return {
    path: ["metadata", "name"],
    subject: "ambient namespace",
    message: `namespace ${namespace} is in ambient mode, where there are no sidecars`,
    fix: "remove the Sidecar, or take the namespace out of ambient mode",
    istio: ["IST0167"],
  };
}

function ofSelecting(mesh: Mesh, { namespace }: Sidecar, labels: Readonly<Record<string, string>>): Flaw {
  const path = ["spec", "workloadSelector"];
  const ambient = podsSelected(mesh, labels, namespace).find((workload) => isAmbientWorkload(mesh, workload));
  if (ambient) {
    return {
      path,
      subject: "ambient workload",
      message: `the pods of ${ambient.id} are in ambient mode and have no sidecar`,
      fix: "remove the Sidecar, or take the workload out of ambient mode",
      istio: ["IST0167"],
    };
  }
  if (namespace !== mesh.settings.rootNamespace) return null;
  return {
    path,
    subject: "selector in the root namespace",
    message: `a Sidecar of the root namespace with a workloadSelector, ${selectorText(labels)}, applies to workloads of ${namespace} alone and not to the mesh`,
    fix: "move it to the namespace of the workload, or remove the workloadSelector",
  };
}
