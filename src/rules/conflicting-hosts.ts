import type { VirtualService } from "../mesh/istio.ts";
import type { Mesh, MeshObject } from "../mesh/object.ts";
import { defineAnalysis } from "./analysis.ts";
import { meeting } from "./references/certainty.ts";
import { HostIndex } from "./references/host-index.ts";
import { listed } from "./references/listed.ts";
import { scopedName } from "./references/registry.ts";

export const conflictingHosts = defineAnalysis({
  id: "conflicting-hosts",
  title: "Two VirtualServices answer for one host in the mesh",
  level: "error",
  istio: ["IST0109"],
  mutual: true,
  docs: {
    what: "finds hosts of the mesh that more than one VirtualService claims before the same callers",
    why: "sidecars do not merge VirtualServices: the oldest one answers and the routes of all others are lost, and Git does not even tell which is oldest",
    do: "Put the routes into one VirtualService, or let one delegate to the other.",
    example: {
      base: "",
      head: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, namespace: prod }
spec:
  hosts: [reviews]
  http: [{ route: [{ destination: { host: reviews } }] }]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews-canary, namespace: prod }
spec:
  hosts: [reviews.prod.svc.cluster.local]
  http: [{ route: [{ destination: { host: reviews-canary } }] }]
`,
    },
  },
  *check({ mesh }) {
    for (const { host, claims } of conflicts(mesh)) {
      for (const { service, index } of claims) {
        const others = claims.filter((other) => other.service !== service).map((other) => other.service);
        const isTwin = others.length === 0;
        yield {
          object: service,
          path: ["metadata", "name"],
          subject: `host ${host}`,
          message: isTwin
            ? `hosts names ${host} twice, short and in full`
            : `${listed(others.map(({ id }) => id))} ${others.length > 1 ? "claim" : "claims"} ${service.spec.hosts?.[index]} in the mesh as well, and only the oldest answers`,
          fix: isTwin ? "keep one of the two names" : "merge them into one VirtualService, or delegate",
          certainty: meeting(service, ...others),
          istio: ["IST0109"],
        };
      }
    }
  },
});

/** A VirtualService and which of its hosts is meant. */
interface Claim {
  readonly service: MeshObject<VirtualService>;
  readonly index: number;
}

interface Conflict {
  readonly host: string;
  readonly claims: readonly Claim[];
}

/**
 * Hosts with several claims in one scope: of what everybody sees, hosts that are the same; of what one namespace sees,
 * also public hosts that overlap (pkg/config/analysis/analyzers/virtualservice/conflictingmeshgatewayhosts.go).
 */
function* conflicts(mesh: Mesh): Generator<Conflict> {
  const byScope = claimsByScope(mesh);
  const open = byScope.get("*");
  for (const [scope, hosts] of byScope) {
    for (const [host, own] of hosts.entries()) {
      if (scope === "*" && own.length < 2) continue;
      const claims = [...own];
      if (scope !== "*" && open) for (const { values } of open.overlapping(host)) claims.push(...values);
      if (claims.length > 1) yield { host, claims };
    }
  }
}

function claimsByScope(mesh: Mesh): ReadonlyMap<string, HostIndex<Claim>> {
  const byScope = new Map<string, HostIndex<Claim>>();
  for (const service of mesh.virtualServices) {
    const { gateways = [], exportTo = [], hosts = [] } = service.spec;
    if (gateways.length > 0 && !gateways.includes("mesh")) continue;
    const isPublic = exportTo.length === 0 || exportTo.includes("*");
    const scopes = isPublic
      ? ["*"]
      : new Set(exportTo.map((entry) => (entry === "." ? service.namespace : entry)));
    for (const scope of scopes) {
      const claims = byScope.get(scope) ?? new HostIndex<Claim>();
      byScope.set(scope, claims);
      for (const [index, host] of hosts.entries()) {
        claims.add(scopedName(mesh, service.namespace, host), { service, index });
      }
    }
  }
  return byScope;
}
