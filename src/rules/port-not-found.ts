import { defineAnalysis } from "./analysis.ts";
import { meeting } from "./references/certainty.ts";
import { destinationUses } from "./references/destination-uses.ts";
import { listed } from "./references/listed.ts";
import { lookUpHost } from "./references/registry.ts";

export const portNotFound = defineAnalysis({
  id: "port-not-found",
  title: "A route names a port that its destination does not have",
  level: "error",
  istio: ["IST0101"],
  docs: {
    what: "finds destinations whose port is not among the ports of the Service or ServiceEntry",
    why: "proxies know a service by its own ports alone, so requests to any other port are answered with 503",
    do: "Name a port of the service, or add the port to it.",
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
        - destination: { host: reviews, port: { number: 8080 } }
`,
    },
  },
  *check({ mesh }) {
    for (const service of mesh.virtualServices) {
      for (const { destination, path } of destinationUses(service)) {
        const { host, port } = destination;
        if (port === undefined) continue;
        const found = lookUpHost(mesh, service.namespace, service.spec.exportTo, host);
        if (!found || found.ports.includes(port.number ?? 0)) continue;
        const ports = found.ports.length > 0 ? `only ${listed(found.ports.map(String))}` : "no ports at all";
        yield {
          object: service,
          path: [...path, "host"],
          subject: `port ${port.number} of ${host}`,
          message: `${found.object.id} has no port ${port.number ?? 0}, ${ports}`,
          after: `${host}:${port.number ?? 0}`,
          fix: `name a port of ${found.object.id}, or add the port to it`,
          certainty: meeting(service, found.object),
          istio: ["IST0101"],
        };
      }
    }
  },
});
