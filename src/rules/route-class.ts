import * as z from "zod";
import { isSubsetOf, qualifyHost } from "../mesh/hosts.ts";
import type { HTTPMatchRequest, StringMatch } from "../mesh/istio.ts";
import type { Mesh } from "../mesh/object.ts";
import { matchesAny } from "./glob.ts";
import type { TouchedRoute } from "./http-routes.ts";

const names = z.union([
  z
    .string()
    .min(1)
    .transform((name) => [name]),
  z.array(z.string().min(1)).min(1),
]);

/** Which routes are of a class: of one criterion any entry, and all criteria that are given. */
export const routeCriteria = z.strictObject({
  method: names.optional().describe("Methods that the route takes, and no others."),
  prefix: names.optional().describe("Beginnings of the paths that the route takes."),
  name: names.optional().describe("Globs of the name of the route."),
  namespaces: names.optional().describe("Globs of the namespace of the VirtualService."),
  hosts: names.optional().describe("Hosts, with wildcards, of the VirtualService."),
  external: z
    .boolean()
    .optional()
    .describe("Whether all destinations are hosts of ServiceEntries outside the mesh."),
});
export type RouteCriteria = z.output<typeof routeCriteria>;

/** Whether a route is of a class. One that takes other requests as well is not: they have needs of their own. */
export function isOfClass(criteria: RouteCriteria, { route, service, mesh }: TouchedRoute): boolean {
  const { method, prefix, name, namespaces, hosts, external } = criteria;
  const matches = route.match?.length ? route.match : [{}];
  return (
    (method === undefined || matches.every((match) => takesOnly(methodsOf(match), method))) &&
    (prefix === undefined ||
      matches.every((match) => prefix.some((start) => startsWith(match.uri, start)))) &&
    (name === undefined || matchesAny(name, route.name ?? "")) &&
    matchesAny(namespaces, service.object.namespace) &&
    (hosts === undefined || service.hosts.every((host) => hosts.some((glob) => isSubsetOf(host, glob)))) &&
    (external === undefined || external === leavesMesh(route.route ?? [], service.object.namespace, mesh))
  );
}

function takesOnly(methods: readonly string[] | null, allowed: readonly string[]): boolean {
  return methods?.every((method) => allowed.includes(method)) ?? false;
}

/** The methods that a match takes; null: more than it names one by one. */
function methodsOf({ method }: HTTPMatchRequest): readonly string[] | null {
  if (method?.exact !== undefined) return [method.exact];
  const words = /^\^?\(?([A-Z]+(?:\|[A-Z]+)*)\)?\$?$/.exec(method?.regex ?? "")?.[1];
  return words?.split("|") ?? null;
}

function startsWith(uri: StringMatch | undefined, start: string): boolean {
  return (uri?.exact ?? uri?.prefix ?? "").startsWith(start);
}

type Legs = NonNullable<TouchedRoute["route"]["route"]>;

function leavesMesh(legs: Legs, namespace: string, mesh: Mesh): boolean {
  const { exact, wildcards } = externalHosts(mesh);
  return legs.every(({ destination }) => {
    const host = qualifyHost(destination.host, namespace, mesh.settings.clusterDomain);
    return exact.has(host) || wildcards.some((wildcard) => isSubsetOf(host, wildcard));
  });
}

interface ExternalHosts {
  readonly exact: ReadonlySet<string>;
  readonly wildcards: readonly string[];
}

const known = new WeakMap<Mesh, ExternalHosts>();

/** Hosts of ServiceEntries that are not in the mesh; the proto default of `location` is MESH_EXTERNAL. */
function externalHosts(mesh: Mesh): ExternalHosts {
  const found = known.get(mesh);
  if (found) return found;
  const hosts = mesh.serviceEntries.flatMap(({ spec }) =>
    spec.location === "MESH_INTERNAL" ? [] : (spec.hosts ?? []),
  );
  const result = { exact: new Set(hosts), wildcards: hosts.filter((host) => host.startsWith("*")) };
  known.set(mesh, result);
  return result;
}
