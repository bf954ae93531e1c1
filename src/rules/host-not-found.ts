import { qualifyHost } from "../mesh/hosts.ts";
import type { Mesh } from "../mesh/object.ts";
import { nearest } from "../mesh/validity/schema/nearest.ts";
import { defineAnalysis } from "./analysis.ts";
import { type DestinationUse, destinationUses } from "./references/destination-uses.ts";
import { lookUpHost, showsServicesLike } from "./references/registry.ts";

export const hostNotFound = defineAnalysis({
  id: "host-not-found",
  title: "A route leads to a host that nobody serves",
  level: "error",
  istio: ["IST0101"],
  docs: {
    what: "finds routes and mirrors whose host is no Service and no ServiceEntry that the VirtualService may see",
    why: "the route stays in force, and Istio answers its requests with 503: nothing falls back to another destination",
    do: "Correct the host, add the Service or ServiceEntry, or export it to the VirtualService's namespace.",
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
kind: VirtualService
metadata: { name: reviews, namespace: prod }
spec:
  hosts: [reviews]
  http:
    - route:
        - destination: { host: reveiws }
`,
    },
  },
  *check({ mesh, complete }) {
    for (const service of mesh.virtualServices) {
      for (const use of destinationUses(service)) {
        const { host } = use.destination;
        if (lookUpHost(mesh, service.namespace, service.spec.exportTo, host)) continue;
        if (!complete && !showsServicesLike(mesh, service.namespace, host)) continue;
        const name = qualifyHost(host, service.namespace, mesh.settings.clusterDomain);
        yield {
          object: service,
          path: [...use.path, "host"],
          subject: `host ${name}`,
          message: `${name || "a destination without host"} is no Service or ServiceEntry that VirtualServices of ${service.namespace} may see, and ${sentTo(use)}`,
          after: host,
          fix: () => suggestion(mesh, host, service.namespace),
          certainty: "needs-inventory",
          istio: ["IST0101"],
        };
      }
    }
  },
});

/** What is lost: `10 % of the route's requests`. */
function sentTo({ isMirror, share }: DestinationUse): string {
  if (isMirror) return "requests are mirrored to it";
  return share === 100
    ? "all requests of a route go to it"
    : `${percent(share)} % of a route's requests go to it`;
}

const percent = (share: number | null): number => Math.round((share ?? 0) * 10) / 10;

function suggestion(mesh: Mesh, host: string, namespace: string): string {
  const [name = "", owner = namespace] = host.split(".");
  const names = mesh.services.filter((service) => service.namespace === owner).map((service) => service.name);
  const meant = names.includes(name) ? null : nearest(name, names);
  return meant === null
    ? "correct the host, or add the Service or ServiceEntry, exported to this namespace"
    : `write ${[meant, ...host.split(".").slice(1)].join(".")}`;
}
