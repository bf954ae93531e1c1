import type { Json } from "../../manifest/source.ts";
import { qualifyHost } from "../../mesh/hosts.ts";
import type { HTTPRoute, TCPRoute, VirtualService } from "../../mesh/istio.ts";
import type { Mesh, MeshObject } from "../../mesh/object.ts";
import { destinationName } from "../../rules/stable.ts";
import type { Shift } from "../../traffic/change.ts";
import { percent } from "../../traffic/fraction.ts";

/** A manifest as CEL sees it: whole numbers are ints, so that `weight * 2` means what it says. */
export function celValue(value: Json | undefined): unknown {
  if (typeof value === "number") return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(celValue);
  if (typeof value !== "object" || value === null) return value ?? null;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, celValue(child)]));
}

/** The shifts of an object: `{ host, gateway, class, kind, points, before, after }`, shares in percent by destination. */
export function celShifts(
  shifts: readonly Shift[],
  { id, scope }: Pick<MeshObject, "id" | "scope">,
): unknown[] {
  const shares = (legs: Shift["after"]) =>
    Object.fromEntries(legs.map(({ destination, share }) => [destinationName(destination), percent(share)]));
  return shifts
    .filter(
      ({ object, scopes, head, base }) =>
        [object, head?.object, base?.object].includes(id) && scopes.includes(scope),
    )
    .map(({ host, gateway, class: requests, kind, points, before, after }) => ({
      host,
      gateway,
      class: requests,
      kind,
      points,
      // Most rules look at points alone.
      get before() {
        return shares(before);
      },
      get after() {
        return shares(after);
      },
    }));
}

/** The entries of a VirtualService: `{ protocol, name, timeout, destinations: [{ host, port, subset, share }] }`. */
export function celRoutes(object: MeshObject<unknown>, { settings }: Mesh): unknown[] {
  if (object.kind !== "VirtualService") return [];
  const { http = [], tls = [], tcp = [] } = object.spec as VirtualService;
  const entry = (protocol: string) => (route: HTTPRoute | TCPRoute) => {
    const legs = route.route ?? [];
    const sum = legs.reduce((total, { weight = 0 }) => total + weight, 0);
    return {
      protocol,
      name: "name" in route ? (route.name ?? "") : "",
      timeout: "timeout" in route ? (route.timeout ?? "") : "",
      destinations: legs.map(({ destination, weight = 0 }) => ({
        host: qualifyHost(destination.host, object.namespace, settings.clusterDomain),
        port: BigInt(destination.port?.number ?? 0),
        subset: destination.subset ?? "",
        share: legs.length === 1 ? 100 : sum === 0 ? 0 : (100 * weight) / sum,
      })),
    };
  };
  return [...http.map(entry("http")), ...tls.map(entry("tls")), ...tcp.map(entry("tcp"))];
}
