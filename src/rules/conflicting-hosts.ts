import type { VirtualService } from "../mesh/istio.ts";
import type { Mesh, MeshObject } from "../mesh/object.ts";
import { defineAnalysis, type Statement } from "./analysis.ts";
import { HostIndex } from "./references/host-index.ts";
import { othersThan } from "./references/parties.ts";
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
    const told = new Set<Claim>();
    for (const claims of conflicts(mesh)) {
      const parties = claims.map(({ service }) => service);
      for (const claim of claims) {
        if (told.has(claim)) continue;
        told.add(claim);
        yield statement(claim, parties);
      }
    }
  },
});

/** A VirtualService and one of its hosts. */
interface Claim {
  readonly service: MeshObject<VirtualService>;
  readonly index: number;
  /** In full. */
  readonly host: string;
}

function statement(
  { service, index, host }: Claim,
  parties: readonly MeshObject<VirtualService>[],
): Statement {
  const others = othersThan(service, parties);
  return {
    object: service,
    path: ["metadata", "name"],
    subject: `host ${host}`,
    message: others
      ? `${others.names} ${others.isOne ? "claims" : "claim"} ${service.spec.hosts?.[index]} in the mesh as well, and only the oldest answers`
      : `hosts names ${host} twice, short and in full`,
    fix: others ? "merge them into one VirtualService, or delegate" : "keep one of the two names",
    certainty: others?.certainty ?? "certain",
    istio: ["IST0109"],
  };
}

/**
 * Claims that meet in one scope: of what everybody sees, hosts that are the same; of what one namespace sees, also
 * public hosts that overlap (pkg/config/analysis/analyzers/virtualservice/conflictingmeshgatewayhosts.go).
 */
function* conflicts(mesh: Mesh): Generator<readonly Claim[]> {
  const byScope = claimsByScope(mesh);
  const open = byScope.get("*") ?? new HostIndex<Claim>();
  const overlapping = new Map<string, readonly Claim[]>();
  for (const [scope, hosts] of byScope) {
    for (const [host, own] of hosts.entries()) {
      if (scope === "*") {
        if (own.length > 1) yield own;
        continue;
      }
      const others = overlapping.get(host) ?? [...open.overlapping(host)].flatMap(({ values }) => values);
      overlapping.set(host, others);
      if (own.length + others.length > 1) yield [...own, ...others];
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
      for (const [index, name] of hosts.entries()) {
        const host = scopedName(mesh, service.namespace, name);
        claims.add(host, { service, index, host });
      }
    }
  }
  return byScope;
}
