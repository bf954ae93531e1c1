import { isWildcard, qualifyHost } from "../mesh/hosts.ts";
import { serviceNamespace } from "../mesh/service-namespace.ts";
import { defineAnalysis } from "./analysis.ts";

export const destinationRuleNeverUsed = defineAnalysis({
  id: "destination-rule-never-used",
  title: "A DestinationRule is where no client looks for it",
  level: "warning",
  docs: {
    what: "finds DestinationRules that are not exported to their own namespace, and stand neither in the service's namespace nor in the root namespace",
    why: "a client looks for DestinationRules in its own namespace, in the service's and in the root namespace, and nowhere else: this one is in force for nobody",
    do: "Move it to the namespace of the service, or export it to its own namespace.",
    example: {
      base: "",
      head: `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: reviews, namespace: platform }
spec:
  host: reviews.prod.svc.cluster.local
  exportTo: [prod]
  trafficPolicy: { outlierDetection: { consecutive5xxErrors: 5 } }
`,
    },
  },
  *check({ mesh }) {
    const { clusterDomain, rootNamespace } = mesh.settings;
    for (const rule of mesh.destinationRules) {
      const { exportTo = [], workloadSelector, host = "" } = rule.spec;
      const isOwn =
        exportTo.length === 0 || ["*", ".", rule.namespace].some((name) => exportTo.includes(name));
      if (isOwn || workloadSelector || rule.namespace === rootNamespace || isWildcard(host)) continue;
      const name = qualifyHost(host, rule.namespace, clusterDomain);
      const owner = serviceNamespace(mesh, name, rule.namespace);
      if (owner === null || owner === rule.namespace) continue;
      yield {
        object: rule,
        path: ["spec", "exportTo"],
        subject: `host ${name}`,
        message: `clients of ${exportTo.join(", ")} look for DestinationRules of ${name} in their own namespace, in ${owner} and in ${rootNamespace}, not in ${rule.namespace}`,
        fix: `move it to namespace ${owner}`,
        certainty: rule.namespaceOrigin === "default" ? "needs-inventory" : "certain",
      };
    }
  },
});
