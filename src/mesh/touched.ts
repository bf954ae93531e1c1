import { isObject } from "../manifest/json.ts";
import type { Json } from "../manifest/source.ts";
import { qualifyHost } from "./hosts.ts";
import type { RouteDestination, VirtualService } from "./istio.ts";
import { groupOf } from "./kinds.ts";
import type { Mesh, MeshObject } from "./object.ts";

/** What a change is about. */
export interface Touched {
  /** Ids of the objects that are not the same before and after, sorted. */
  readonly objects: string[];
  /** Fully qualified hosts that those objects answer for or send to, sorted; wildcards as they are written. */
  readonly hosts: string[];
}

/**
 * Finds the objects whose value differs between two states, and the hosts they speak about. Formatting, comments, the
 * file, the API version and `status` are not the value; a value that only moves touches nothing.
 */
export function touchedBy(base: Mesh, head: Mesh): Touched {
  const before = objectsById(base);
  const after = objectsById(head);
  const objects = [...new Set([...before.keys(), ...after.keys()])]
    .filter((id) => !sameObjects(before.get(id) ?? [], after.get(id) ?? []))
    .sort();
  const touched = new Set(objects);
  const hosts = [...hostsOf(base, touched), ...hostsOf(head, touched)];
  return { objects, hosts: [...new Set(hosts)].filter((host) => host !== "").sort() };
}

function objectsById(mesh: Mesh): Map<string, MeshObject<unknown>[]> {
  const byId = new Map<string, MeshObject<unknown>[]>();
  const all = new Set<MeshObject<unknown>>([
    ...mesh.virtualServices,
    ...mesh.destinationRules,
    ...mesh.gateways,
    ...mesh.serviceEntries,
    ...mesh.sidecars,
    ...mesh.services,
    ...mesh.workloads,
    ...mesh.others,
  ]);
  for (const object of all) {
    const known = byId.get(object.id);
    if (known === undefined) byId.set(object.id, [object]);
    else known.push(object);
  }
  return byId;
}

/** Where several scopes hold an object of one id, which scope holds which value matters too. */
function sameObjects(before: readonly MeshObject<unknown>[], after: readonly MeshObject<unknown>[]): boolean {
  if (before.length !== after.length) return false;
  const values = (objects: readonly MeshObject<unknown>[]) =>
    objects
      .map((object) => `${objects.length > 1 ? object.scope : ""}\n${significantText(object)}`)
      .sort()
      .join("\n");
  return values(before) === values(after);
}

/** Fields of a manifest whose effect is stated elsewhere, or that have none. */
const insignificant = new Set(["apiVersion", "kind", "metadata", "spec", "status"]);

/** Everything about an object that may have an effect, as one text that ignores the order of keys. */
function significantText({
  document,
  apiVersion,
  labels,
  annotations,
  spec,
  created,
}: MeshObject<unknown>): string {
  const rest = isObject(document.value)
    ? Object.entries(document.value).filter(([key]) => !insignificant.has(key))
    : [];
  return canonical({
    group: groupOf(apiVersion),
    labels: { ...labels },
    annotations: { ...annotations },
    created: created ?? null,
    spec: spec as Json,
    rest: Object.fromEntries(rest),
  });
}

function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (isObject(value)) {
    const keys = Object.keys(value).sort();
    return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key] ?? null)}`).join()}}`;
  }
  return typeof value === "bigint" ? String(value) : JSON.stringify(value);
}

function hostsOf(mesh: Mesh, touched: ReadonlySet<string>): string[] {
  const { clusterDomain } = mesh.settings;
  const of = <Spec>(
    objects: readonly MeshObject<Spec>[],
    hosts: (spec: Spec) => readonly (string | undefined)[],
  ) =>
    objects
      .filter(({ id }) => touched.has(id))
      .flatMap(({ spec, namespace }) =>
        hosts(spec).map((host) => qualifyHost(host ?? "", namespace, clusterDomain)),
      );
  return [
    ...of(mesh.virtualServices, virtualServiceHosts),
    ...of(mesh.destinationRules, ({ host }) => [host]),
    ...of(mesh.serviceEntries, ({ hosts = [] }) => hosts),
    ...mesh.services
      .filter(({ id }) => touched.has(id))
      .map(({ name, namespace }) => qualifyHost(name, namespace, clusterDomain)),
  ];
}

function virtualServiceHosts({
  hosts = [],
  http = [],
  tls = [],
  tcp = [],
}: VirtualService): readonly (string | undefined)[] {
  const destinations: (RouteDestination | undefined)[] = [
    ...[...http, ...tls, ...tcp].flatMap(({ route = [] }) => route.map(({ destination }) => destination)),
    ...http.flatMap(({ mirror, mirrors = [] }) => [mirror, ...mirrors.map(({ destination }) => destination)]),
  ];
  return [...hosts, ...destinations.map((destination) => destination?.host)];
}
