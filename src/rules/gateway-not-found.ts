import { qualifyGateway } from "../mesh/hosts.ts";
import type { Mesh } from "../mesh/object.ts";
import { nearest } from "../mesh/validity/schema/nearest.ts";
import { type AnalysisContext, defineAnalysis, type Statement } from "./analysis.ts";
import { isInternal } from "./references/gateway-references.ts";
import { namedGateways } from "./references/named-gateways.ts";

type BoundService = AnalysisContext["mesh"]["virtualServices"][number];

export const gatewayNotFound = defineAnalysis({
  id: "gateway-not-found",
  title: "A VirtualService is bound to a Gateway that is not there",
  level: "error",
  istio: ["IST0101", "IST0132"],
  docs: {
    what: "finds names of Gateways, in `gateways` and in matches, that no Gateway has",
    why: "the routes of a VirtualService take effect only at gateways that exist: at a misspelled one nobody reaches them, and requests get 404",
    do: "Write the Gateway as `namespace/name`; a name alone is looked for in the VirtualService's own namespace.",
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
  gateways: [istio-ingress/pubic]
  http:
    - route:
        - destination: { host: shop }
`,
    },
  },
  *check({ mesh, complete }) {
    const shown = namespacesWithGateways(mesh);
    for (const service of mesh.virtualServices) {
      for (const missing of missingGateways(mesh, service)) {
        const [owner = ""] = missing.name.split("/");
        if (complete || shown.has(owner)) yield statement(mesh, service, missing);
      }
    }
  },
});

interface Missing {
  /** `namespace/name`. */
  readonly name: string;
  readonly path: Statement["path"];
  readonly isBinding: boolean;
}

function* missingGateways(mesh: Mesh, service: BoundService): Generator<Missing> {
  const gateways = namedGateways(mesh);
  const { gateways: bound = [], http = [], tls = [], tcp = [] } = service.spec;
  const isMissing = (gateway: string) =>
    gateway !== "mesh" && !isInternal(gateway) && !gateways.has(qualifyGateway(gateway, service.namespace));
  for (const [index, gateway] of bound.entries()) {
    const name = qualifyGateway(gateway, service.namespace);
    if (isMissing(gateway)) yield { name, path: ["spec", "gateways", index], isBinding: true };
  }
  for (const [protocol, routes] of Object.entries({ http, tls, tcp })) {
    for (const [index, { match = [] }] of routes.entries()) {
      for (const [position, { gateways: wanted = [] }] of match.entries()) {
        for (const [place, gateway] of wanted.entries()) {
          if (!isMissing(gateway) || bound.includes(gateway)) continue;
          const path = ["spec", protocol, index, "match", position, "gateways", place];
          yield { name: qualifyGateway(gateway, service.namespace), path, isBinding: false };
        }
      }
    }
  }
}

function statement(mesh: Mesh, service: BoundService, { name, path, isBinding }: Missing): Statement {
  return {
    object: service,
    path,
    subject: `gateway ${name}`,
    message: `Git shows no Gateway ${name}${isBinding ? "" : ", so the match never applies"}`,
    after: name,
    fix: () => {
      const meant = nearest(name, [...namedGateways(mesh).keys()]);
      return meant === null ? "name a Gateway that exists, as namespace/name" : `write ${meant}`;
    },
    certainty: "needs-inventory",
    ...(isBinding ? { istio: ["IST0101", "IST0132"] } : {}),
  };
}

function namespacesWithGateways(mesh: Mesh): ReadonlySet<string> {
  return new Set([...namedGateways(mesh).values()].map(({ object }) => object.namespace));
}
