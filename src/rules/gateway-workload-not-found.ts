import type { Labels } from "../mesh/istio/primitives.ts";
import type { Mesh } from "../mesh/object.ts";
import { defineAnalysis } from "./analysis.ts";
import { firstLabel, podsSelected, selectorText } from "./references/pods.ts";

export const gatewayWorkloadNotFound = defineAnalysis({
  id: "gateway-workload-not-found",
  title: "No workload carries the labels that a Gateway selects",
  level: "error",
  istio: ["IST0101"],
  docs: {
    what: "finds Gateways whose selector matches no pod in any namespace, as far as workloads in Git tell",
    why: "a Gateway configures the pods that it selects: without one its servers are open nowhere",
    do: "Select the labels of the gateway's pods, most often `istio: ingressgateway`.",
    example: {
      base: `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ingress, namespace: istio-ingress }
spec:
  template: { metadata: { labels: { istio: ingress } } }
`,
      head: `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ingress, namespace: istio-ingress }
spec:
  template: { metadata: { labels: { istio: ingress } } }
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: public, namespace: istio-ingress }
spec:
  selector: { istio: ingres }
  servers:
    - { port: { number: 80, name: http, protocol: HTTP }, hosts: ["*"] }
`,
    },
  },
  *check({ mesh, complete }) {
    const shown = complete ? null : labelsInGit(mesh);
    for (const gateway of mesh.gateways) {
      const { selector = {} } = gateway.spec;
      if (podsSelected(mesh, selector, null).length > 0) continue;
      if (shown && !Object.keys(selector).every((label) => shown.has(label))) continue;
      const text = selectorText(selector as Labels);
      yield {
        object: gateway,
        path: ["spec", "selector", ...firstLabel(selector)],
        subject: `selector ${text}`,
        message: `no workload in Git carries the labels that the Gateway selects, ${text || "and it selects all there are"}`,
        after: text,
        fix: "select the labels of the gateway's pods",
        certainty: "needs-inventory",
        istio: ["IST0101"],
      };
    }
  },
});

/** Labels that workloads in Git use at all: gateways are most often installed from elsewhere. */
function labelsInGit(mesh: Mesh): ReadonlySet<string> {
  return new Set(mesh.workloads.flatMap(({ podLabels }) => Object.keys(podLabels)));
}
