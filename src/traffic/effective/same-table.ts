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
        content(candidate.service) === content(other.service)
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

function content(service: ResolvedVirtualService): string {
  const { object, http } = service;
  const delegates = http.some(({ delegatedBy }) => delegatedBy !== null);
  return remember(delegates ? service : object, () =>
    JSON.stringify([object.id, object.created, object.spec, delegates && http.map(({ route }) => route)]),
  );
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
