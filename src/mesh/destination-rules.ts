import type { Path } from "../manifest/source.ts";
import { isWildcard, mostSpecificHost, qualifyHost } from "./hosts.ts";
import type { DestinationRule, Subset, TrafficPolicy } from "./istio.ts";
import type { Mesh, MeshObject } from "./object.ts";
import { compareAge, selects } from "./visibility.ts";

/** A part of an object and where it stands, from the root of the manifest. */
export interface Sourced<T> {
  readonly value: T;
  readonly object: MeshObject<DestinationRule>;
  readonly path: Path;
}

/** DestinationRules of one host and namespace that Istio reads as one. */
export interface MergedDestinationRule {
  /** The objects it is made of; the first one gave its selector and its `exportTo`. */
  readonly from: readonly MeshObject<DestinationRule>[];
  readonly host: string;
  readonly trafficPolicy: Sourced<TrafficPolicy> | null;
  /** Unique by name: of equal names the first counts. */
  readonly subsets: readonly Sourced<Subset>[];
}

interface Merging extends MergedDestinationRule {
  readonly from: MeshObject<DestinationRule>[];
  trafficPolicy: Sourced<TrafficPolicy> | null;
  readonly subsets: Sourced<Subset>[];
  readonly exportTo: ReadonlySet<string>;
}

/** Rules by qualified host, and the hosts among them that are wildcards. */
interface Pool {
  readonly rules: Map<string, Merging[]>;
  readonly wildcards: string[];
}

interface RuleIndex {
  /** Rules that clients of the same namespace look at first. */
  readonly local: ReadonlyMap<string, Pool>;
  /** Rules that clients of other namespaces may look at. */
  readonly exported: ReadonlyMap<string, Pool>;
  /** Rules of the root namespace for itself alone. */
  readonly privateRoot: Pool;
}

const indexes = new WeakMap<Mesh, RuleIndex>();

/**
 * The DestinationRule that a client proxy applies to a service, or null: rules of the client's namespace, then of the
 * service's, then of the root namespace; the first namespace with any matching host decides, even by a wildcard
 * (pilot/pkg/model/push_context.go `destinationRule`, sidecar.go `DestinationRule`).
 *
 * @param serviceNamespace null where nothing tells which namespace the host belongs to.
 */
export function selectDestinationRule(
  mesh: Mesh,
  client: { readonly namespace: string; readonly labels: Readonly<Record<string, string>> },
  host: string,
  serviceNamespace: string | null,
): MergedDestinationRule | null {
  const { rootNamespace } = mesh.settings;
  const { local, exported, privateRoot } = ruleIndex(mesh);
  const own = client.namespace === rootNamespace ? privateRoot : local.get(client.namespace);
  const found = lookUp(own, host);
  if (found) return pickForWorkload(found, client);
  for (const namespace of [serviceNamespace, rootNamespace]) {
    const visible = lookUp(exported.get(namespace ?? ""), host)?.filter(
      ({ exportTo }) => exportTo.size === 0 || exportTo.has("*") || exportTo.has(client.namespace),
    );
    if (visible?.length) return pickForWorkload(visible, client);
  }
  return null;
}

/** A rule with a selector counts for matching pods of its own namespace alone, and there before all others. */
function pickForWorkload(
  rules: readonly Merging[],
  client: { readonly namespace: string; readonly labels: Readonly<Record<string, string>> },
): MergedDestinationRule | null {
  const selector = (rule: Merging) => rule.from[0]?.spec.workloadSelector;
  return (
    rules.find(
      (rule) =>
        selector(rule) &&
        rule.from[0]?.namespace === client.namespace &&
        selects(selector(rule)?.matchLabels, client.labels),
    ) ??
    rules.findLast((rule) => !selector(rule)) ??
    null
  );
}

function lookUp(pool: Pool | undefined, host: string): readonly Merging[] | undefined {
  return pool?.rules.get(host) ?? pool?.rules.get(mostSpecificHost(host, pool.wildcards) ?? "");
}

const emptyPool = (): Pool => ({ rules: new Map(), wildcards: [] });

function ruleIndex(mesh: Mesh): RuleIndex {
  const known = indexes.get(mesh);
  if (known) return known;
  const index = {
    local: new Map<string, Pool>(),
    exported: new Map<string, Pool>(),
    privateRoot: emptyPool(),
  };
  const sorted = [...mesh.destinationRules].sort(
    (a, b) => Number(!a.spec.workloadSelector) - Number(!b.spec.workloadSelector) || compareAge(a, b),
  );
  for (const rule of sorted) addRule(index, rule, mesh);
  indexes.set(mesh, index);
  return index;
}

/** push_context.go `setDestinationRules`; a rule with a selector is never exported. */
function addRule(
  index: { local: Map<string, Pool>; exported: Map<string, Pool>; privateRoot: Pool },
  object: MeshObject<DestinationRule>,
  mesh: Mesh,
): void {
  const { spec, namespace } = object;
  const host = qualifyHost(spec.host ?? "", namespace, mesh.settings.clusterDomain);
  const exportTo = new Set(spec.workloadSelector ? ["."] : (spec.exportTo ?? []));
  const isPrivate = exportTo.size === 1 && (exportTo.has(".") || exportTo.has(namespace));
  if (exportTo.size === 0 || ["*", ".", namespace].some((entry) => exportTo.has(entry))) {
    merge(poolOf(index.local, namespace), object, host, exportTo);
  }
  if (!isPrivate) merge(poolOf(index.exported, namespace), object, host, exportTo);
  else if (namespace === mesh.settings.rootNamespace) merge(index.privateRoot, object, host, exportTo);
}

function poolOf(pools: Map<string, Pool>, namespace: string): Pool {
  const pool = pools.get(namespace) ?? emptyPool();
  pools.set(namespace, pool);
  return pool;
}

/**
 * Adds a rule to those of the same host: subsets are joined by name, the first traffic policy stays whole. Rules with
 * other export sets or other selectors stay apart (pilot/pkg/model/destination_rule.go `mergeDestinationRule`).
 */
function merge(
  pool: Pool,
  object: MeshObject<DestinationRule>,
  host: string,
  exportTo: ReadonlySet<string>,
): void {
  const rules = pool.rules.get(host) ?? [];
  if (rules.length === 0 && isWildcard(host)) pool.wildcards.push(host);
  pool.rules.set(host, rules);
  let separate = true;
  for (const rule of rules) {
    const sameExport = exportTo.size === rule.exportTo.size && exportTo.isSubsetOf(rule.exportTo);
    const wider = rule.exportTo.size > 0 && exportTo.isSupersetOf(rule.exportTo);
    separate = !sameExport;
    if (!sameExport && !wider) continue;
    const existing = rule.from[0]?.spec.workloadSelector;
    const incoming = object.spec.workloadSelector;
    if (existing && incoming && !sameLabels(existing.matchLabels, incoming.matchLabels)) {
      separate = true;
      continue;
    }
    if (Boolean(existing) === Boolean(incoming)) separate = false;
    absorb(rule, object);
  }
  if (separate) rules.push(startRule(object, host, exportTo));
}

function startRule(
  object: MeshObject<DestinationRule>,
  host: string,
  exportTo: ReadonlySet<string>,
): Merging {
  const rule: Merging = { from: [], host, trafficPolicy: null, subsets: [], exportTo };
  absorb(rule, object);
  return rule;
}

function absorb(rule: Merging, object: MeshObject<DestinationRule>): void {
  rule.from.push(object);
  const names = new Set(rule.subsets.map(({ value }) => value.name));
  for (const [index, value] of (object.spec.subsets ?? []).entries()) {
    if (!names.has(value.name)) rule.subsets.push({ value, object, path: ["spec", "subsets", index] });
  }
  if (!rule.trafficPolicy && object.spec.trafficPolicy) {
    rule.trafficPolicy = { value: object.spec.trafficPolicy, object, path: ["spec", "trafficPolicy"] };
  }
}

function sameLabels(
  a: Readonly<Record<string, string>> = {},
  b: Readonly<Record<string, string>> = {},
): boolean {
  return selects(a, b) && selects(b, a);
}
