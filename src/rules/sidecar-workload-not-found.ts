import { defineAnalysis } from "./analysis.ts";
import { firstLabel, podsSelected, selectorText } from "./references/pods.ts";

export const sidecarWorkloadNotFound = defineAnalysis({
  id: "sidecar-workload-not-found",
  title: "No workload carries the labels that a Sidecar selects",
  level: "error",
  istio: ["IST0101"],
  docs: {
    what: "finds Sidecars whose workloadSelector matches no pod of their namespace, as far as workloads in Git tell",
    why: "the Sidecar applies to nobody, and the workload it was meant for keeps the namespace's Sidecar or reaches everything",
    do: "Select labels of the pod template, in the same namespace.",
    example: {
      base: `
apiVersion: apps/v1
kind: Deployment
metadata: { name: reviews, namespace: prod }
spec:
  template: { metadata: { labels: { app: reviews } } }
`,
      head: `
apiVersion: apps/v1
kind: Deployment
metadata: { name: reviews, namespace: prod }
spec:
  template: { metadata: { labels: { app: reviews } } }
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: { name: reviews, namespace: prod }
spec:
  workloadSelector: { labels: { app: review } }
  egress:
    - hosts: ["./*"]
`,
    },
  },
  *check({ mesh, complete }) {
    for (const sidecar of mesh.sidecars) {
      const { labels = {} } = sidecar.spec.workloadSelector ?? {};
      if (Object.keys(labels).length === 0) continue;
      if (podsSelected(mesh, labels, sidecar.namespace).length > 0) continue;
      if (!complete && podsSelected(mesh, {}, sidecar.namespace).length === 0) continue;
      const text = selectorText(labels);
      yield {
        object: sidecar,
        path: ["spec", "workloadSelector", "labels", ...firstLabel(labels)],
        subject: `selector ${text}`,
        message: `no workload of namespace ${sidecar.namespace} in Git carries ${text}`,
        after: text,
        fix: "select labels that the pods of the workload carry",
        certainty: "needs-inventory",
        istio: ["IST0101"],
      };
    }
  },
});
