import { qualifyGateway } from "../mesh/hosts.ts";
import { defineAnalysis } from "./analysis.ts";

export const matchGatewayNotBound = defineAnalysis({
  id: "match-gateway-not-bound",
  title: "A match asks for a gateway that the VirtualService is not bound to",
  level: "warning",
  docs: {
    what: "finds matches whose `gateways` name none of the VirtualService's own",
    why: "such a match never applies: the VirtualService is read at the gateways of its `gateways` list alone, or in the mesh where it has none",
    do: "Add the gateway to the VirtualService's `gateways`, or take it out of the match.",
    example: {
      base: "",
      head: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: shop, namespace: prod }
spec:
  hosts: [shop.example.com]
  gateways: [istio-ingress/public]
  http:
    - match: [{ gateways: [mesh], uri: { prefix: /internal } }]
      route: [{ destination: { host: internal } }]
    - route: [{ destination: { host: shop } }]
`,
    },
  },
  *check({ mesh, touched }) {
    for (const service of mesh.virtualServices) {
      const { gateways, hosts, http = [], tls = [], tcp = [] } = service.spec;
      // A delegate is bound to what its root is bound to.
      if (!touched.has(service.id) || !hosts?.length) continue;
      const qualify = (name: string) => qualifyGateway(name, service.namespace);
      const bound = new Set((gateways?.length ? gateways : ["mesh"]).map(qualify));
      for (const [protocol, routes] of Object.entries({ http, tls, tcp })) {
        for (const [index, { match = [] }] of routes.entries()) {
          for (const [position, { gateways: wanted = [] }] of match.entries()) {
            if (wanted.length === 0 || wanted.some((name) => bound.has(qualify(name)))) continue;
            yield {
              object: service,
              path: ["spec", protocol, index, "match", position, "gateways"],
              subject: `match for ${[...wanted].sort().join(", ")}`,
              message: `the match is for ${wanted.join(", ")}, and the VirtualService is bound to ${[...bound].join(", ")} alone`,
              fix: `add ${wanted.join(", ")} to the VirtualService's gateways, or take it out of the match`,
            };
          }
        }
      }
    }
  },
});
