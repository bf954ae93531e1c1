import type { Range } from "../manifest/source.ts";
import { isSubsetOf, qualifyHost } from "../mesh/hosts.ts";
import type { Mesh, MeshObject } from "../mesh/object.ts";
import { resolveVirtualServices } from "../mesh/virtual-services.ts";
import type { Responsible, Shift } from "../traffic/change.ts";

/** A changed object and the lines of it that explain a shift. */
export interface Cause {
  /** `Kind/namespace/name`. */
  readonly object: string;
  readonly range: Range;
}

interface Change {
  readonly base: Mesh;
  readonly head: Mesh;
  readonly touched: ReadonlySet<string>;
}

/** The hosts that a shift is about; one edit may reach several. */
export function hostsOf({ host }: Shift): readonly string[] {
  return host.split(", ");
}

/**
 * The changed object behind a shift: the route that answers now, or did; a Gateway; a VirtualService that claims the host;
 * a service. Nobody is to be told about an object that the change leaves alone.
 */
export function causeOf(shift: Shift, change: Change): Cause {
  return (
    changedRoute(shift, change) ??
    changedGateway(shift, change) ??
    changedClaim(shift, change) ??
    changedService(shift, change) ?? {
      object: shift.object,
      range: placeOf({ object: shift.object, range: shift.head?.range ?? shift.base?.range ?? null }),
    }
  );
}

function changedRoute({ base, head }: Shift, { head: mesh, touched }: Change): Cause | null {
  const answer = [head, base].find((side) => side && side.object !== "" && touched.has(side.object));
  if (!answer) return null;
  const { object } = answer;
  return {
    object,
    get range() {
      const successor = answer === base && mesh.virtualServices.find(({ id }) => id === object);
      return successor ? successor.locate(["spec"], "key") : placeOf(answer);
    },
  };
}

/** The changed Gateway through which the requests come, or null. */
export function changedGateway({ gateway }: Shift, { base, head, touched }: Change): Cause | null {
  const ids = gateway.split(", ").map((name) => `Gateway/${name}`);
  const found = [...head.gateways, ...base.gateways].find(({ id }) => touched.has(id) && ids.includes(id));
  return found ? { object: found.id, range: found.locate(["spec", "servers"], "key") } : null;
}

/** The changed VirtualService of head that claims the host of a shift without answering the class, or null. */
export function changedClaim(shift: Shift, { head, touched }: Change): Cause | null {
  const hosts = hostsOf(shift);
  const gateways = shift.gateway.split(", ");
  for (const service of resolveVirtualServices(head)) {
    const { object } = service;
    if (!touched.has(object.id) || !service.gateways.some((name) => gateways.includes(name))) continue;
    const index = service.hosts.findIndex((host) => hosts.includes(host.toLowerCase()));
    if (index >= 0) return { object: object.id, range: object.locate(["spec", "hosts", index]) };
  }
  return null;
}

function changedService(shift: Shift, { base, head, touched }: Change): Cause | null {
  const hosts = [...hostsOf(shift), ...shift.before.map(({ destination }) => destination.host)];
  for (const mesh of [head, base]) {
    const objects: readonly { readonly object: MeshObject<unknown>; readonly hosts: readonly string[] }[] = [
      ...mesh.services.map((object) => ({
        object,
        hosts: [qualifyHost(object.name, object.namespace, mesh.settings.clusterDomain)],
      })),
      ...mesh.serviceEntries.map((object) => ({ object, hosts: object.spec.hosts ?? [] })),
    ];
    const found = objects.find(
      ({ object, hosts: own }) =>
        touched.has(object.id) && own.some((name) => hosts.some((host) => isSubsetOf(host, name))),
    );
    if (found) return { object: found.object.id, range: found.object.locate(["spec"], "key") };
  }
  return null;
}

function placeOf({ object, range }: Pick<Responsible, "object" | "range">): Range {
  if (!range) throw new Error(`the route of ${object} has no position`);
  return range;
}
