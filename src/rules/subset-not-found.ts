import { selectDestinationRule } from "../mesh/destination-rules.ts";
import { qualifyHost } from "../mesh/hosts.ts";
import type { RouteDestination, VirtualService } from "../mesh/istio.ts";
import type { Mesh, MeshObject } from "../mesh/object.ts";
import { serviceNamespace } from "../mesh/service-namespace.ts";
import { nearest } from "../mesh/validity/schema/nearest.ts";
import { defineAnalysis } from "./analysis.ts";
import { meeting } from "./references/certainty.ts";
import { destinationUses } from "./references/destination-uses.ts";
import { listed } from "./references/listed.ts";
import { subsetOwners } from "./references/subset-owners.ts";

export const subsetNotFound = defineAnalysis({
  id: "subset-not-found",
  title: "A route leads to a subset that no DestinationRule defines",
  level: "error",
  istio: ["IST0101"],
  docs: {
    what: "finds routes and mirrors to a subset that the DestinationRules of the host do not define",
    why: "there is no cluster for such a subset, so its requests are answered with 503; taking a subset out of a DestinationRule breaks routes in other files",
    do: "Define the subset in the DestinationRule of the host, or take the routes away from it first.",
    example: {
      base: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, namespace: prod }
spec:
  hosts: [reviews]
  http:
    - route:
        - destination: { host: reviews, subset: v2 }
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: reviews, namespace: prod }
spec:
  host: reviews
  subsets:
    - { name: v1, labels: { version: v1 } }
    - { name: v2, labels: { version: v2 } }
`,
      head: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, namespace: prod }
spec:
  hosts: [reviews]
  http:
    - route:
        - destination: { host: reviews, subset: v2 }
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: reviews, namespace: prod }
spec:
  host: reviews
  subsets:
    - { name: v1, labels: { version: v1 } }
`,
    },
  },
  *check({ mesh, complete }) {
    for (const service of mesh.virtualServices) {
      for (const { destination, path } of destinationUses(service)) {
        const { host, subset } = destination;
        if (!subset) continue;
        const { rules, subsets } = subsetOwners(mesh, service.namespace, host);
        if (subsets.has(subset) || (!complete && isDefined(mesh, service, destination))) continue;
        const name = qualifyHost(host, service.namespace, mesh.settings.clusterDomain);
        const known = [...subsets];
        const meant = nearest(subset, known);
        yield {
          object: service,
          path: [...path, "host"],
          subject: `subset ${subset} of ${name}`,
          message:
            rules.length === 0
              ? `no DestinationRule defines subset ${subset} of ${name}`
              : `${listed(rules.map(({ id }) => id))} does not define subset ${subset} of ${name}, ${known.length > 0 ? `only ${listed(known)}` : "nor any other"}`,
          after: `${host} subset ${subset}`,
          fix: meant === null ? "define the subset in a DestinationRule of the host" : `write ${meant}`,
          certainty: rules.length === 0 ? "needs-inventory" : meeting(service, ...rules),
          istio: ["IST0101"],
        };
      }
    }
  },
});

/** Whether clients in the namespace of the VirtualService find the subset the way their proxies look for it. */
function isDefined(
  mesh: Mesh,
  service: MeshObject<VirtualService>,
  { host, subset }: RouteDestination,
): boolean {
  const name = qualifyHost(host, service.namespace, mesh.settings.clusterDomain);
  const client = { namespace: service.namespace, labels: {} };
  const rule = selectDestinationRule(mesh, client, name, serviceNamespace(mesh, name, service.namespace));
  return rule?.subsets.some(({ value }) => value.name === subset) ?? false;
}
