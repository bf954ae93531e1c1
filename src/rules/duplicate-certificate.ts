import type { Gateway, ServerTLSSettings } from "../mesh/istio.ts";
import type { Mesh, MeshObject } from "../mesh/object.ts";
import { selects } from "../mesh/visibility.ts";
import { defineAnalysis } from "./analysis.ts";
import { meeting } from "./references/certainty.ts";
import { listed } from "./references/listed.ts";

export const duplicateCertificate = defineAnalysis({
  id: "duplicate-certificate",
  title: "Two Gateways show the same certificate",
  level: "warning",
  istio: ["IST0138"],
  mutual: true,
  docs: {
    what: "finds Gateways for the same pods with servers that use the same certificate",
    why: "browsers reuse an HTTP/2 connection for every host of its certificate, so a request for one Gateway's host arrives at the other Gateway and gets 404",
    do: "Put the hosts of one certificate into one server, or give each Gateway a certificate of its own.",
    example: {
      base: "",
      head: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: shop, namespace: istio-ingress }
spec:
  selector: { istio: ingress }
  servers:
    - port: { number: 443, name: https, protocol: HTTPS }
      hosts: [shop.example.com]
      tls: { mode: SIMPLE, credentialName: wildcard }
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: blog, namespace: istio-ingress }
spec:
  selector: { istio: ingress }
  servers:
    - port: { number: 443, name: https, protocol: HTTPS }
      hosts: [blog.example.com]
      tls: { mode: SIMPLE, credentialName: wildcard }
`,
    },
  },
  *check({ mesh }) {
    const users = usersByCertificate(mesh);
    for (const gateway of mesh.gateways) {
      for (const certificate of certificatesOf(gateway)) {
        const others = (users.get(certificate.key) ?? [])
          .map((user) => user.gateway)
          .filter((other) => other !== gateway && selects(gateway.spec.selector, other.spec.selector ?? {}));
        if (others.length === 0) continue;
        yield {
          object: gateway,
          path: ["metadata", "name"],
          subject: `certificate ${certificate.name}`,
          message: `${listed(others.map(({ id }) => id))} ${others.length > 1 ? "show" : "shows"} certificate ${certificate.name} as well, so requests on a shared HTTP/2 connection may get 404`,
          fix: "put the hosts of one certificate into one server, or use another certificate",
          certainty: meeting(gateway, ...others),
          istio: ["IST0138"],
        };
      }
    }
  },
});

interface Certificate {
  readonly key: string;
  readonly name: string;
}

function certificatesOf({ spec }: MeshObject<Gateway>): readonly Certificate[] {
  const found = (spec.servers ?? []).flatMap(({ tls }) => certificateOf(tls) ?? []);
  return [...new Map(found.map((certificate) => [certificate.key, certificate])).values()];
}

/** What two servers must share to show one certificate (pkg/config/analysis/analyzers/gateway/certificate.go). */
function certificateOf(tls: ServerTLSSettings | undefined): Certificate | null {
  if (tls?.credentialName) return { key: `credential ${tls.credentialName}`, name: tls.credentialName };
  if (!tls?.serverCertificate || !tls.privateKey) return null;
  return { key: `files ${tls.serverCertificate} ${tls.privateKey}`, name: tls.serverCertificate };
}

function usersByCertificate(
  mesh: Mesh,
): ReadonlyMap<string, readonly { readonly gateway: MeshObject<Gateway> }[]> {
  const entries = mesh.gateways.flatMap((gateway) =>
    certificatesOf(gateway).map(({ key }) => ({ key, gateway })),
  );
  return Map.groupBy(entries, ({ key }) => key);
}
