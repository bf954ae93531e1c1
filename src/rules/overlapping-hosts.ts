import { isWildcard } from "../mesh/hosts.ts";
import type { Mesh } from "../mesh/object.ts";
import { type ResolvedVirtualService, resolveVirtualServices } from "../mesh/virtual-services.ts";
import { lookupRank } from "../mesh/visibility.ts";
import { defineAnalysis } from "./analysis.ts";
import { meeting } from "./references/certainty.ts";
import { HostIndex } from "./references/host-index.ts";

export const overlappingHosts = defineAnalysis({
  id: "overlapping-hosts",
  title: "A host is taken out of another VirtualService's wildcard",
  level: "info",
  docs: {
    what: "finds hosts that a wildcard of another VirtualService covers as well, in the mesh or at one Gateway",
    why: "the most specific host answers alone: none of the wildcard's routes, timeouts or redirects apply to it, and nothing is merged",
    do: "Repeat for the host what the wildcard's routes do, or leave the host to the wildcard.",
    example: {
      base: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: fallback, namespace: prod }
spec:
  hosts: ["*.example.com"]
  http: [{ timeout: 5s, route: [{ destination: { host: web } }] }]
`,
      head: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: fallback, namespace: prod }
spec:
  hosts: ["*.example.com"]
  http: [{ timeout: 5s, route: [{ destination: { host: web } }] }]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: shop, namespace: prod }
spec:
  hosts: [shop.example.com]
  http: [{ route: [{ destination: { host: shop } }] }]
`,
    },
  },
  *check({ mesh }) {
    const wildcards = wildcardsByGateway(mesh);
    if (wildcards.size === 0) return;
    for (const service of resolveVirtualServices(mesh)) {
      for (const [index, host] of service.hosts.entries()) {
        const wider = takenFrom(service, host, wildcards);
        if (!wider) continue;
        yield {
          object: service.object,
          path: ["spec", "hosts", index],
          subject: `host ${host}`,
          message: `${host} is taken out of ${wider.host} of ${wider.service.object.id}, whose routes no longer apply to it`,
          fix: `repeat here what ${wider.service.object.id} does for ${wider.host}, or leave ${host} to it`,
          certainty: meeting(service.object, wider.service.object),
        };
      }
    }
  },
});

type Wildcards = ReadonlyMap<string, HostIndex<ResolvedVirtualService>>;

/** `*` alone takes whatever is left: nobody is surprised that others come first. */
function wildcardsByGateway(mesh: Mesh): Wildcards {
  const byGateway = new Map<string, HostIndex<ResolvedVirtualService>>();
  for (const service of resolveVirtualServices(mesh)) {
    for (const host of service.hosts.filter((name) => isWildcard(name) && name !== "*")) {
      for (const gateway of service.gateways) {
        const index = byGateway.get(gateway) ?? new HostIndex<ResolvedVirtualService>();
        byGateway.set(gateway, index);
        index.add(host, service);
      }
    }
  }
  return byGateway;
}

/** The wildcard of another VirtualService, at one of the same gateways and before the same callers, that covers a host. */
function takenFrom(service: ResolvedVirtualService, host: string, wildcards: Wildcards) {
  for (const gateway of service.gateways) {
    for (const wider of wildcards.get(gateway)?.covering(host) ?? []) {
      const other = wider.values.find(
        (candidate) => candidate.object !== service.object && meet(candidate, service),
      );
      if (other) return { host: wider.host, service: other };
    }
  }
  return null;
}

function meet(a: ResolvedVirtualService, b: ResolvedVirtualService): boolean {
  if (a.visibility.kind === "public" || b.visibility.kind === "public") return true;
  return a.visibility.namespaces.some((namespace) => lookupRank(b.visibility, namespace) !== null);
}
