import { defineAnalysis } from "./analysis.ts";
import { meeting } from "./references/certainty.ts";
import { destinationUses } from "./references/destination-uses.ts";
import { listed } from "./references/listed.ts";
import { lookUpHost } from "./references/registry.ts";

export const portRequired = defineAnalysis({
  id: "port-required",
  title: "A route does not say which of several ports it means",
  level: "error",
  istio: ["IST0112"],
  docs: {
    what: "finds destinations without a port whose Service or ServiceEntry has several",
    why: "the port is then the one on which the request came in, and where the service does not have that one the request fails",
    do: "Set `destination.port.number`.",
    example: {
      base: `
apiVersion: v1
kind: Service
metadata: { name: reviews, namespace: prod }
spec: { ports: [{ name: http, port: 80 }, { name: admin, port: 9090 }] }
`,
      head: `
apiVersion: v1
kind: Service
metadata: { name: reviews, namespace: prod }
spec: { ports: [{ name: http, port: 80 }, { name: admin, port: 9090 }] }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, namespace: prod }
spec:
  hosts: [reviews]
  http:
    - route:
        - destination: { host: reviews }
`,
    },
  },
  *check({ mesh }) {
    for (const service of mesh.virtualServices) {
      for (const { destination, path } of destinationUses(service)) {
        const { host, port } = destination;
        if (port !== undefined) continue;
        const found = lookUpHost(mesh, service.namespace, service.spec.exportTo, host);
        if (!found || found.ports.length < 2) continue;
        const ports = listed(found.ports.map(String));
        yield {
          object: service,
          path: [...path, "host"],
          subject: `port of ${host}`,
          message: `${found.object.id} has the ports ${ports}, and the destination names none of them`,
          fix: `set destination.port.number to ${found.ports.join(" or ")}`,
          certainty: meeting(service, found.object),
          istio: ["IST0112"],
        };
      }
    }
  },
});
