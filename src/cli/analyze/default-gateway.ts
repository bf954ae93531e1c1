import { readManifests } from "../../manifest/read.ts";
import { buildMesh } from "../../mesh/build.ts";
import type { Mesh } from "../../mesh/object.ts";

/** What every installation of Istio has unless it says otherwise (pkg/config/analysis/local/defaults.go). */
const manifests = `
apiVersion: v1
kind: Pod
metadata: { name: istio-ingressgateway-dummypod, namespace: istio-system, labels: { istio: ingressgateway } }
---
apiVersion: v1
kind: Service
metadata: { name: istio-ingressgateway, namespace: istio-system }
spec:
  ports:
    - { name: http2, port: 80, protocol: TCP, targetPort: 80 }
    - { name: https, port: 443, protocol: TCP, targetPort: 443 }
    - { name: tcp, port: 31400, protocol: TCP, targetPort: 31400 }
    - { name: tls, port: 15443, protocol: TCP, targetPort: 15443 }
  selector: { istio: ingressgateway }
`;

/** A mesh with Istio's default ingress gateway, which most repositories lean on and do not hold. */
export function withDefaultGateway(mesh: Mesh): Mesh {
  const added = buildMesh([readManifests("istio-ingressgateway.yaml", manifests)]);
  const ids = new Set([...mesh.services, ...mesh.workloads].map(({ id }) => id));
  const missing = <T extends { readonly id: string }>(objects: readonly T[]) =>
    objects.filter(({ id }) => !ids.has(id));
  return {
    ...mesh,
    services: [...mesh.services, ...missing(added.services)],
    workloads: [...mesh.workloads, ...missing(added.workloads)],
  };
}
