import type { ServiceEntry } from "../mesh/istio.ts";
import type { MeshObject } from "../mesh/object.ts";
import { defineAnalysis, type Statement } from "./analysis.ts";
import { meeting } from "./references/certainty.ts";
import { listed } from "./references/listed.ts";
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
    for (const claims of portClaims(mesh)) {
      const protocols = new Set(claims.map(({ protocol }) => protocol));
      if (protocols.size < 2) continue;
      for (const [entry, [own]] of Map.groupBy(claims, (claim) => claim.entry)) {
        if (own) yield statement(entry, own, claims);
      }
    }
  },
});

function statement(
  entry: MeshObject<ServiceEntry>,
  { host, port, protocol }: PortClaim,
  claims: readonly PortClaim[],
): Statement {
  const others = claims.filter((claim) => claim.entry !== entry && claim.protocol !== protocol);
  const said = listed(others.map((claim) => `${claim.entry.id} as ${claim.protocol || "no protocol"}`));
  return {
    object: entry,
    path: ["metadata", "name"],
    subject: `${host}:${port}`,
    message: `port ${port} of ${host} is ${protocol || "of no protocol"} here, and given by ${said || "this ServiceEntry in two ways"}`,
    after: protocol,
    fix: "give the port one protocol in all ServiceEntries",
    certainty: meeting(entry, ...others.map((claim) => claim.entry)),
    istio: ["IST0177"],
  };
}
