import type { Gateway } from "../mesh/istio.ts";
import type { MeshObject, ServiceSpec, Workload } from "../mesh/object.ts";
import { selects } from "../mesh/visibility.ts";
import { type AnalysisContext, defineAnalysis } from "./analysis.ts";
import { firstLabel, podsSelected, selectorText } from "./references/pods.ts";

export const gatewayPortNotServed = defineAnalysis({
  id: "gateway-port-not-served",
  title: "No Service leads to a port of a Gateway",
  level: "warning",
  istio: ["IST0162"],
  docs: {
    what: "finds servers of Gateways on a port that no Service in front of the gateway's pods has, as port or as targetPort",
    why: "the gateway listens there, but what comes through its Service never reaches that port",
    do: "Add the port to the Service, or let the server use a port that the Service has.",
    example: {
      base: `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ingress, namespace: istio-ingress }
spec:
  template: { metadata: { labels: { istio: ingress } } }
---
apiVersion: v1
kind: Service
metadata: { name: ingress, namespace: istio-ingress }
spec: { selector: { istio: ingress }, ports: [{ port: 80, targetPort: 8080 }] }
`,
      head: `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ingress, namespace: istio-ingress }
spec:
  template: { metadata: { labels: { istio: ingress } } }
---
apiVersion: v1
kind: Service
metadata: { name: ingress, namespace: istio-ingress }
spec: { selector: { istio: ingress }, ports: [{ port: 80, targetPort: 8080 }] }
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: public, namespace: istio-ingress }
spec:
  selector: { istio: ingress }
  servers:
    - port: { number: 443, name: https, protocol: HTTPS }
      hosts: ["*"]
      tls: { mode: SIMPLE, credentialName: public }
`,
    },
  },
  *check(context) {
    const services = Map.groupBy(context.mesh.services, ({ namespace }) => namespace);
    const portsBySelector = new Map<string, ReadonlySet<number> | null>();
    for (const gateway of context.mesh.gateways) {
      const text = selectorText(gateway.spec.selector);
      if (!portsBySelector.has(text)) portsBySelector.set(text, portsOf(context, gateway, services));
      const ports = portsBySelector.get(text);
      if (!ports) continue;
      for (const { port } of gateway.spec.servers ?? []) {
        const number = port?.number ?? 0;
        if (!port || ports.has(number)) continue;
        yield {
          object: gateway,
          path: ["spec", "selector", ...firstLabel(gateway.spec.selector)],
          subject: `port ${number}`,
          message: `no Service in front of the pods with ${text || "any labels"} has port ${number}, as port or as targetPort`,
          after: String(number),
          fix: `add port ${number} to the Service of the gateway, or use one of its ports`,
          certainty: "needs-inventory",
          istio: ["IST0162"],
        };
      }
    }
  },
});

type Services = ReadonlyMap<string, readonly MeshObject<ServiceSpec>[]>;

/** The ports by which the pods of a Gateway are reached; null where there is no pod, or no Service to judge by. */
function portsOf(
  { mesh, complete }: AnalysisContext,
  { spec }: MeshObject<Gateway>,
  services: Services,
): ReadonlySet<number> | null {
  const pods = podsSelected(mesh, spec.selector, null);
  const inFront = new Set(pods.flatMap((pod) => servicesOf(pod, services)));
  if (pods.length === 0 || (!complete && inFront.size === 0)) return null;
  return new Set([...inFront].flatMap(portsOfService));
}

/** To `istioctl analyze` a Service without a selector leads to every pod of its namespace. */
function servicesOf({ namespace, podLabels }: Workload, services: Services): MeshObject<ServiceSpec>[] {
  return (services.get(namespace) ?? []).filter(({ spec }) => selects(spec.selector, podLabels));
}

/** A numeric targetPort counts beside its port (pkg/config/analysis/analyzers/gateway/gateway.go). */
function portsOfService({ spec }: MeshObject<ServiceSpec>): number[] {
  return (spec.ports ?? []).flatMap(({ port, targetPort, protocol = "TCP" }) => {
    const target = Number(targetPort);
    return protocol !== "TCP" ? [] : Number.isInteger(target) && target !== 0 ? [port, target] : [port];
  });
}
