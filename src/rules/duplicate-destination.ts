import type { WeightedDestination } from "../mesh/istio.ts";
import { defineAnalysis } from "./analysis.ts";

export const duplicateDestination = defineAnalysis({
  id: "duplicate-destination",
  title: "A route names one destination twice",
  level: "info",
  docs: {
    what: "finds routes with the same host, port and subset in two legs that do nothing different",
    why: "their weights add up, so the destination gets a larger share than either line says; most often one of them was to name another subset",
    do: "Correct the subset of one leg, or merge the two.",
    example: {
      base: "",
      head: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, namespace: prod }
spec:
  hosts: [reviews]
  http:
    - route:
        - { destination: { host: reviews, subset: v1 }, weight: 90 }
        - { destination: { host: reviews, subset: v1 }, weight: 10 }
`,
    },
  },
  *check({ mesh, touched }) {
    for (const service of mesh.virtualServices) {
      if (!touched.has(service.id)) continue;
      for (const protocol of ["http", "tls", "tcp"] as const) {
        for (const [index, { route = [] }] of (service.spec[protocol] ?? []).entries()) {
          const seen = new Set<string>();
          for (const [place, leg] of route.entries()) {
            const name = nameOf(leg);
            const isTwin = seen.has(name + JSON.stringify(leg.headers ?? {}));
            seen.add(name + JSON.stringify(leg.headers ?? {}));
            if (!isTwin) continue;
            yield {
              object: service,
              path: ["spec", protocol, index, "route", place, "destination"],
              subject: `destination ${name}`,
              message: `${name} is a destination of the same route already`,
              after: name,
              fix: "correct the subset, or add the weights up in one leg",
            };
          }
        }
      }
    }
  },
});

function nameOf({ destination: { host, port, subset } }: WeightedDestination): string {
  return `${host}${port?.number === undefined ? "" : `:${port.number}`}${subset ? ` subset ${subset}` : ""}`;
}
