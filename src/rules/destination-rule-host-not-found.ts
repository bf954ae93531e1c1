import { isWildcard, qualifyHost } from "../mesh/hosts.ts";
import type { Mesh } from "../mesh/object.ts";
import { meshServices } from "../mesh/services.ts";
import { defineAnalysis } from "./analysis.ts";
import { HostIndex } from "./references/host-index.ts";
import { lookUpHost, showsServicesLike } from "./references/registry.ts";

export const destinationRuleHostNotFound = defineAnalysis({
  id: "destination-rule-host-not-found",
  title: "A DestinationRule is for a host that nobody serves",
  level: "warning",
  istio: ["IST0174"],
  docs: {
    what: "finds DestinationRules whose host is no Service and no ServiceEntry",
    why: "its timeouts, outlier detection and TLS settings then protect nobody, most often because of a misspelled host or the wrong namespace",
    do: "Correct the host; a name without dots is a service in the DestinationRule's own namespace.",
    example: {
      base: `
apiVersion: v1
kind: Service
metadata: { name: reviews, namespace: prod }
spec: { ports: [{ port: 80 }] }
`,
      head: `
apiVersion: v1
kind: Service
metadata: { name: reviews, namespace: prod }
spec: { ports: [{ port: 80 }] }
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: reviews, namespace: prod }
spec: { host: review }
`,
    },
  },
  *check({ mesh, complete }) {
    for (const rule of mesh.destinationRules) {
      const { host = "", exportTo } = rule.spec;
      if (lookUpHost(mesh, rule.namespace, exportTo, host)) continue;
      if (!complete && (coversSomething(mesh, host) || !showsServicesLike(mesh, rule.namespace, host)))
        continue;
      const name = qualifyHost(host, rule.namespace, mesh.settings.clusterDomain);
      yield {
        object: rule,
        path: ["spec", "host"],
        subject: `host ${name}`,
        message: `no Service or ServiceEntry has the host ${name}`,
        after: host,
        fix: "correct the host, or remove the DestinationRule",
        certainty: "needs-inventory",
        istio: ["IST0174"],
      };
    }
  },
});

const served = new WeakMap<Mesh, HostIndex<null>>();

/** Whether a wildcard of a DestinationRule covers a service that Git shows. */
function coversSomething(mesh: Mesh, host: string): boolean {
  if (!isWildcard(host)) return false;
  const known = served.get(mesh) ?? new HostIndex<null>();
  if (!served.has(mesh)) for (const service of meshServices(mesh)) known.add(service.host, null);
  served.set(mesh, known);
  return !known.covered(host).next().done;
}
