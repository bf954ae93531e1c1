import type { Mesh, MeshObject } from "../mesh/object.ts";
import { defineAnalysis } from "./analysis.ts";
import { podsSelected } from "./references/pods.ts";
import { flawOfCredential } from "./references/secrets.ts";

export const credentialNotFound = defineAnalysis({
  id: "credential-not-found",
  title: "A Gateway has no certificate to show",
  level: "error",
  istio: ["IST0101", "IST0161"],
  docs: {
    what: "finds servers of Gateways whose `credentialName` is no Secret in the namespace of the gateway's pods, or a Secret without a valid certificate",
    why: "without a certificate the gateway cannot finish a TLS handshake, and every connection to that port fails",
    do: "Put the Secret into the namespace in which the gateway's pods run, with `tls.crt` and `tls.key`.",
    example: {
      base: `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ingress, namespace: istio-ingress }
spec:
  template: { metadata: { labels: { istio: ingress } } }
---
apiVersion: v1
kind: Secret
metadata: { name: public, namespace: istio-ingress }
`,
      head: `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ingress, namespace: istio-ingress }
spec:
  template: { metadata: { labels: { istio: ingress } } }
---
apiVersion: v1
kind: Secret
metadata: { name: public, namespace: istio-ingress }
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: public, namespace: istio-ingress }
spec:
  selector: { istio: ingress }
  servers:
    - port: { number: 443, name: https, protocol: HTTPS }
      hosts: ["*"]
      tls: { mode: SIMPLE, credentialName: pubic }
`,
    },
  },
  *check({ mesh, complete, moment }) {
    const secrets = secretsOf(mesh);
    const namespaces = new Set([...secrets.values()].map(({ namespace }) => namespace));
    for (const gateway of mesh.gateways) {
      const pod = podsSelected(mesh, gateway.spec.selector, null)[0];
      if (!pod) continue;
      for (const [index, { tls }] of (gateway.spec.servers ?? []).entries()) {
        const credential = tls?.credentialName;
        if (!credential) continue;
        const name = credential.includes("/") ? credential : `${pod.namespace}/${credential}`;
        const secret = secrets.get(name);
        const place = {
          object: gateway,
          path: ["spec", "servers", index, "tls", "credentialName"],
          subject: `credential ${name}`,
          after: credential,
          certainty: "needs-inventory" as const,
        };
        if (!secret && (complete || namespaces.has(pod.namespace))) {
          yield {
            ...place,
            message: `Git shows no Secret ${name}, and the gateway's pods run in ${pod.namespace}`,
            fix: `add Secret ${name}, or name one that is there`,
            istio: ["IST0101"],
          };
        }
        const flaw = secret && (complete || isFilled(secret)) ? flawOfCredential(secret, moment) : null;
        if (flaw) {
          const fix = `put a valid certificate into Secret ${name}`;
          yield { ...place, message: `Secret ${name} ${flaw}`, fix, istio: ["IST0161"] };
        }
      }
    }
  },
});

function secretsOf(mesh: Mesh): ReadonlyMap<string, MeshObject> {
  const secrets = mesh.others.filter(({ kind }) => kind === "Secret");
  return new Map(secrets.map((secret) => [`${secret.namespace}/${secret.name}`, secret]));
}

/** A Secret without data in Git is filled by somebody else. */
function isFilled({ document: { value } }: MeshObject): boolean {
  return typeof value === "object" && value !== null && ("data" in value || "stringData" in value);
}
