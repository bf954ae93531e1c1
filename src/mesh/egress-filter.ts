import { type EgressHosts, readEgressHosts } from "./egress-hosts.ts";
import type { Sidecar } from "./istio.ts";
import type { Mesh, MeshObject } from "./object.ts";
import { selectSidecar } from "./sidecar.ts";

/** What the Sidecar of a workload lets through on one port: less than `egressScope`, and cheap enough to ask for every host. */
export interface EgressFilter {
  readonly hosts: EgressHosts;
  readonly unknownHosts: "ALLOW_ANY" | "REGISTRY_ONLY";
}

const filters = new WeakMap<MeshObject<Sidecar>, Map<string, EgressHosts>>();

/**
 * The filter of the egress listener that serves `port` for workloads of a namespace; null: no Sidecar applies, everything
 * is reachable (pilot/pkg/model/sidecar.go `GetEgressListenerForRDS`).
 */
export function egressFilter(
  mesh: Mesh,
  namespace: string | null,
  labels: Readonly<Record<string, string>>,
  port: number | null,
): EgressFilter | null {
  const sidecar = selectSidecar(mesh, namespace ?? "", labels);
  if (!sidecar) return null;
  const { egress, outboundTrafficPolicy } = sidecar.spec;
  const listeners = egress?.length ? egress : [{ hosts: ["*/*"] }];
  const index = listeners.findIndex((listener) => !listener.port || listener.port.number === port);
  const cache = filters.get(sidecar) ?? new Map<string, EgressHosts>();
  filters.set(sidecar, cache);
  const key = `${namespace}\n${index}`;
  const hosts = cache.get(key) ?? readEgressHosts(listeners[index]?.hosts ?? [], namespace ?? "");
  cache.set(key, hosts);
  return {
    hosts,
    unknownHosts: outboundTrafficPolicy
      ? (outboundTrafficPolicy.mode ?? "REGISTRY_ONLY")
      : mesh.settings.outboundTrafficPolicy,
  };
}
