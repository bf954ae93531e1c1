import { qualifyGateway } from "../mesh/hosts.ts";
import { defineAnalysis } from "./analysis.ts";
import { isInternal, plainGatewayName } from "./references/gateway-references.ts";
import { namedGateways } from "./references/named-gateways.ts";

export const gatewayReferenceForm = defineAnalysis({
  id: "gateway-reference-form",
  title: "A Gateway is named in a form that will not last",
  level: "warning",
  istio: ["IST0101", "IST0132", "IST0165"],
  docs: {
    what: "finds Gateways named as `name.namespace` or `./name`, and the names that Istio gives to Gateways of its own making",
    why: "the old forms are still read by Istio, but its own analyzer takes such Gateways for missing; names of its own making change with the next release",
    do: "Write `namespace/name`; a Kubernetes Gateway is named by its own name.",
    example: {
      base: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: public, namespace: istio-ingress }
spec:
  selector: { istio: ingressgateway }
  servers:
    - { port: { number: 80, name: http, protocol: HTTP }, hosts: ["*"] }
`,
      head: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: public, namespace: istio-ingress }
spec:
  selector: { istio: ingressgateway }
  servers:
    - { port: { number: 80, name: http, protocol: HTTP }, hosts: ["*"] }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: shop, namespace: prod }
spec:
  hosts: [shop.example.com]
  gateways: [public.istio-ingress.svc.cluster.local]
  http:
    - route:
        - destination: { host: shop }
`,
    },
  },
  *check({ mesh }) {
    const gateways = namedGateways(mesh);
    for (const service of mesh.virtualServices) {
      for (const [index, gateway] of (service.spec.gateways ?? []).entries()) {
        const place = { object: service, path: ["spec", "gateways", index], subject: `gateway ${gateway}` };
        const name = qualifyGateway(gateway, service.namespace);
        if (isInternal(gateway)) {
          yield {
            ...place,
            message: `${gateway} is the name of a Gateway that Istio made of a Kubernetes Gateway for itself`,
            fix: "name the Kubernetes Gateway",
            istio: ["IST0165"],
          };
        } else if (gateways.has(name) && !gateways.has(plainGatewayName(gateway, service.namespace))) {
          yield {
            ...place,
            message: `${gateway} is an old form of ${name}, which tools other than Istio take for missing`,
            fix: `write ${name}`,
            istio: ["IST0101", "IST0132"],
          };
        }
      }
    }
  },
});
