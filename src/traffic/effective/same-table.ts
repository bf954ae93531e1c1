import { sameJson } from "../../manifest/same-json.ts";
import type { Mesh } from "../../mesh/object.ts";
import { meshServices } from "../../mesh/services.ts";
import type { ResolvedVirtualService } from "../../mesh/virtual-services.ts";
import type { RouteTable } from "./table.ts";

/**
 * Whether both sides are written alike, so that nothing can have changed for any proxy. Cheap: no route is translated.
 * False says nothing: tables that are written differently may still mean the same.
 */
export function isSameTable(base: RouteTable | null, head: RouteTable | null): boolean {
  if (!base || !head) return base === head;
  return (
    String(base.redirected) === String(head.redirected) &&
    base.known === head.known &&
    base.fallback.canonical === head.fallback.canonical &&
    String(base.context.ports) === String(head.context.ports) &&
    resolvesAlike(base, head) &&
    base.candidates.length === head.candidates.length &&
    base.candidates.every((candidate, index) => {
      const other = head.candidates[index];
      return (
        candidate.host === other?.host &&
        candidate.server === other.server &&
        candidate.redirectToHttps === other.redirectToHttps &&
        sameContent(candidate.service, other.service)
      );
    })
  );
}

/** Whether what both sides do not write themselves is the same: the services and Sidecars around them. */
export function resolvesAlike(base: RouteTable, head: RouteTable): boolean {
  return surroundings(base) === surroundings(head);
}

const texts = new WeakMap<object, string>();

function remember(holder: object, write: () => string): string {
  const text = texts.get(holder) ?? write();
  texts.set(holder, text);
  return text;
}

const compared = new WeakMap<object, { readonly other: object; readonly same: boolean }>();

/** Remembers the last answer: one VirtualService stands in many tables, against the same one of the other side. */
function sameContent(a: ResolvedVirtualService, b: ResolvedVirtualService): boolean {
  const known = compared.get(a);
  if (known?.other === b) return known.same;
  const same =
    a.object.id === b.object.id &&
    a.object.created === b.object.created &&
    sameJson(a.object.spec, b.object.spec) &&
    sameDelegates(a, b);
  compared.set(a, { other: b, same });
  return same;
}

function sameDelegates(a: ResolvedVirtualService, b: ResolvedVirtualService): boolean {
  const inlined = ({ http }: ResolvedVirtualService) => http.some(({ delegatedBy }) => delegatedBy !== null);
  if (!inlined(a) && !inlined(b)) return true;
  const routes = ({ http }: ResolvedVirtualService) => http.map(({ route }) => route);
  return sameJson(routes(a), routes(b));
}

const servicesOf = new WeakMap<Mesh, string>();

/** What else of the mesh decides a table: Sidecars inside it, the ports of services at a gateway. */
function surroundings({ mesh, context }: RouteTable): string {
  if (context.gateway === "mesh") {
    return remember(mesh, () =>
      JSON.stringify([mesh.settings, mesh.sidecars.map(({ id, created, spec }) => [id, created, spec])]),
    );
  }
  const known = servicesOf.get(mesh);
  const text =
    known ??
    JSON.stringify(
      meshServices(mesh).map(({ host, namespace, ports, externalName }) => [
        host,
        namespace,
        ports.map(({ number }) => number),
        externalName,
      ]),
    );
  servicesOf.set(mesh, text);
  return text;
}
