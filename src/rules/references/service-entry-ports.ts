import type { ServiceEntry } from "../../mesh/istio.ts";
import type { Mesh, MeshObject } from "../../mesh/object.ts";

/** A ServiceEntry's word on one port of one host. */
export interface PortClaim {
  readonly entry: MeshObject<ServiceEntry>;
  /** As written. */
  readonly host: string;
  readonly port: number;
  /** In capitals; empty where none is given. */
  readonly protocol: string;
}

/**
 * What ServiceEntries say of each host and port, for every scope of callers: everybody, or a namespace, which sees what
 * everybody sees as well (pkg/config/analysis/analyzers/serviceentry/conflictingserviceentries.go).
 */
export function* portClaims(mesh: Mesh): Generator<readonly PortClaim[]> {
  const byScope = new Map<string, Map<string, PortClaim[]>>();
  for (const entry of mesh.serviceEntries) {
    const own = claimsOf(entry);
    for (const scope of scopesOf(entry)) {
      const claims = byScope.get(scope) ?? new Map<string, PortClaim[]>();
      byScope.set(scope, claims);
      for (const claim of own) {
        const key = `${claim.host}:${claim.port}`;
        const known = claims.get(key);
        if (known) known.push(claim);
        else claims.set(key, [claim]);
      }
    }
  }
  const open = byScope.get("*");
  for (const [scope, claims] of byScope) {
    for (const [key, own] of claims) yield scope === "*" ? own : [...own, ...(open?.get(key) ?? [])];
  }
}

function claimsOf(entry: MeshObject<ServiceEntry>): readonly PortClaim[] {
  const { hosts = [], ports = [] } = entry.spec;
  return hosts.flatMap((host) =>
    ports.map(({ number = 0, protocol = "" }) => ({
      entry,
      host,
      port: number,
      protocol: protocol.toUpperCase(),
    })),
  );
}

function scopesOf({ spec: { exportTo = [] }, namespace }: MeshObject<ServiceEntry>): ReadonlySet<string> {
  if (exportTo.length === 0 || exportTo.includes("*")) return new Set(["*"]);
  return new Set(exportTo.map((entry) => (entry === "." ? namespace : entry)));
}
