import type { Mesh, MeshObject } from "../../mesh/object.ts";
import { type ResolvedVirtualService, resolveVirtualServices } from "../../mesh/virtual-services.ts";
import { pairWorlds, type WorldPair } from "../../mesh/worlds.ts";
import { type GatewayListener, gatewayListeners, gatewayTable } from "./gateway-tables.ts";
import { type MeshClaims, meshClaims, meshTable } from "./mesh-tables.ts";
import { isSameTable } from "./same-table.ts";
import type { ContextPair, Protocol, RouteTable } from "./table.ts";

const protocols: readonly Protocol[] = ["http", "tls", "tcp"];

/**
 * Every gateway (or the mesh), host and protocol that either side speaks of, with both sides' tables. On each side the
 * most specific host answers, so that taking a host out of a wildcard is seen as what it is: a takeover. Where overlays
 * hold the same objects in different versions, each world has its own contexts.
 */
export function routeContexts(base: Mesh, head: Mesh): readonly ContextPair[] {
  const known = new Set<string>();
  return pairWorlds(base, head).flatMap((world) =>
    contextsOf(world).filter((context) => {
      if (world.name === "") return true;
      const key = identity(context);
      const isNew = !known.has(key);
      known.add(key);
      return isNew;
    }),
  );
}

function contextsOf({ name, base, head }: WorldPair): readonly ContextPair[] {
  const before = resolveVirtualServices(base);
  const after = newLast(resolveVirtualServices(head), base.virtualServices);
  return [...meshContexts(base, before, head, after), ...gatewayContexts(base, before, head, after)].map(
    (pair) => ({ ...pair, world: name }),
  );
}

/** Equal for contexts of two worlds that the same objects make up: one of them is enough. */
function identity({ context, base, head }: ContextPair): string {
  const objects = [base, head].map((table) =>
    table?.candidates.map(({ service: { object }, host }) => [object.scope, object.id, host]),
  );
  return JSON.stringify([context.gateway, context.host, context.protocol, context.ports, objects]);
}

/** Creation times are seldom in Git, yet what is new was created last. */
function newLast(
  services: readonly ResolvedVirtualService[],
  base: readonly MeshObject<unknown>[],
): readonly ResolvedVirtualService[] {
  const known = new Set(base.map(({ scope, id }) => `${scope}\n${id}`));
  const isNew = ({ object }: ResolvedVirtualService): boolean =>
    object.created === undefined && !known.has(`${object.scope}\n${object.id}`);
  return [...services.filter((service) => !isNew(service)), ...services.filter(isNew)];
}

function meshContexts(
  base: Mesh,
  before: readonly ResolvedVirtualService[],
  head: Mesh,
  after: readonly ResolvedVirtualService[],
): ContextPair[] {
  return protocols.flatMap((protocol) => {
    const left = meshClaims(base, before, protocol);
    const right = meshClaims(head, after, protocol);
    const hosts = new Set([left, right].flatMap(hostsOf));
    return [...hosts].map((host) => pair(meshTable(left, host), meshTable(right, host)));
  });
}

const hostsOf = ({ exact, wildcards }: MeshClaims): string[] => [...exact.keys(), ...wildcards.keys()];

function gatewayContexts(
  base: Mesh,
  before: readonly ResolvedVirtualService[],
  head: Mesh,
  after: readonly ResolvedVirtualService[],
): ContextPair[] {
  const left = gatewayListeners(base, before);
  const right = gatewayListeners(head, after);
  const pairs = pairListeners(left, right).flatMap(([one, other]) => {
    const hosts = new Set(
      [one, other].flatMap((listener) =>
        listener ? [...listener.candidates.map(({ host }) => host), ...listener.redirected] : [],
      ),
    );
    return [...hosts].map((host) => pair(one && gatewayTable(one, host), other && gatewayTable(other, host)));
  });
  return joinPorts(pairs);
}

type ListenerPair = readonly [GatewayListener | null, GatewayListener | null];

/**
 * Puts the listeners of both sides together: those of one Gateway, port and set of hosts first, then those of one Gateway
 * and port, then what is left of one workload, so that renaming a Gateway or changing its selector does not tear its
 * requests apart.
 */
function pairListeners(left: readonly GatewayListener[], right: readonly GatewayListener[]): ListenerPair[] {
  const pairs: ListenerPair[] = [];
  const open = new Set(right);
  const single = new Set(left);
  const match = (keyOf: (listener: GatewayListener) => string): void => {
    const waiting = Map.groupBy(open, keyOf);
    for (const one of [...single]) {
      const other = waiting.get(keyOf(one))?.shift();
      if (!other) continue;
      open.delete(other);
      single.delete(one);
      pairs.push([one, other]);
    }
  };
  const place = ({ port, protocol }: GatewayListener): string => `${port}\n${protocol}`;
  match((listener) => [listener.gateways[0], listener.hosts, place(listener)].join("\n"));
  match((listener) => [listener.gateways[0], place(listener)].join("\n"));
  match((listener) => [listener.workload, place(listener)].join("\n"));
  return [
    ...pairs,
    ...[...single].map((one): ListenerPair => [one, null]),
    ...[...open].map((other): ListenerPair => [null, other]),
  ];
}

function pair(base: RouteTable | null, head: RouteTable | null): ContextPair {
  const context = (head ?? base)?.context;
  if (!context) throw new Error("a context without a side");
  return { world: "", context, base, head };
}

/**
 * One context for all ports of a gateway on which a host is answered alike, so that one change is told once. Contexts
 * without a change are left as they are: to compare them would mean to translate them.
 */
function joinPorts(pairs: readonly ContextPair[]): ContextPair[] {
  const places = Map.groupBy(pairs, ({ context }) =>
    [context.gateway, context.host, context.protocol].join("\n"),
  );
  return [...places.values()].flatMap((same) => {
    if (same.length === 1 || same.every((item) => isSameTable(item.base, item.head))) return same;
    const alike = Map.groupBy(same, (item) => `${signature(item.base)}\n${signature(item.head)}`);
    return [...alike.values()].map(joined);
  });
}

function joined(same: readonly ContextPair[]): ContextPair {
  const first = same[0] as ContextPair;
  const ports = first.context.ports && [...new Set(same.flatMap(({ context }) => context.ports ?? []))];
  const widen = (table: RouteTable | null): RouteTable | null =>
    table && { ...table, context: { ...table.context, ports } };
  return { ...first, context: { ...first.context, ports }, base: widen(first.base), head: widen(first.head) };
}

function signature(table: RouteTable | null): string {
  const candidates = table?.candidates.map(({ service, host, server, redirectToHttps, routes }) => [
    service.object.scope,
    service.object.id,
    host,
    server,
    redirectToHttps,
    routes.map(({ key }) => key),
  ]);
  return JSON.stringify([table?.redirected, table?.known, candidates]);
}
