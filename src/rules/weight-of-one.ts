import { defineAnalysis } from "./analysis.ts";

export const weightOfOne = defineAnalysis({
  id: "weight-of-one",
  title: "The only destination of a route has a weight that does not count",
  level: "info",
  docs: {
    what: "finds routes with a single destination whose weight is between 1 and 99",
    why: "a single destination gets every request: who reads `weight: 10` expects a canary, and all traffic goes there",
    do: "Add the destination that is to get the rest, or remove the weight.",
    example: {
      base: "",
      head: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, namespace: prod }
spec:
  hosts: [reviews]
  http:
    - route: [{ destination: { host: reviews, subset: canary }, weight: 10 }]
`,
    },
  },
  *check({ mesh, touched }) {
    for (const service of mesh.virtualServices) {
      if (!touched.has(service.id)) continue;
      for (const protocol of ["http", "tls", "tcp"] as const) {
        for (const [index, { route = [] }] of (service.spec[protocol] ?? []).entries()) {
          const [only, second] = route;
          const weight = only?.weight ?? 0;
          if (!only || second || weight < 1 || weight > 99) continue;
          const { host, subset } = only.destination;
          yield {
            object: service,
            path: ["spec", protocol, index, "route", 0, "weight"],
            subject: `weight of ${host}${subset ? ` subset ${subset}` : ""}`,
            message: `weight ${weight} of a single destination does not count: it gets all requests`,
            after: String(weight),
            fix: "add the destination that is to get the rest, or remove the weight",
          };
        }
      }
    }
  },
});
