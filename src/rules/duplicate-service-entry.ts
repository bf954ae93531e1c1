import { defineAnalysis } from "./analysis.ts";
import { othersThan } from "./references/parties.ts";
import { type PortClaim, portClaims } from "./references/service-entry-ports.ts";

export const duplicateServiceEntry = defineAnalysis({
  id: "duplicate-service-entry",
  title: "Two ServiceEntries define the same host and port",
  level: "warning",
  mutual: true,
  docs: {
    what: "finds hosts and ports that several ServiceEntries define before the same callers",
    why: "a caller uses the one of its own namespace, else the oldest: endpoints and settings of the others are lost",
    do: "Keep one ServiceEntry, or export each to its own namespace alone.",
    example: {
      base: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: payments, namespace: prod }
spec:
  hosts: [api.payments.example]
  ports: [{ number: 443, name: tls, protocol: TLS }]
  resolution: DNS
`,
      head: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: payments, namespace: prod }
spec:
  hosts: [api.payments.example]
  ports: [{ number: 443, name: tls, protocol: TLS }]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: payments, namespace: web }
spec:
  hosts: [api.payments.example]
  ports: [{ number: 443, name: tls, protocol: TLS }]
  resolution: DNS
`,
    },
  },
  *check({ mesh }) {
    const told = new Set<PortClaim>();
    for (const claims of portClaims(mesh)) {
      // Where they disagree, `service-entry-conflict` speaks.
      if (new Set(claims.map(({ protocol }) => protocol)).size > 1) continue;
      const parties = claims.map(({ entry }) => entry);
      for (const claim of claims) {
        const others = told.has(claim) ? null : othersThan(claim.entry, parties);
        told.add(claim);
        if (!others) continue;
        yield {
          object: claim.entry,
          path: ["spec", "hosts"],
          subject: `${claim.host}:${claim.port}`,
          message: `${others.names} ${others.isOne ? "defines" : "define"} port ${claim.port} of ${claim.host} as well`,
          fix: "keep one ServiceEntry, or export each to its own namespace alone",
          certainty: others.certainty,
        };
      }
    }
  },
});
