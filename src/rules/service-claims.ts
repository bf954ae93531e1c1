import { isWildcard, mostSpecificHost } from "../mesh/hosts.ts";
import type { ServiceEntry } from "../mesh/istio.ts";
import type { Mesh, MeshObject } from "../mesh/object.ts";
import type { ServicesByHost } from "../mesh/service-index.ts";
import { unrestrictedServices } from "../mesh/service-namespace.ts";
import { type MeshService, meshServices } from "../mesh/services.ts";
import { visibility } from "../mesh/visibility.ts";
import type { Claim } from "./host-claims.ts";

/** Both sides of one cluster. */
interface Sides {
  readonly base: Mesh;
  readonly head: Mesh;
  readonly touched: ReadonlySet<string>;
}

/** Hosts that a new or changed ServiceEntry takes from another service, as each namespace's proxies see it. */
export function serviceClaims({ base, head, touched }: Sides): Claim[] {
  const remaining = new Set(meshServices(head).map(({ object }) => object.id));
  return head.serviceEntries
    .filter(({ id }) => touched.has(id))
    .flatMap((entry) =>
      (entry.spec.hosts ?? []).flatMap((host, index) =>
        victimsOf(entry, host, base, head)
          .filter(({ victim }) => remaining.has(victim.object.id))
          .map(({ victim, callers }) => claimOf(entry, host, index, victim, callers)),
      ),
    );
}

function claimOf(
  entry: MeshObject<ServiceEntry>,
  host: string,
  index: number,
  victim: MeshService,
  callers: readonly string[],
): Claim {
  const isWider = victim.host !== host;
  // What is exported to a namespace by name goes before what is public; among equals age decides, which Git does not know.
  const own = visibility(entry.spec.exportTo, entry.namespace);
  const isCertain =
    isWider ||
    (own.kind === "namespaces" && victim.visibility.kind === "public" && victim.registry === "external");
  return {
    claimer: entry,
    victim: victim.object,
    answering: entry,
    range: entry.locate(["spec", "hosts", index]),
    host,
    where: `for callers in namespace ${callers.join(", ")}`,
    requests: [],
    lost: [],
    from: isWider ? victim.host : null,
    certainty: isCertain ? "certain" : "needs-inventory",
    evidence: JSON.stringify([entry.spec.resolution, entry.spec.endpoints]),
  };
}

/** Who provided the host so far, with the namespaces that get the entry instead. */
function victimsOf(
  entry: MeshObject<ServiceEntry>,
  host: string,
  base: Mesh,
  head: Mesh,
): { readonly victim: MeshService; readonly callers: readonly string[] }[] {
  const taken = new Map<string, { victim: MeshService; callers: string[] }>();
  for (const caller of namespacesOf(head)) {
    const before = providerOf(unrestrictedServices(base, caller), host);
    const after = providerOf(unrestrictedServices(head, caller), host);
    if (!before || before.object.id === entry.id || after?.object.id !== entry.id) continue;
    const known = taken.get(before.object.id) ?? { victim: before, callers: [] };
    known.callers.push(caller);
    taken.set(before.object.id, known);
  }
  return [...taken.values()];
}

function providerOf(services: ServicesByHost, host: string): MeshService | undefined {
  return (
    services.get(host) ?? services.get(mostSpecificHost(host, [...services.keys()].filter(isWildcard)) ?? "")
  );
}

function namespacesOf({ workloads, services, serviceEntries, virtualServices }: Mesh): string[] {
  const objects: readonly MeshObject<unknown>[] = [
    ...workloads,
    ...services,
    ...serviceEntries,
    ...virtualServices,
  ];
  return [...new Set(objects.map(({ namespace }) => namespace))].sort();
}
