import type { Gateway, ServerTLSSettings } from "../mesh/istio.ts";
import type { Mesh, MeshObject } from "../mesh/object.ts";
import { selects } from "../mesh/visibility.ts";
import { defineAnalysis } from "./analysis.ts";
import { othersThan } from "./references/parties.ts";
import { selectorText } from "./references/pods.ts";

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
        const others = othersThan(gateway, users.get(certificate.key)?.selectedBy(gateway) ?? []);
        if (!others) continue;
        yield {
          object: gateway,
          path: ["metadata", "name"],
          subject: `certificate ${certificate.name}`,
          message: `${others.names} ${others.isOne ? "shows" : "show"} certificate ${certificate.name} as well, so requests on a shared HTTP/2 connection may get 404`,
          fix: "put the hosts of one certificate into one server, or use another certificate",
          certainty: others.certainty,
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

function usersByCertificate(mesh: Mesh): ReadonlyMap<string, GatewaysBySelector> {
  const users = new Map<string, GatewaysBySelector>();
  for (const gateway of mesh.gateways) {
    for (const { key } of certificatesOf(gateway)) {
      const known = users.get(key) ?? new GatewaysBySelector();
      users.set(key, known);
      known.add(gateway);
    }
  }
  return users;
}

/** Gateways in groups of one selector, so that selectors are compared and not gateways. */
class GatewaysBySelector {
  readonly #groups = new Map<string, MeshObject<Gateway>[]>();
  readonly #selected = new Map<string, readonly MeshObject<Gateway>[]>();

  add(gateway: MeshObject<Gateway>): void {
    const text = selectorText(gateway.spec.selector);
    const group = this.#groups.get(text);
    if (group) group.push(gateway);
    else this.#groups.set(text, [gateway]);
  }

  /** Those whose selector asks for all that this one's asks for: their pods are among its pods. */
  selectedBy({ spec: { selector } }: MeshObject<Gateway>): readonly MeshObject<Gateway>[] {
    const text = selectorText(selector);
    const known =
      this.#selected.get(text) ??
      [...this.#groups.values()].filter(([first]) => selects(selector, first?.spec.selector ?? {})).flat();
    this.#selected.set(text, known);
    return known;
  }
}
