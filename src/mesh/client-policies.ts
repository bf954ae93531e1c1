import { type DestinationPolicy, destinationPolicy } from "./destination-policy.ts";
import { type MergedDestinationRule, selectDestinationRule } from "./destination-rules.ts";
import { isSubsetOf, isWildcard, qualifyHost } from "./hosts.ts";
import type { TrafficPolicy } from "./istio.ts";
import type { Mesh } from "./object.ts";
import { serviceNamespace } from "./service-namespace.ts";
import { compareText } from "./visibility.ts";

interface Client {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The policies that the clients of a destination apply: one for each choice of DestinationRules that some client makes. */
export function clientPolicies(
  mesh: Mesh,
  host: string,
  port: number | null,
  subset: string | null,
): readonly DestinationPolicy[] {
  return selectedRules(mesh, host).map((rule) => destinationPolicy(rule, port, subset));
}

const selections = new WeakMap<Mesh, Map<string, readonly MergedDestinationRule[]>>();

/** What the clients of a host choose; empty where Git shows no DestinationRule for any of them. */
export function selectedRules(mesh: Mesh, host: string): readonly MergedDestinationRule[] {
  const cache = selections.get(mesh) ?? new Map<string, readonly MergedDestinationRule[]>();
  selections.set(mesh, cache);
  const known = cache.get(host);
  if (known) return known;
  const found = clientsOf(mesh, host).map((client) =>
    selectDestinationRule(mesh, client, host, serviceNamespace(mesh, host, client.namespace)),
  );
  const rules = [...new Set(found)].filter((rule) => rule !== null);
  cache.set(host, rules);
  return rules;
}

const used = new WeakMap<Mesh, ReadonlySet<string>>();

/** Whether any DestinationRule of the mesh sets a block, for a host, a subset or a port. */
export function usesBlock(mesh: Mesh, block: keyof TrafficPolicy): boolean {
  const known = used.get(mesh);
  if (known) return known.has(block);
  const policies = mesh.destinationRules.flatMap(({ spec }) => [
    spec.trafficPolicy,
    ...(spec.subsets ?? []).map(({ trafficPolicy }) => trafficPolicy),
  ]);
  const blocks = new Set<string>();
  for (const policy of policies) {
    for (const part of [policy, ...(policy?.portLevelSettings ?? [])]) {
      for (const name of Object.keys(part ?? {})) blocks.add(name);
    }
  }
  used.set(mesh, blocks);
  return blocks.has(block);
}

interface Clients {
  /** By the host of a DestinationRule: those who may choose it, or whom it may be kept from. */
  readonly byHost: ReadonlyMap<string, readonly Client[]>;
  readonly wildcards: readonly string[];
  /** Every namespace that Git shows, sorted. */
  readonly namespaces: readonly string[];
}

const clients = new WeakMap<Mesh, Clients>();

/**
 * Clients of every kind that Git shows, as far as they may choose differently for a host. Namespaces that no
 * DestinationRule of the host stands in or names choose alike, so that one of them speaks for all.
 */
function clientsOf(mesh: Mesh, host: string): readonly Client[] {
  const { byHost, wildcards, namespaces } = clientIndex(mesh);
  const covering = wildcards.filter((wildcard) => wildcard !== host && isSubsetOf(host, wildcard));
  const special = [host, ...covering].flatMap((name) => byHost.get(name) ?? []);
  const named = new Set(special.map(({ namespace }) => namespace));
  const ordinary = namespaces.find((namespace) => !named.has(namespace)) ?? mesh.settings.rootNamespace;
  const all = named.has(ordinary) ? special : [...special, { namespace: ordinary, labels: {} }];
  return all.length > 1 ? [...all].sort((a, b) => compareText(a.namespace, b.namespace)) : all;
}

function clientIndex(mesh: Mesh): Clients {
  const known = clients.get(mesh);
  if (known) return known;
  const byHost = new Map<string, Client[]>();
  for (const { namespace, spec } of mesh.destinationRules) {
    const host = qualifyHost(spec.host ?? "", namespace, mesh.settings.clusterDomain);
    const named = new Set([
      namespace,
      ...(spec.exportTo ?? []).filter((name) => name !== "*" && name !== "."),
    ]);
    const found = [...named].map((name): Client => ({ namespace: name, labels: {} }));
    if (spec.workloadSelector) found.push({ namespace, labels: spec.workloadSelector.matchLabels ?? {} });
    byHost.set(host, [...(byHost.get(host) ?? []), ...found]);
  }
  const objects = [mesh.workloads, mesh.services, mesh.virtualServices, mesh.destinationRules].flat();
  const namespaces = [...new Set(objects.map(({ namespace }) => namespace))].sort();
  const index = { byHost, wildcards: [...byHost.keys()].filter(isWildcard), namespaces };
  clients.set(mesh, index);
  return index;
}
