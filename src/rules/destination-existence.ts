import type { Path } from "../manifest/source.ts";
import { effectiveDestinationPolicy } from "../mesh/destination-policy.ts";
import { isSubsetOf, isWildcard, qualifyHost } from "../mesh/hosts.ts";
import type { DestinationRule, WeightedDestination } from "../mesh/istio.ts";
import type { Mesh, MeshObject } from "../mesh/object.ts";
import { selects } from "../mesh/visibility.ts";
import { translateLegs } from "../traffic/effective/legs.ts";
import { percent } from "../traffic/fraction.ts";
import { type JudgedRoute, routesOf } from "./routes.ts";

/** A route that sends requests to a destination. */
export interface DestinationUse {
  readonly route: JudgedRoute;
  readonly host: string;
  readonly subset: string | null;
  /** Percent of the route's requests. */
  readonly share: number;
  /** The leg, from the root of the manifest. */
  readonly path: Path;
}

/** What of a mesh may have changed for those who send requests. */
export interface Concern {
  /** Whether a changed object states the route. */
  route(route: JudgedRoute): boolean;
  /** Whether a changed object speaks of the host. */
  host(host: string): boolean;
}

/** The destinations that get requests and that a change concerns; legs of weight 0 get none. */
export function* destinationUses(mesh: Mesh, concern: Concern): Generator<DestinationUse> {
  const { clusterDomain } = mesh.settings;
  for (const route of routesOf(mesh)) {
    const { object, path } = route.entry;
    const { namespace } = object;
    const legs = route.route.route ?? [];
    const whole = concern.route(route);
    const hosts = (leg: WeightedDestination) => qualifyHost(leg.destination.host, namespace, clusterDomain);
    if (!whole && !legs.some((leg) => concern.host(hosts(leg)))) continue;
    for (const { destination, share, path: place } of translateLegs(
      legs,
      { namespace, clusterDomain },
      path,
    )) {
      const { host, subset } = destination;
      if (!whole && !concern.host(host)) continue;
      yield { route, host, subset, share: percent(share), path: [...place, "destination"] };
    }
  }
}

/** What callers of one namespace find where a subset should be; null: no DestinationRule that Git shows speaks of its host. */
export type SubsetState = {
  readonly state: "there" | "missing";
  /** The rules that were looked at, the first in charge. */
  readonly rules: readonly MeshObject<DestinationRule>[];
} | null;

const states = new WeakMap<Mesh, Map<string, SubsetState>>();

/** Looks a subset up as Istio does for a proxy of `client`: in the one DestinationRule that is selected for it. */
export function subsetState(mesh: Mesh, client: string, host: string, subset: string): SubsetState {
  const known = states.get(mesh) ?? new Map<string, SubsetState>();
  states.set(mesh, known);
  const key = `${client}\n${host}\n${subset}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const policy = effectiveDestinationPolicy(mesh, client, {}, host, null, subset);
  const found = policy.subset;
  const state: SubsetState =
    policy.rules.length === 0
      ? null
      : { state: found ? "there" : "missing", rules: found ? [found.object] : policy.rules };
  known.set(key, state);
  return state;
}

interface RulesByHost {
  /** Namespaces that a DestinationRule of the host stands in, or is exported to by name. */
  readonly namespaces: ReadonlyMap<string, ReadonlySet<string>>;
  readonly wildcards: readonly string[];
}

const rulesByHost = new WeakMap<Mesh, RulesByHost>();

/** Callers who may find another DestinationRule for a host than most do. */
function ownViews(mesh: Mesh, callers: ReadonlySet<string>, host: string): string[] {
  const { rootNamespace, clusterDomain } = mesh.settings;
  // Of a host outside the cluster's domain several namespaces may have a service of their own.
  if (!host.endsWith(`.svc.${clusterDomain}`)) return [...callers];
  const { namespaces: named, wildcards } = rulesByHost.get(mesh) ?? indexRules(mesh);
  const patterns = [host, ...wildcards.filter((wildcard) => isSubsetOf(host, wildcard))];
  return [rootNamespace, ...patterns.flatMap((pattern) => [...(named.get(pattern) ?? [])])].filter((name) =>
    callers.has(name),
  );
}

function indexRules(mesh: Mesh): RulesByHost {
  const namespaces = new Map<string, Set<string>>();
  for (const { spec, namespace } of mesh.destinationRules) {
    const host = qualifyHost(spec.host ?? "", namespace, mesh.settings.clusterDomain);
    const known = namespaces.get(host) ?? new Set();
    for (const name of [namespace, ...(spec.exportTo ?? [])]) known.add(name);
    namespaces.set(host, known);
  }
  const index = { namespaces, wildcards: [...namespaces.keys()].filter(isWildcard) };
  rulesByHost.set(mesh, index);
  return index;
}

/** Namespaces of the proxies that a route speaks to, as far as Git shows: pods of its gateways, or anybody in the mesh. */
export function callersOf(mesh: Mesh, { gateways, entry }: JudgedRoute): ReadonlySet<string> {
  const callers = gateways.includes("mesh")
    ? meshNamespaces(mesh)
    : new Set(gateways.flatMap((gateway) => gatewayNamespaces(mesh, gateway)));
  return callers.size > 0 ? callers : new Set([entry.object.namespace]);
}

/** Callers who find the same DestinationRules for a host, on both sides. */
export interface View {
  readonly caller: string;
  /** All of them; most hosts have one view that nearly everybody shares. */
  callers(): readonly string[];
}

/** The views that callers have of a host. */
export function viewsOf(callers: ReadonlySet<string>, host: string, ...meshes: readonly Mesh[]): View[] {
  const own = new Set(meshes.flatMap((mesh) => ownViews(mesh, callers, host)));
  const others = () => [...callers].filter((caller) => !own.has(caller)).sort();
  const [first] = callers.values().filter((caller) => !own.has(caller));
  return [
    ...[...own].map((caller) => ({ caller, callers: () => [caller] })),
    ...(first === undefined ? [] : [{ caller: first, callers: others }]),
  ];
}

const namespaces = new WeakMap<Mesh, ReadonlySet<string>>();

function meshNamespaces(mesh: Mesh): ReadonlySet<string> {
  const known = namespaces.get(mesh);
  if (known) return known;
  const { workloads, services, virtualServices, destinationRules } = mesh;
  const objects: readonly MeshObject<unknown>[] = [
    ...workloads,
    ...services,
    ...virtualServices,
    ...destinationRules,
  ];
  const result = new Set(objects.map(({ namespace }) => namespace));
  namespaces.set(mesh, result);
  return result;
}

function gatewayNamespaces(mesh: Mesh, name: string): string[] {
  const gateway = mesh.gateways.find((object) => `${object.namespace}/${object.name}` === name);
  const pods = gateway
    ? mesh.workloads.filter(({ podLabels }) => selects(gateway.spec.selector, podLabels))
    : [];
  return pods.length > 0
    ? pods.map(({ namespace }) => namespace)
    : [mesh.settings.rootNamespace, ...(gateway ? [gateway.namespace] : [])];
}
