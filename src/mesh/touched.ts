import { isObject } from "../manifest/json.ts";
import type { Json } from "../manifest/source.ts";
import { qualifyHost } from "./hosts.ts";
import type { RouteDestination, VirtualService } from "./istio.ts";
import { groupOf, networkingGroup } from "./kinds.ts";
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
 * file, the API version and `status` are not the value; a value that only moves touches nothing. Of a workload only the
 * pod labels count: a new image is no change of the mesh.
 */
export function touchedBy(base: Mesh, head: Mesh): Touched {
  const before = valuesById(base);
  const after = valuesById(head);
  const objects = [...new Set([...before.keys(), ...after.keys()])]
    .filter((id) => joined(before.get(id)) !== joined(after.get(id)))
    .sort();
  const touched = new Set(objects);
  const hosts = [...hostsOf(base, touched), ...hostsOf(head, touched)];
  return { objects, hosts: [...new Set(hosts)].filter((host) => host !== "").sort() };
}

/** What an object of one id amounts to in one scope. */
interface Value {
  readonly scope: string;
  readonly text: string;
}

function valuesById(mesh: Mesh): Map<string, Value[]> {
  const byId = new Map<string, Value[]>();
  const add = ({ id, scope }: MeshObject<unknown>, text: string) => {
    const known = byId.get(id);
    if (known === undefined) byId.set(id, [{ scope, text }]);
    else known.push({ scope, text });
  };
  const lists: readonly (readonly MeshObject<unknown>[])[] = [
    mesh.virtualServices,
    mesh.destinationRules,
    mesh.gateways,
    mesh.serviceEntries,
    mesh.sidecars,
    mesh.services,
    mesh.workloads.filter(isOfIstio),
    mesh.others,
    mesh.refused.map(({ object }) => object),
  ];
  for (const object of lists.flat()) add(object, valueText(object));
  for (const workload of mesh.workloads) {
    if (!isOfIstio(workload)) add(workload, canonical({ ...workload.podLabels }));
  }
  return byId;
}

function isOfIstio({ apiVersion }: MeshObject<unknown>): boolean {
  return groupOf(apiVersion) === networkingGroup;
}

/** Where several scopes hold an object of one id, it matters too which scope holds which value. */
function joined(values: readonly Value[] = []): string {
  const texts = values.map(({ scope, text }) => (values.length > 1 ? `${scope}\n${text}` : text));
  return texts.sort().join("\n");
}

/** Fields of a manifest whose effect is stated elsewhere, or that have none. */
const insignificant = new Set(["apiVersion", "kind", "metadata", "spec", "status"]);

/** Everything about an object that may have an effect, as one text that ignores the order of keys. */
function valueText(object: MeshObject<unknown>): string {
  const { document, apiVersion, labels, annotations, spec, created } = object;
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
