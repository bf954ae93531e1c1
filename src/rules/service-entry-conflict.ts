import { defineAnalysis, type Statement } from "./analysis.ts";
import { listed } from "./references/listed.ts";
import { othersThan } from "./references/parties.ts";
import { type PortClaim, portClaims } from "./references/service-entry-ports.ts";

export const serviceEntryConflict = defineAnalysis({
  id: "service-entry-conflict",
  title: "Two ServiceEntries disagree about the protocol of a port",
  level: "warning",
  istio: ["IST0177"],
  mutual: true,
  docs: {
    what: "finds ServiceEntries before the same callers that give one host and port different protocols",
    why: "only one of them counts, and Git does not tell which: HTTP routes, timeouts and retries stop to apply as soon as the port is taken for TCP or TLS",
    do: "Give the port one protocol in all ServiceEntries, or keep only one of them.",
    example: {
      base: "",
      head: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: payments-http, namespace: prod }
spec:
  hosts: [api.payments.example]
  ports: [{ number: 8443, name: http, protocol: HTTP }]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: payments-tls, namespace: prod }
spec:
  hosts: [api.payments.example]
  ports: [{ number: 8443, name: tls, protocol: TLS }]
  resolution: DNS
`,
    },
  },
  *check({ mesh }) {
    const told = new Set<PortClaim>();
    for (const claims of portClaims(mesh)) {
      const byProtocol = Map.groupBy(claims, ({ protocol }) => protocol);
      if (byProtocol.size < 2) continue;
      for (const [protocol, own] of byProtocol) {
        const rivals = [...byProtocol].flatMap(([other, group]) => (other === protocol ? [] : group));
        for (const claim of own) {
          if (told.has(claim)) continue;
          told.add(claim);
          yield statement(claim, rivals);
        }
      }
    }
  },
});

function statement({ entry, host, port, protocol }: PortClaim, rivals: readonly PortClaim[]): Statement {
  const parties = rivals.map((claim) => claim.entry);
  const others = othersThan(entry, parties);
  const theirs = listed(rivals.slice(0, 100).map((claim) => claim.protocol || "of no protocol"));
  return {
    object: entry,
    path: ["metadata", "name"],
    subject: `${host}:${port}`,
    message: `port ${port} of ${host} is ${protocol || "of no protocol"} here, and ${theirs} ${others ? `in ${others.names}` : "in the same ServiceEntry"}`,
    after: protocol,
    fix: "give the port one protocol in all ServiceEntries",
    certainty: others?.certainty ?? "certain",
    istio: ["IST0177"],
  };
}
