import { isSubsetOf, isWildcard } from "../../mesh/hosts.ts";
import type { Candidate } from "./table.ts";

/** Positions of candidates by the host they name; of wildcards once more, for they may cover any host. */
interface HostIndex {
  readonly named: ReadonlyMap<string, readonly number[]>;
  readonly wildcards: readonly number[];
}

const indexes = new WeakMap<readonly Candidate[], HostIndex>();

function indexOf(candidates: readonly Candidate[]): HostIndex {
  const known = indexes.get(candidates);
  if (known) return known;
  const positions = [...candidates.keys()];
  const hostAt = (position: number): string => candidates[position]?.host ?? "";
  const index = {
    named: Map.groupBy(positions, hostAt),
    wildcards: positions.filter((position) => isWildcard(hostAt(position))),
  };
  indexes.set(candidates, index);
  return index;
}

/**
 * The candidates that name a host or a wildcard over it, in their order. A gateway may serve a thousand hosts: not every
 * table can look at every candidate.
 */
export function candidatesFor(candidates: readonly Candidate[], host: string): readonly Candidate[] {
  const { named, wildcards } = indexOf(candidates);
  const covering = wildcards.filter((position) => isSubsetOf(host, candidates[position]?.host ?? ""));
  const positions = new Set([...(named.get(host) ?? []), ...covering]);
  return [...positions].sort((a, b) => a - b).flatMap((position) => candidates[position] ?? []);
}
