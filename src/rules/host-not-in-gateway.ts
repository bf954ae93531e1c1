import { qualifyGateway } from "../mesh/hosts.ts";
import { defineAnalysis } from "./analysis.ts";
import { meeting } from "./references/certainty.ts";
import { isInternal } from "./references/gateway-references.ts";
import { listed } from "./references/listed.ts";
import { namedGateways } from "./references/named-gateways.ts";

export const hostNotInGateway = defineAnalysis({
  id: "host-not-in-gateway",
  title: "No host of a VirtualService arrives at its Gateway",
  level: "warning",
  istio: ["IST0132"],
  docs: {
    what: "finds Gateways none of whose servers takes a host of the VirtualService that is bound to them",
    why: "a gateway answers only for hosts that both name: such a VirtualService has no effect there, and requests get 404",
    do: "Add the host to a server of the Gateway, open the server to the namespace, or bind the VirtualService to another Gateway.",
    example: {
      base: "",
      head: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: public, namespace: istio-ingress }
spec:
  selector: { istio: ingressgateway }
  servers:
    - { port: { number: 80, name: http, protocol: HTTP }, hosts: ["*.example.com"] }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: shop, namespace: prod }
spec:
  hosts: [shop.example.org]
  gateways: [istio-ingress/public]
  http:
    - route:
        - destination: { host: shop }
`,
    },
  },
  *check({ mesh }) {
    const gateways = namedGateways(mesh);
    for (const service of mesh.virtualServices) {
      const { hosts = [], gateways: bound = [] } = service.spec;
      for (const [index, reference] of bound.entries()) {
        if (reference === "mesh" || isInternal(reference)) continue;
        const name = qualifyGateway(reference, service.namespace);
        const gateway = gateways.get(name);
        if (!gateway || gateway.takes(hosts, service.namespace)) continue;
        yield {
          object: service,
          path: ["spec", "gateways", index],
          subject: `gateway ${name}`,
          message: `no server of Gateway ${name} takes ${hosts.length > 0 ? listed(hosts) : "a VirtualService without hosts"} for namespace ${service.namespace}`,
          fix: `add the host to a server of Gateway ${name}, or bind the VirtualService to another`,
          certainty: meeting(service, gateway.object),
          istio: ["IST0132"],
        };
      }
    }
  },
});
