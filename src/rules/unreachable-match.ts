import { defineAnalysis } from "./analysis.ts";
import { validityOf } from "./references/validity-of.ts";

export const unreachableMatch = defineAnalysis({
  id: "unreachable-match",
  title: "An earlier route answers all that a match asks for",
  level: "warning",
  istio: ["IST0130", "IST0131"],
  docs: {
    what: "finds routes and matches that Istio's webhook warns of, because earlier ones have the same match or a wider prefix",
    why: "routes are tried from the top, so what stands below a wider route never answers",
    do: "Move the more specific route up, or remove it.",
    example: {
      base: "",
      head: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: shop, namespace: prod }
spec:
  hosts: [shop]
  http:
    - match: [{ uri: { prefix: /api } }]
      route: [{ destination: { host: api } }]
    - match: [{ uri: { prefix: /api/v2 } }]
      route: [{ destination: { host: api-v2 } }]
    - route: [{ destination: { host: shop } }]
`,
    },
  },
  *check({ mesh, touched }) {
    for (const service of mesh.virtualServices) {
      if (!touched.has(service.id)) continue;
      for (const { code, path, message, fix } of validityOf(service).webhook.unreachable) {
        yield {
          object: service,
          path,
          subject: message,
          message,
          fix: fix ?? "move it up, or remove it",
          istio: [code === "unreachable-route" ? "IST0130" : "IST0131"],
        };
      }
    }
  },
});
