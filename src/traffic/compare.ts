import type { Mesh } from "../mesh/object.ts";
import { meshServices } from "../mesh/services.ts";
import { brokenDestinations } from "./broken.ts";
import type { TrafficChange } from "./change.ts";
import { compareContext } from "./classes/changed-classes.ts";
import { Sides } from "./classes/sides.ts";
import { routeContexts } from "./effective/contexts.ts";
import { isSameTable } from "./effective/same-table.ts";
import type { ContextPair } from "./effective/table.ts";
import { Budget } from "./engine/budget.ts";
import { objectChanges } from "./settings.ts";
import { routeChanges } from "./settings-routes.ts";
import { shiftsOf } from "./shifts.ts";
import type { OnlyPort } from "./shifts-legs.ts";
import { unreachableRoutes } from "./unreachable.ts";

/** How much work a comparison may cost (see `Budget`): in all, and for each gateway and host. */
const defaultBudget = 40_000_000;
const unitsPerContext = 4_000_000;
/** What naming what may have changed may cost beyond that, in all. */
const unitsForGuesses = 2_000_000;

/** Says what happens to live traffic when `base` becomes `head`. Never fails on manifests: doubt is part of the answer. */
export function compareTraffic(
  base: Mesh,
  head: Mesh,
  options: { readonly budget?: number } = {},
): TrafficChange {
  const budget = new Budget(options.budget ?? defaultBudget);
  const reserve = new Budget(unitsForGuesses);
  const all = routeContexts(base, head);
  const tables = Map.groupBy(all, listenerOf);
  const pairs = all.filter((pair) => !isSameTable(pair.base, pair.head));
  const contexts = pairs.map((pair) => {
    const sides = new Sides(pair, base, head);
    const neighbours = tables.get(listenerOf(pair))!.map(({ context }) => context.host);
    return compareContext(sides, neighbours, budget.slice(unitsPerContext), reserve);
  });
  const classes = contexts.flatMap((context) => context.classes);
  return {
    shifts: shiftsOf(classes, onlyPorts(base, head)),
    changes: [...routeChanges(classes, head), ...objectChanges(base, head)],
    unreachable: unreachableRoutes(contexts),
    broken: brokenDestinations(base, head),
    incomplete: contexts.flatMap(({ sides: { pair }, incomplete }) =>
      incomplete === null
        ? []
        : [{ host: pair.context.host, gateway: pair.context.gateway, reason: incomplete }],
    ),
  };
}

/** Tables of one listener divide its requests by host. */
function listenerOf({ context: { gateway, protocol, ports } }: ContextPair): string {
  return JSON.stringify([gateway, protocol, ports]);
}

/** Head's services count for both sides: that a service changes its port is not a shift of its requests. */
function onlyPorts(base: Mesh, head: Mesh): OnlyPort {
  const ports = new Map<string, number>();
  for (const { host, ports: all } of [...meshServices(base), ...meshServices(head)]) {
    if (all.length === 1) ports.set(host, all[0]!.number);
    else ports.delete(host);
  }
  return (host) => ports.get(host) ?? null;
}
