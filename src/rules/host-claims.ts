import type { Range } from "../manifest/source.ts";
import { isSubsetOf, isWildcard, qualifyHost } from "../mesh/hosts.ts";
import type { Mesh, MeshObject } from "../mesh/object.ts";
import { resolveVirtualServices } from "../mesh/virtual-services.ts";
import type { Certainty, Shift, TrafficChange } from "../traffic/change.ts";
import { changedClaim, changedGateway, hostsOf } from "./cause.ts";

/** Requests that one object answered and another one claims. */
export interface Claim {
  readonly claimer: MeshObject<unknown>;
  readonly victim: MeshObject<unknown>;
  /** Who answers now; null: nobody. */
  readonly answering: MeshObject<unknown> | null;
  readonly range: Range;
  /** What is taken: a host, and the gateway at which it is claimed or the callers who notice. */
  readonly host: string;
  readonly where: string;
  /** In the operator's matchers; empty: all requests. */
  readonly requests: readonly string[];
  /** Of these, the requests that nobody answers any more. */
  readonly lost: readonly string[];
  /** The victim's wildcard, where a more specific host takes it all. */
  readonly from: string | null;
  readonly certainty: Certainty;
  readonly evidence: string;
}

interface Change {
  readonly base: Mesh;
  readonly head: Mesh;
  readonly touched: ReadonlySet<string>;
  readonly traffic: TrafficChange;
}

/** The claims that show in what happens to requests, one for each pair of objects, host and gateway. */
export function hostClaims(change: Change): Claim[] {
  const claims = new Map<string, { claim: Claim; shifts: Shift[] }>();
  for (const shift of change.traffic.shifts) {
    const found = claimOf(shift, change);
    if (found === null) continue;
    const { claimer, victim, host, where } = found;
    const key = JSON.stringify([claimer.id, victim.id, host, where]);
    const known = claims.get(key);
    if (known) known.shifts.push(shift);
    else claims.set(key, { claim: found, shifts: [shift] });
  }
  return [...claims.values()].map(({ claim, shifts }) => ({
    ...claim,
    requests: shifts.map((shift) => shift.class),
    lost: shifts.filter(({ kind }) => kind === "removed").map((shift) => shift.class),
    certainty: shifts.some(({ certainty }) => certainty === "certain") ? "certain" : claim.certainty,
    evidence: JSON.stringify(shifts.map(({ routing, after }) => [routing, after])),
  }));
}

function claimOf(shift: Shift, change: Change): Claim | null {
  if (shift.base?.object === shift.head?.object) return null;
  const victim = victimOf(shift, change);
  if (victim === null) return null;
  const by = claimerOf(shift, victim, change);
  if (by === null || by.claimer.id === victim.id) return null;
  return {
    ...by,
    victim,
    host: shift.host,
    where: shift.gateway === "mesh" ? "in the mesh" : `at Gateway/${shift.gateway}`,
    requests: [],
    lost: [],
    from: widerHost(shift, victim, change.base),
    certainty: shift.certainty,
    evidence: "",
  };
}

/** Who answered and still claims to: whoever gave a host up in the same change is no victim. */
function victimOf(shift: Shift, { base, head }: Change): MeshObject<unknown> | null {
  const id = shift.base?.object;
  if (id === undefined) return null;
  if (id !== "") {
    const before = base.virtualServices.find((object) => object.id === id);
    const isStillThere = claimedHosts(head, id).some((host) =>
      hostsOf(shift).some((own) => isSubsetOf(own, host)),
    );
    return before && isStillThere ? before : null;
  }
  const [only] = shift.before;
  if (shift.gateway !== "mesh" || !only || only.destination.host !== shift.host) return null;
  const isService = ({ name, namespace }: MeshObject<unknown>) =>
    qualifyHost(name, namespace, base.settings.clusterDomain) === shift.host;
  return head.services.some(isService) ? (base.services.find(isService) ?? null) : null;
}

function claimerOf(
  shift: Shift,
  victim: MeshObject<unknown>,
  change: Change,
): Pick<Claim, "claimer" | "answering" | "range"> | null {
  const { head, touched } = change;
  const answer = shift.head;
  const answering = head.virtualServices.find(({ id }) => id === answer?.object) ?? null;
  if (answering && answer?.range && answering.id !== victim.id && touched.has(answering.id)) {
    return { claimer: answering, answering, range: answer.range };
  }
  // A route that was left alone took nothing: a Gateway leads other requests to it, or somebody claimed the host as such.
  const cause = answering
    ? changedGateway(shift, change)
    : shift.kind === "removed"
      ? changedClaim(shift, change)
      : null;
  const objects: readonly MeshObject<unknown>[] = [...head.virtualServices, ...head.gateways];
  const claimer = cause && objects.find(({ id }) => id === cause.object);
  return claimer ? { claimer, answering, range: cause.range } : null;
}

function claimedHosts(mesh: Mesh, id: string): readonly string[] {
  return resolveVirtualServices(mesh)
    .filter(({ object }) => object.id === id)
    .flatMap(({ hosts }) => hosts.map((host) => host.toLowerCase()));
}

function widerHost(shift: Shift, victim: MeshObject<unknown>, base: Mesh): string | null {
  const hosts = claimedHosts(base, victim.id);
  const [host = ""] = hostsOf(shift);
  if (hosts.includes(host)) return null;
  return hosts.find((wildcard) => isWildcard(wildcard) && isSubsetOf(host, wildcard)) ?? null;
}
