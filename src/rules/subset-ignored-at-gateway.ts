import type { VirtualService } from "../mesh/istio.ts";
import type { Mesh, MeshObject } from "../mesh/object.ts";
import { defineAnalysis } from "./analysis.ts";
import { listed } from "./references/listed.ts";
import { type Others, othersThan } from "./references/parties.ts";

export const subsetIgnoredAtGateway = defineAnalysis({
  id: "subset-ignored-at-gateway",
  title: "A gateway's route goes past another VirtualService's subsets",
  level: "warning",
  istio: ["IST0140"],
  docs: {
    what: "finds routes of a VirtualService with gateways to a host whose subsets another VirtualService splits",
    why: "a gateway follows its own VirtualService alone: its requests reach all versions of the host, whatever share of them the mesh's VirtualService gives to a canary",
    do: "Split the requests in the gateway's VirtualService as well.",
    example: {
      base: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, namespace: prod }
spec:
  hosts: [reviews]
  http: [{ route: [{ destination: { host: reviews, subset: v1 } }] }]
`,
      head: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, namespace: prod }
spec:
  hosts: [reviews]
  http: [{ route: [{ destination: { host: reviews, subset: v1 } }] }]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: shop, namespace: prod }
spec:
  hosts: [shop.example.com]
  gateways: [istio-ingress/public]
  http: [{ route: [{ destination: { host: reviews } }] }]
`,
    },
  },
  *check({ mesh }) {
    const splitters = splittersByHost(mesh);
    if (splitters.size === 0) return;
    for (const service of mesh.virtualServices) {
      if (!service.spec.gateways?.length) continue;
      for (const [index, { route = [] }] of (service.spec.http ?? []).entries()) {
        for (const [leg, { destination }] of route.entries()) {
          const others = destination.subset ? null : whoElse(service, splitters.get(destination.host) ?? []);
          if (!others) continue;
          yield {
            object: service,
            path: ["spec", "http", index, "route", leg, "destination", "host"],
            subject: `host ${destination.host}`,
            message: `the subsets to which ${others.names} ${others.isOne ? "routes" : "route"} ${destination.host} do not count for this route at ${listed(service.spec.gateways)}`,
            fix: "name the subsets in this route as well",
            certainty: others.certainty,
            istio: ["IST0140"],
          };
        }
      }
    }
  },
});

/** A VirtualService can split a host in one route and go past its own split in another. */
function whoElse(
  service: MeshObject<VirtualService>,
  splitters: readonly MeshObject<VirtualService>[],
): Others | null {
  const isOwn = splitters.length === 1 && splitters[0] === service;
  return isOwn ? { names: service.id, isOne: true, certainty: "certain" } : othersThan(service, splitters);
}

/**
 * VirtualServices that route a host of their own to subsets, by that host as written: Istio's analyzer compares letters
 * (pkg/config/analysis/analyzers/virtualservice/destinationhosts.go `analyzeSubset`).
 */
function splittersByHost(mesh: Mesh): ReadonlyMap<string, readonly MeshObject<VirtualService>[]> {
  const byHost = new Map<string, MeshObject<VirtualService>[]>();
  for (const service of mesh.virtualServices) {
    for (const host of splitHosts(service)) {
      const known = byHost.get(host);
      if (known) known.push(service);
      else byHost.set(host, [service]);
    }
  }
  return byHost;
}

function splitHosts({ spec: { hosts = [], http = [] } }: MeshObject<VirtualService>): ReadonlySet<string> {
  const split = new Set<string>();
  for (const { route = [] } of http) {
    for (const { destination } of route) {
      if (destination.subset && hosts.includes(destination.host)) split.add(destination.host);
    }
  }
  return split;
}
