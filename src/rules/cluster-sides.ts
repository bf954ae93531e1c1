import { isSubsetOf, isWildcard, qualifyHost } from "../mesh/hosts.ts";
import type { Mesh } from "../mesh/object.ts";
import { meshServices } from "../mesh/services.ts";
import { pairWorlds } from "../mesh/worlds.ts";
import type { Concern } from "./destination-existence.ts";

/** Both sides of one cluster, and what of it may have changed. */
export interface Sides {
  readonly base: Mesh;
  readonly head: Mesh;
  readonly touched: ReadonlySet<string>;
  readonly concern: Concern;
  /** DestinationRules of which Git shows several versions, each in a scope of its own. */
  readonly alternatives: ReadonlySet<string>;
}

/** The two sides of every cluster that Git shows. */
export function sidesOf(base: Mesh, head: Mesh, touched: ReadonlySet<string>): Sides[] {
  const alternatives = new Set([...severalTimes(base), ...severalTimes(head)]);
  return pairWorlds(base, head).map((pair) => ({
    ...pair,
    touched,
    alternatives,
    concern: concernOf(pair.base, pair.head, touched),
  }));
}

function severalTimes({ destinationRules }: Mesh): string[] {
  const byId = Map.groupBy(destinationRules, ({ id }) => id);
  return [...byId].flatMap(([id, rules]) => (rules.length > 1 ? [id] : []));
}

function concernOf(base: Mesh, head: Mesh, touched: ReadonlySet<string>): Concern {
  const hosts = [base, head].flatMap((mesh) => touchedHosts(mesh, touched));
  const exact = new Set(hosts);
  const wildcards = hosts.filter(isWildcard);
  return {
    route: ({ entry, delegatedBy }) =>
      touched.has(entry.object.id) || (delegatedBy !== null && touched.has(delegatedBy.object.id)),
    host: (host) => exact.has(host) || wildcards.some((wildcard) => isSubsetOf(host, wildcard)),
  };
}

/** Hosts, perhaps wildcards, of which a changed DestinationRule, Service or ServiceEntry speaks. */
function touchedHosts(mesh: Mesh, touched: ReadonlySet<string>): string[] {
  const { clusterDomain } = mesh.settings;
  return [
    ...mesh.destinationRules
      .filter(({ id }) => touched.has(id))
      .map(({ spec, namespace }) => qualifyHost(spec.host ?? "", namespace, clusterDomain)),
    ...meshServices(mesh)
      .filter(({ object }) => touched.has(object.id))
      .map(({ host }) => host),
  ];
}
