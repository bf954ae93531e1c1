import type { Mesh } from "../mesh/object.ts";
import { meshServices } from "../mesh/services.ts";
import { resolveVirtualServices } from "../mesh/virtual-services.ts";
import { defineAnalysis } from "./analysis.ts";
import { HostIndex } from "./references/host-index.ts";

export const sidecarEgressHostNotFound = defineAnalysis({
  id: "sidecar-egress-host-not-found",
  title: "A Sidecar imports a host that nobody serves",
  level: "warning",
  docs: {
    what: "finds egress hosts of Sidecars that name no service of that namespace",
    why: "a workload does not reach a service that its Sidecar misspells, and where unknown hosts are refused its requests fail",
    do: "Write `namespace/name.namespace.svc.cluster.local`, or the host of the ServiceEntry.",
    example: {
      base: `
apiVersion: v1
kind: Service
metadata: { name: reviews, namespace: prod }
spec: { ports: [{ port: 80 }] }
`,
      head: `
apiVersion: v1
kind: Service
metadata: { name: reviews, namespace: prod }
spec: { ports: [{ port: 80 }] }
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: { name: default, namespace: web }
spec:
  egress:
    - hosts: ["./*", prod/review.prod.svc.cluster.local]
`,
    },
  },
  *check({ mesh }) {
    let hosts: HostIndex<string> | null = null;
    const owners = [...mesh.services, ...mesh.serviceEntries].map(({ namespace }) => namespace);
    const namespaces = new Set(owners.length > 0 ? ["*", ...owners] : []);
    for (const sidecar of mesh.sidecars) {
      for (const [index, listener] of (sidecar.spec.egress ?? []).entries()) {
        for (const [place, entry] of (listener.hosts ?? []).entries()) {
          const [scope = "", name] = entry.split("/");
          // Short names have no meaning here, and Istio's webhook refuses them.
          if (!name?.includes(".") || scope.startsWith("~")) continue;
          const namespace = scope === "." ? sidecar.namespace : scope;
          hosts ??= importableHosts(mesh);
          if (canImport(hosts, namespace, name) || !namespaces.has(namespace)) continue;
          yield {
            object: sidecar,
            path: ["spec", "egress", index, "hosts", place],
            subject: `egress ${entry}`,
            message: `no service in Git is ${name}${namespace === "*" ? "" : ` of namespace ${namespace}`}`,
            after: entry,
            fix: "correct the host, or its namespace",
            certainty: "needs-inventory",
          };
        }
      }
    }
  },
});

/** Hosts of services and of VirtualServices, which a Sidecar imports in the same way, with their namespaces. */
function importableHosts(mesh: Mesh): HostIndex<string> {
  const hosts = new HostIndex<string>();
  for (const { host, namespace } of meshServices(mesh)) hosts.add(host, namespace);
  for (const service of resolveVirtualServices(mesh)) {
    for (const host of service.hosts) hosts.add(host, service.object.namespace);
  }
  return hosts;
}

function canImport(hosts: HostIndex<string>, namespace: string, name: string): boolean {
  for (const { values } of hosts.overlapping(name)) {
    if (namespace === "*" || values.includes(namespace)) return true;
  }
  return false;
}
