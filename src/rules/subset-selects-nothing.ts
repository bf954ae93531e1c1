import type { Labels } from "../mesh/istio/primitives.ts";
import type { Subset } from "../mesh/istio.ts";
import type { Mesh, Workload } from "../mesh/object.ts";
import { selects } from "../mesh/visibility.ts";
import { type AnalysisContext, defineAnalysis } from "./analysis.ts";
import { podsSelected, selectorText } from "./references/pods.ts";
import { lookUpHost, type Registered } from "./references/registry.ts";

export const subsetSelectsNothing = defineAnalysis({
  id: "subset-selects-nothing",
  title: "No workload carries the labels of a subset",
  level: "error",
  istio: ["IST0173"],
  docs: {
    what: "finds subsets whose labels no pod of the service carries, as far as Deployments and other workloads in Git tell",
    why: "a subset without endpoints answers every request with 503, while the service as a whole looks healthy",
    do: "Correct the subset's labels, or label the pod template of the version that is meant.",
    example: {
      base: "",
      head: `
apiVersion: v1
kind: Service
metadata: { name: reviews, namespace: prod }
spec: { selector: { app: reviews }, ports: [{ port: 80 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: reviews-v1, namespace: prod }
spec:
  template: { metadata: { labels: { app: reviews, version: v1 } } }
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: reviews, namespace: prod }
spec:
  host: reviews
  subsets:
    - { name: v2, labels: { version: v2 } }
`,
    },
  },
  *check(context) {
    const { mesh } = context;
    for (const rule of mesh.destinationRules) {
      if (!rule.spec.subsets?.length) continue;
      const found = lookUpHost(mesh, rule.namespace, rule.spec.exportTo, rule.spec.host ?? "");
      if (!found) continue;
      for (const [index, subset] of rule.spec.subsets.entries()) {
        if (hasPods(context, found, subset)) continue;
        yield {
          object: rule,
          path: ["spec", "subsets", index, "labels"],
          subject: `subset ${subset.name}`,
          message: `no workload in Git carries the labels of subset ${subset.name}, ${selectorText(subset.labels)}`,
          after: selectorText(subset.labels),
          fix: "correct the labels of the subset, or label the pods that are meant",
          certainty: "needs-inventory",
          istio: ["IST0173"],
        };
      }
    }
  },
});

/** Labels that pods get from their node and cluster, of which Git knows nothing; never with an empty value. */
const placeLabels: ReadonlySet<string> = new Set([
  "kubernetes.io/hostname",
  "topology.kubernetes.io/region",
  "topology.kubernetes.io/zone",
  "topology.istio.io/subzone",
  "topology.istio.io/cluster",
  "topology.istio.io/network",
]);

function hasPods({ mesh, complete }: AnalysisContext, service: Registered, { labels = {} }: Subset): boolean {
  const decidable = Object.entries(labels).filter(([key, value]) => value === "" || !placeLabels.has(key));
  const wanted: Labels = { ...service.selector, ...Object.fromEntries(decidable) };
  if (complete) return podsSelected(mesh, wanted, null).length > 0;
  const own = ownPods(mesh, service);
  // Where Git shows no workload of the service at all, its workloads are kept elsewhere.
  return own.length === 0 || own.some((podLabels) => selects(wanted, podLabels));
}

/** The labels of the endpoints that Git shows behind a service. */
function ownPods(mesh: Mesh, { object }: Registered): readonly Workload["podLabels"][] {
  const { spec, namespace } = object;
  const endpoints = "endpoints" in spec ? (spec.endpoints ?? []).map(({ labels = {} }) => labels) : [];
  const selector =
    "workloadSelector" in spec
      ? spec.workloadSelector?.labels
      : "selector" in spec
        ? spec.selector
        : undefined;
  if (Object.keys(selector ?? {}).length === 0) return endpoints;
  return [...endpoints, ...podsSelected(mesh, selector, namespace).map(({ podLabels }) => podLabels)];
}
