import { isSubsetOf, qualifyHost } from "../mesh/hosts.ts";
import type { Mesh } from "../mesh/object.ts";
import type { Destination, Leg, Shift } from "../traffic/change.ts";
import { percent } from "../traffic/fraction.ts";
import type { StepHistory } from "./rule.ts";

/** The names by which the organisation knows its proven and its trial versions (policy `roles`). */
export interface Roles {
  readonly stable: readonly string[];
  readonly canary: readonly string[];
}

/** Tells one destination from another: legs that differ only in header operations stay apart. */
export function destinationKey({ host, port, subset, headers }: Destination): string {
  return `${host}|${port ?? ""}|${subset ?? ""}|${headers}`;
}

/** A destination as people write it: `reviews.prod.svc.cluster.local:9080 canary`. */
export function destinationName({ host, port, subset }: Destination): string {
  return `${host}${port === null ? "" : `:${port}`}${subset === null ? "" : ` ${subset}`}`;
}

/** A shift as findings name it: by its requests, never by an index or a line. */
export function shiftSubject({ gateway, host, class: requests }: Shift): string {
  return `${gateway} ${host} ${requests}`;
}

/** Shares by destination, in percent. */
export function sharesByDestination(legs: readonly Leg[]): Map<string, number> {
  const shares = new Map<string, number>();
  for (const { destination, share } of legs) {
    const key = destinationKey(destination);
    shares.set(key, (shares.get(key) ?? 0) + percent(share));
  }
  return shares;
}

/** A leg that gets more than before, with its shares in percent. */
export interface Rise {
  readonly leg: Leg;
  readonly index: number;
  readonly from: number;
  readonly to: number;
}

const rises = new WeakMap<Shift, readonly Rise[]>();

/** The legs that get more than before. */
export function rising(shift: Shift): readonly Rise[] {
  const known = rises.get(shift) ?? risesOf(shift);
  rises.set(shift, known);
  return known;
}

function risesOf(shift: Shift): Rise[] {
  const before = sharesByDestination(shift.before);
  return shift.after
    .map((leg, index) => ({
      leg,
      index,
      from: before.get(destinationKey(leg.destination)) ?? 0,
      to: percent(leg.share),
    }))
    .filter(({ from, to }) => to > from);
}

/**
 * Whether a shift only gives traffic back to the stable destination (semantics.md "Rollback"): who held all of it last on
 * the default branch, if `history` shows that; else who is named as stable by policy, of a host that answers already. Its
 * labels must be the same on both sides. Without proof it is not a rollback.
 */
export function isRollback(
  shift: Shift,
  base: Mesh,
  head: Mesh,
  roles: Roles,
  history: Pick<StepHistory, "provenDestination"> | undefined,
): boolean {
  if (shift.kind !== "step") return false;
  const proven = history?.provenDestination(shift) ?? null;
  const hosts = new Set(shift.before.map(({ destination }) => destination.host));
  const isStable = (destination: Destination) =>
    proven === null
      ? hosts.has(destination.host) && isNamedStable(destination, roles)
      : isSameDestination(destination, proven);
  const increases = rising(shift);
  return (
    increases.length > 0 &&
    increases.every(
      ({ leg: { destination } }) =>
        isStable(destination) && subsetLabels(base, destination) === subsetLabels(head, destination),
    )
  );
}

/** A port that one side leaves open is the other's: Git may not show the service. */
function isSameDestination(a: Destination, b: Destination): boolean {
  return (
    a.host === b.host && a.subset === b.subset && (a.port === b.port || a.port === null || b.port === null)
  );
}

function isNamedStable({ host, subset }: Destination, { stable }: Roles): boolean {
  const name = subset ?? host.split(".")[0] ?? "";
  return stable.includes(name) || (subset === null && stable.some((role) => name.endsWith(`-${role}`)));
}

const labels = new WeakMap<Mesh, Map<string, string>>();

/** The labels behind a subset, as text that is equal exactly when the labels of every definition are. */
export function subsetLabels(mesh: Mesh, { host, subset }: Destination): string {
  if (subset === null) return "";
  const known = labels.get(mesh) ?? new Map<string, string>();
  labels.set(mesh, known);
  const key = `${host} ${subset}`;
  const text = known.get(key) ?? labelsOf(mesh, host, subset);
  known.set(key, text);
  return text;
}

function labelsOf(mesh: Mesh, host: string, subset: string): string {
  const definitions = mesh.destinationRules.flatMap((rule) => {
    const named = rule.spec.subsets?.find((candidate) => candidate.name === subset);
    return named &&
      isSubsetOf(host, qualifyHost(rule.spec.host ?? "", rule.namespace, mesh.settings.clusterDomain))
      ? [`${rule.namespace}:${JSON.stringify(Object.entries(named.labels ?? {}).sort())}`]
      : [];
  });
  return definitions.sort().join(";");
}
