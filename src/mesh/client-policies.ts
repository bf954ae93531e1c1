import { type DestinationPolicy, destinationPolicy } from "./destination-policy.ts";
import { type MergedDestinationRule, selectDestinationRule } from "./destination-rules.ts";
import type { Mesh } from "./object.ts";
import { serviceNamespace } from "./service-namespace.ts";

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
  const cache = policies.get(mesh) ?? new Map<string, readonly DestinationPolicy[]>();
  policies.set(mesh, cache);
  const key = `${host}\n${port ?? ""}\n${subset ?? ""}`;
  const known = cache.get(key);
  if (known) return known;
  const found = selectedRules(mesh, host).map((rule) => destinationPolicy(rule, port, subset));
  cache.set(key, found);
  return found;
}

const policies = new WeakMap<Mesh, Map<string, readonly DestinationPolicy[]>>();

const selections = new WeakMap<Mesh, Map<string, readonly MergedDestinationRule[]>>();

/** What the clients of a host choose; empty where Git shows no DestinationRule for any of them. */
export function selectedRules(mesh: Mesh, host: string): readonly MergedDestinationRule[] {
  const cache = selections.get(mesh) ?? new Map<string, readonly MergedDestinationRule[]>();
  selections.set(mesh, cache);
  const known = cache.get(host);
  if (known) return known;
  const found = clientsOf(mesh).map((client) =>
    selectDestinationRule(mesh, client, host, serviceNamespace(mesh, host, client.namespace)),
  );
  const rules = [...new Set(found)].filter((rule) => rule !== null);
  cache.set(host, rules);
  return rules;
}

const clients = new WeakMap<Mesh, readonly Client[]>();

/**
 * Clients of every kind that Git shows. Namespaces that no DestinationRule stands in or names choose alike, so that one
 * of them speaks for all; without any, whoever comes from elsewhere does, as the root namespace stands for.
 */
function clientsOf(mesh: Mesh): readonly Client[] {
  const known = clients.get(mesh);
  if (known) return known;
  const { destinationRules, settings } = mesh;
  const special = new Set([
    settings.rootNamespace,
    ...destinationRules.flatMap(({ namespace, spec }) => [namespace, ...(spec.exportTo ?? [])]),
  ]);
  const others = [mesh.workloads, mesh.services, mesh.virtualServices].flat();
  const ordinary = others.map(({ namespace }) => namespace).filter((namespace) => !special.has(namespace));
  const namespaces = [...special, ...ordinary.sort().slice(0, 1)].filter(
    (name) => name !== "*" && name !== ".",
  );
  const result = [
    ...namespaces.sort().map((namespace) => ({ namespace, labels: {} })),
    ...destinationRules.flatMap(({ namespace, spec }) =>
      spec.workloadSelector ? [{ namespace, labels: spec.workloadSelector.matchLabels ?? {} }] : [],
    ),
  ];
  clients.set(mesh, result);
  return result;
}
