import type { Mesh } from "../mesh/object.ts";
import { pairWorlds } from "../mesh/worlds.ts";
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
import { unreachableRoutes } from "./unreachable.ts";

/** How much work a comparison may cost (see `Budget`): in all, and for each gateway and host. */
const defaultBudget = 20_000_000;
const unitsPerContext = 4_200_000;
/** What may be spent beyond that, in all, on naming what may have changed, and on finding words. */
const unitsForGuesses = 2_000_000;
const unitsForWords = 1_000_000;

/** Says what happens to live traffic when `base` becomes `head`. Never fails on manifests: doubt is part of the answer. */
export function compareTraffic(
  base: Mesh,
  head: Mesh,
  options: { readonly budget?: number } = {},
): TrafficChange {
  const budget = new Budget(options.budget ?? defaultBudget);
  const [guesses, words] = [new Budget(unitsForGuesses), new Budget(unitsForWords)];
  const worlds = pairWorlds(base, head);
  const pairs = routeContexts(base, head);
  const listeners = Map.groupBy(pairs, listenerOf);
  const contexts = pairs.flatMap((pair) => {
    if (isSameTable(pair.base, pair.head)) return [];
    const world = worlds.find(({ name }) => name === pair.world);
    const sides = new Sides(pair, world?.base ?? base, world?.head ?? head);
    const neighbours = listeners.get(listenerOf(pair))!.map(({ context }) => context.host);
    return [compareContext(sides, neighbours, { exact: budget.slice(unitsPerContext), guesses, words })];
  });
  const classes = contexts.flatMap((context) => context.classes);
  return {
    shifts: shiftsOf(classes),
    changes: [
      ...routeChanges(classes, head),
      ...distinct(worlds.flatMap((world) => objectChanges(world.base, world.head))),
    ],
    unreachable: unreachableRoutes(contexts),
    broken: distinct(worlds.flatMap((world) => brokenDestinations(world.base, world.head))),
    incomplete: contexts.flatMap(({ sides: { pair }, incomplete }) =>
      incomplete === null
        ? []
        : [{ host: pair.context.host, gateway: pair.context.gateway, reason: incomplete }],
    ),
  };
}

/** Tables of one listener divide its requests by host. */
function listenerOf({ world, context: { gateway, protocol, ports } }: ContextPair): string {
  return JSON.stringify([world, gateway, protocol, ports]);
}

/** What several worlds share is said once. */
function distinct<T extends object>(items: readonly T[]): T[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}
