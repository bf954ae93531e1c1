import type { HTTPRoute } from "../../src/mesh/istio.ts";
import { type ComparedContext, compareContext } from "../../src/traffic/classes/changed-classes.ts";
import type { Answer } from "../../src/traffic/classes/rule-lists.ts";
import { Sides } from "../../src/traffic/classes/sides.ts";
import { routeContexts } from "../../src/traffic/effective/contexts.ts";
import { Budget } from "../../src/traffic/engine/budget.ts";
import { meshOf } from "./generate.ts";
import type { Service } from "./oracle.ts";

export const service = (
  name: string,
  http: readonly HTTPRoute[],
  gateway: string,
  hosts = ["h.com"],
): Service => ({
  name,
  spec: { hosts, gateways: [gateway], http },
});

/** Every HTTP context of two states, compared within so many units of work. */
export function changedClasses(
  base: readonly Service[],
  head: readonly Service[],
  units = 50_000_000,
): ComparedContext[] {
  const [before, after] = [meshOf(base), meshOf(head)];
  const pairs = routeContexts(before, after).filter(({ context }) => context.protocol === "http");
  return pairs.map((pair) => {
    const hosts = pairs.map(({ context }) => context.host);
    return compareContext(new Sides(pair, before, after), hosts, {
      exact: new Budget(units),
      guesses: new Budget(1_000_000),
      words: new Budget(1_000_000),
    });
  });
}

/** Who answers, in the words of the oracle. */
export function idOf({ route, action }: Answer): string {
  if (route === null) return action.kind === "not-found" ? "not-found" : "default";
  const { entry, matchIndex } = route.origin;
  return `${entry.object.name} http[${entry.index}]${matchIndex === null ? "" : ` match[${matchIndex}]`}`;
}
