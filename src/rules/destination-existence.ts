import type { Path } from "../manifest/source.ts";
import { effectiveDestinationPolicy } from "../mesh/destination-policy.ts";
import { isSubsetOf, isWildcard, qualifyHost } from "../mesh/hosts.ts";
import type { DestinationRule } from "../mesh/istio.ts";
import type { Mesh, MeshObject } from "../mesh/object.ts";
import { meshServices } from "../mesh/services.ts";
import { selects } from "../mesh/visibility.ts";
import { translateLegs } from "../traffic/effective/legs.ts";
import { percent } from "../traffic/fraction.ts";
import { generatedServices } from "./controllers.ts";
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

/** Every destination that gets requests; legs of weight 0 get none. */
export function* destinationUses(mesh: Mesh): Generator<DestinationUse> {
  const { clusterDomain } = mesh.settings;
  for (const route of routesOf(mesh)) {
    const { namespace } = route.entry.object;
    for (const { destination, share, path } of translateLegs(
      route.route.route ?? [],
      { namespace, clusterDomain },
      route.entry.path,
    )) {
      const { host, subset } = destination;
      yield { route, host, subset, share: percent(share), path: [...path, "destination"] };
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
  const key = JSON.stringify([client, host, subset]);
  const before = known.get(key);
  if (before !== undefined) return before;
  const policy = effectiveDestinationPolicy(mesh, client, {}, host, null, subset);
  const state: SubsetState =
    policy.rules.length === 0
      ? null
      : {
          state: policy.subset ? "there" : "missing",
          rules: policy.subset ? [policy.subset.object] : policy.rules,
        };
  known.set(key, state);
  return state;
}

/** Namespaces of the proxies that a route speaks to, as far as Git shows: pods of its gateways, or anybody in the mesh. */
export function callersOf(mesh: Mesh, { gateways, entry }: JudgedRoute): readonly string[] {
  const callers = new Set(
    gateways.flatMap((gateway) =>
      gateway === "mesh" ? meshNamespaces(mesh) : gatewayNamespaces(mesh, gateway),
    ),
  );
  return callers.size > 0 ? [...callers].sort() : [entry.object.namespace];
}

const namespaces = new WeakMap<Mesh, readonly string[]>();

function meshNamespaces(mesh: Mesh): readonly string[] {
  const known = namespaces.get(mesh);
  if (known) return known;
  const { workloads, services, virtualServices, destinationRules } = mesh;
  const objects: readonly MeshObject<unknown>[] = [
    ...workloads,
    ...services,
    ...virtualServices,
    ...destinationRules,
  ];
  const result = [...new Set(objects.map(({ namespace }) => namespace))];
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
const shown = new WeakMap<
  Mesh,
  { exact: ReadonlyMap<string, MeshObject<unknown>>; wildcards: readonly string[] }
>();

/** The object that Git shows for a host: a Service, a ServiceEntry, perhaps by a wildcard, or what makes a Service. */
export function serviceOf(mesh: Mesh, host: string): MeshObject<unknown> | null {
  const { exact, wildcards } = shown.get(mesh) ?? shownHosts(mesh);
  return exact.get(host) ?? exact.get(wildcards.find((wildcard) => isSubsetOf(host, wildcard)) ?? "") ?? null;
}

function shownHosts(mesh: Mesh) {
  const exact = new Map<string, MeshObject<unknown>>();
  for (const { host, object } of meshServices(mesh)) if (!exact.has(host)) exact.set(host, object);
  for (const object of mesh.others) {
    for (const name of generatedServices(object)) {
      const host = qualifyHost(name, object.namespace, mesh.settings.clusterDomain);
      if (!exact.has(host)) exact.set(host, object);
    }
  }
  const index = { exact, wildcards: [...exact.keys()].filter(isWildcard) };
  shown.set(mesh, index);
  return index;
}

/** Whether Git shows where services of this host's namespace are kept: otherwise the absence of one says nothing. */
export function showsServicesOf(mesh: Mesh, host: string): boolean {
  const suffix = `.svc.${mesh.settings.clusterDomain}`;
  const [, namespace] = host.endsWith(suffix) ? host.slice(0, -suffix.length).split(".") : [];
  return mesh.notRendered.length === 0 && mesh.services.some((service) => service.namespace === namespace);
}
