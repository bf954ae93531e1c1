import { isWildcard, qualifyHost } from "../mesh/hosts.ts";
import type { DestinationRule, TrafficPolicy } from "../mesh/istio.ts";
import type { Mesh, MeshObject } from "../mesh/object.ts";
import { defineAnalysis } from "./analysis.ts";
import { meeting } from "./references/certainty.ts";
import { HostIndex } from "./references/host-index.ts";
import { listed } from "./references/listed.ts";

export const destinationRuleNotInherited = defineAnalysis({
  id: "destination-rule-not-inherited",
  title: "A DestinationRule loses the settings of a wider one",
  level: "info",
  docs: {
    what: "finds DestinationRules that leave out settings which a wildcard DestinationRule of the same namespace makes",
    why: "the most specific DestinationRule counts alone: TLS, outlier detection and limits of the wildcard are not inherited, so the host falls back to Istio's defaults",
    do: "Repeat the settings that the host needs.",
    example: {
      base: `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: default, namespace: prod }
spec:
  host: "*.prod.svc.cluster.local"
  trafficPolicy: { outlierDetection: { consecutive5xxErrors: 5 }, tls: { mode: ISTIO_MUTUAL } }
`,
      head: `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: default, namespace: prod }
spec:
  host: "*.prod.svc.cluster.local"
  trafficPolicy: { outlierDetection: { consecutive5xxErrors: 5 }, tls: { mode: ISTIO_MUTUAL } }
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: reviews, namespace: prod }
spec:
  host: reviews
  trafficPolicy: { loadBalancer: { simple: ROUND_ROBIN } }
`,
    },
  },
  *check({ mesh }) {
    const wildcards = wildcardsByNamespace(mesh);
    if (wildcards.size === 0) return;
    for (const rule of mesh.destinationRules) {
      const host = qualifyHost(rule.spec.host ?? "", rule.namespace, mesh.settings.clusterDomain);
      const wider = wildcards.get(rule.namespace)?.covering(host).next().value;
      const other = wider?.values[0];
      if (!other || rule.spec.workloadSelector) continue;
      const lost = blocksOf(other.spec.trafficPolicy).filter((block) => !rule.spec.trafficPolicy?.[block]);
      if (lost.length === 0) continue;
      yield {
        object: rule,
        path: rule.spec.trafficPolicy ? ["spec", "trafficPolicy"] : ["spec", "host"],
        subject: `settings of ${wider.host}`,
        message: `${listed(lost)} of ${other.id} ${lost.length > 1 ? "do" : "does"} not apply to ${host}: settings of ${wider.host} are not inherited`,
        fix: `repeat ${listed(lost)} here`,
        certainty: meeting(rule, other),
      };
    }
  },
});

function wildcardsByNamespace(mesh: Mesh): ReadonlyMap<string, HostIndex<MeshObject<DestinationRule>>> {
  const byNamespace = new Map<string, HostIndex<MeshObject<DestinationRule>>>();
  for (const rule of mesh.destinationRules) {
    if (!isWildcard(rule.spec.host ?? "") || rule.spec.workloadSelector) continue;
    const index = byNamespace.get(rule.namespace) ?? new HostIndex<MeshObject<DestinationRule>>();
    byNamespace.set(rule.namespace, index);
    index.add(rule.spec.host ?? "", rule);
  }
  return byNamespace;
}

const blocks = ["tls", "outlierDetection", "connectionPool", "loadBalancer"] as const;

function blocksOf(policy: TrafficPolicy | undefined): readonly (typeof blocks)[number][] {
  return blocks.filter((block) => policy?.[block]);
}
