import { defineAnalysis } from "./analysis.ts";
import { meeting } from "./references/certainty.ts";
import { listed } from "./references/listed.ts";
import { portClaims } from "./references/service-entry-ports.ts";

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
    for (const claims of portClaims(mesh)) {
      const owners = new Map(claims.map((claim) => [claim.entry, claim]));
      const protocols = new Set(claims.map(({ protocol }) => protocol));
      // Where they disagree, `service-entry-conflict` speaks.
      if (owners.size < 2 || protocols.size > 1) continue;
      for (const [entry, { host, port }] of owners) {
        const others = [...owners.keys()].filter((owner) => owner !== entry);
        yield {
          object: entry,
          path: ["spec", "hosts"],
          subject: `${host}:${port}`,
          message: `${listed(others.map(({ id }) => id))} ${others.length > 1 ? "define" : "defines"} port ${port} of ${host} as well`,
          fix: "keep one ServiceEntry, or export each to its own namespace alone",
          certainty: meeting(entry, ...others),
        };
      }
    }
  },
});
