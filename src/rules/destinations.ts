import type { Path, Range } from "../manifest/source.ts";
import { clientPolicies, selectedRules, usesBlock } from "../mesh/client-policies.ts";
import type { DestinationPolicy } from "../mesh/destination-policy.ts";
import { isSubsetOf, isWildcard, qualifyHost } from "../mesh/hosts.ts";
import type { DestinationRule, VirtualService } from "../mesh/istio.ts";
import type { Mesh, MeshObject } from "../mesh/object.ts";
import { meshServices } from "../mesh/services.ts";
import { pairWorlds, type WorldPair } from "../mesh/worlds.ts";
import type { StateContext } from "./rule.ts";

/** Somewhere that a changed object sends requests to, or sets the policy of. */
export interface TouchedDestination {
  /** What is in its cluster, as far as Git tells. */
  readonly mesh: Mesh;
  /** The same on base. */
  readonly base: Mesh;
  readonly host: string;
  readonly port: number | null;
  readonly subset: string | null;
  /** The object that speaks of it, or spoke of it on base: reported where Git shows no DestinationRule. */
  readonly object: string;
  range(): Range;
  /** Its DestinationRule is gone, though requests still go there. */
  readonly bereft: boolean;
  /** What its clients apply; empty: Git shows no DestinationRule. */
  readonly policies: readonly DestinationPolicy[];
  /** The same on base. */
  readonly policiesBefore: readonly DestinationPolicy[];
}

type Sides = Pick<StateContext<unknown>, "mesh" | "base" | "touched">;

interface Known extends Sides {
  readonly destinations: readonly TouchedDestination[];
}

const known = new WeakMap<Mesh, Known>();

/** The destinations of changed VirtualServices and DestinationRules, by subset and port; the same list for every rule. */
export function touchedDestinations({ mesh, base, touched }: Sides): readonly TouchedDestination[] {
  const last = known.get(mesh);
  if (last?.base === base && last.touched === touched) return last.destinations;
  const destinations = pairWorlds(base, mesh).flatMap((world) => [...ofWorld(world, touched)]);
  known.set(mesh, { mesh, base, touched, destinations });
  return destinations;
}

/** What a changed DestinationRule is for is judged once, by that rule, whoever leads there. */
function* ofWorld(world: WorldPair, touched: ReadonlySet<string>): Generator<TouchedDestination> {
  const ruled = new Set<string>();
  for (const rule of world.head.destinationRules) {
    if (touched.has(rule.id)) yield* unseen(governed(rule, world, false), ruled, ruled);
  }
  for (const rule of removedRules(world)) yield* unseen(governed(rule, world, true), ruled, ruled);
  for (const service of world.head.virtualServices) {
    if (touched.has(service.id)) yield* unseen(routed(service, world), ruled, new Set());
  }
}

/** The destinations that are not `ruled` and that their object has not named before. */
function* unseen(
  places: Iterable<Place>,
  ruled: ReadonlySet<string>,
  named: Set<string>,
): Generator<TouchedDestination> {
  for (const place of places) {
    const key = destinationText(place);
    if (ruled.has(key) || named.has(key)) continue;
    named.add(key);
    yield withPolicies(place);
  }
}

type Place = Omit<TouchedDestination, "policies" | "policiesBefore">;

/** Policies are looked up once, when the first rule asks. */
function withPolicies(place: Place): TouchedDestination {
  const { mesh, base, host, port, subset } = place;
  let after: readonly DestinationPolicy[] | undefined;
  let before: readonly DestinationPolicy[] | undefined;
  return {
    ...place,
    get policies() {
      after ??= clientPolicies(mesh, host, port, subset);
      return after;
    },
    get policiesBefore() {
      before ??= clientPolicies(base, host, port, subset);
      return before;
    },
  };
}

/**
 * Where a finding about a destination stands: at the setting, where a touched object makes it; else where a touched
 * object speaks of the destination. Nobody is blamed for what the change left alone.
 */
export function placeOfSetting(
  destination: TouchedDestination,
  setting: { readonly object: MeshObject<unknown>; readonly path: Path } | null | undefined,
  { touched }: Pick<StateContext<unknown>, "touched">,
): { readonly object: string; readonly range: Range } {
  if (!setting || !touched.has(setting.object.id)) {
    return { object: destination.object, range: destination.range() };
  }
  return { object: setting.object.id, range: setting.object.locate(setting.path, "key") };
}

/** A destination as people write it: `reviews.prod.svc.cluster.local:9080 subset canary`. */
export function destinationText({
  host,
  port,
  subset,
}: Pick<TouchedDestination, "host" | "port" | "subset">): string {
  return `${host}${port === null ? "" : `:${port}`}${subset === null ? "" : ` subset ${subset}`}`;
}

function* routed(service: MeshObject<VirtualService>, { base, head: mesh }: WorldPair): Generator<Place> {
  for (const protocol of ["http", "tls", "tcp"] as const) {
    for (const [index, entry] of (service.spec[protocol] ?? []).entries()) {
      for (const [leg, { destination }] of (entry.route ?? []).entries()) {
        const host = qualifyHost(destination.host, service.namespace, mesh.settings.clusterDomain);
        const named = destination.port?.number ?? null;
        for (const port of named === null ? [null, ...portsWithSettings(mesh, host)] : [named]) {
          yield {
            mesh,
            base,
            host,
            port,
            subset: destination.subset || null,
            object: service.id,
            range: () => service.locate(["spec", protocol, index, "route", leg, "destination"]),
            bereft: false,
          };
        }
      }
    }
  }
}

function* governed(
  rule: MeshObject<DestinationRule>,
  { base, head: mesh }: WorldPair,
  bereft: boolean,
): Generator<Place> {
  const host = qualifyHost(rule.spec.host ?? "", rule.namespace, mesh.settings.clusterDomain);
  const subsets = (rule.spec.subsets ?? []).map(({ name }) => name);
  for (const subset of subsets.length > 0 ? subsets : [null]) {
    for (const port of [null, ...portsOf(rule.spec)]) {
      const range = () => rule.locate(["spec"], "key");
      yield { mesh, base, host, port, subset, object: rule.id, range, bereft };
    }
  }
}

function portsWithSettings(mesh: Mesh, host: string): readonly number[] {
  if (!usesBlock(mesh, "portLevelSettings")) return [];
  return [
    ...new Set(selectedRules(mesh, host).flatMap(({ from }) => from.flatMap(({ spec }) => portsOf(spec)))),
  ];
}

/** The ports that have settings of their own, for the host or for one of its subsets. */
function portsOf({ trafficPolicy, subsets = [] }: DestinationRule): readonly number[] {
  const policies = [trafficPolicy, ...subsets.map((subset) => subset.trafficPolicy)];
  const settings = policies.flatMap((policy) => policy?.portLevelSettings ?? []);
  return [...new Set(settings.flatMap(({ port }) => port?.number ?? []))];
}

/**
 * DestinationRules that base had and that are gone, while their host is still in use. Where the host is withdrawn with
 * its rule, what remains of it elsewhere was never this rule's to protect.
 */
function removedRules({ base, head }: WorldPair): readonly MeshObject<DestinationRule>[] {
  if (base === head) return [];
  const kept = new Set(head.destinationRules.map(({ id }) => id));
  const removed = base.destinationRules.filter(({ id }) => !kept.has(id));
  if (removed.length === 0) return [];
  const [used, withdrawn] = [usedHosts(head), withdrawnHosts(base, head)];
  return removed.filter(({ spec, namespace }) => {
    const host = qualifyHost(spec.host ?? "", namespace, head.settings.clusterDomain);
    if (withdrawn.has(host)) return false;
    return used.has(host) || (isWildcard(host) && [...used].some((other) => isSubsetOf(other, host)));
  });
}

/** Hosts of services that base had and head has not. */
function withdrawnHosts(base: Mesh, head: Mesh): ReadonlySet<string> {
  const kept = new Set(meshServices(head).map(({ object }) => object.id));
  return new Set(meshServices(base).flatMap(({ object, host }) => (kept.has(object.id) ? [] : [host])));
}

/** Hosts that exist, or that routes lead to. */
function usedHosts(mesh: Mesh): ReadonlySet<string> {
  const routes = mesh.virtualServices.flatMap(({ spec, namespace }) =>
    [...(spec.http ?? []), ...(spec.tls ?? []), ...(spec.tcp ?? [])].flatMap(({ route = [] }) =>
      route.map(({ destination }) => qualifyHost(destination.host, namespace, mesh.settings.clusterDomain)),
    ),
  );
  return new Set([...meshServices(mesh).map(({ host }) => host), ...routes]);
}
