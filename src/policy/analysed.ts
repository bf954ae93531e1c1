import type { Mesh } from "../mesh/object.ts";
import { worlds } from "../mesh/worlds.ts";
import type { Violation } from "../rules/finding.ts";
import type { StateContext, StateRule } from "../rules/rule.ts";
import { againstBase, type Stated } from "./ratchet.ts";

/** What two states are told apart by. */
interface Sides {
  readonly base: Mesh;
  readonly head: Mesh;
  readonly touched: ReadonlySet<string>;
}

type Context = Omit<StateContext<Record<string, unknown>>, "mesh">;

const analyses = new WeakMap<Sides, Map<string, readonly Stated[]>>();

/** What a change makes wrong anywhere, and what was wrong before where it was touched. The same for every environment. */
export function analysed(rule: StateRule, sides: Sides, context: Context): readonly Stated[] {
  const known = analyses.get(sides) ?? new Map<string, readonly Stated[]>();
  analyses.set(sides, known);
  const stated = known.get(rule.id) ?? compared(rule, sides, context);
  known.set(rule.id, stated);
  return stated;
}

function compared(rule: StateRule, { base, head, touched }: Sides, context: Context): readonly Stated[] {
  const all = againstBase(() => inEveryWorld(rule, base, context), inEveryWorld(rule, head, context));
  const isTouched = ({ violation }: Stated) => touched.has(violation.object);
  const told = new Set(
    rule.analysis?.mutual ? all.filter(isTouched).map(({ violation }) => violation.subject) : [],
  );
  return all.filter(
    (stated) => isTouched(stated) || (stated.state !== "existing" && !told.has(stated.violation.subject)),
  );
}

/** What a rule says of a state. Objects that cannot be in one cluster say nothing about each other. */
export function* inEveryWorld(rule: StateRule, mesh: Mesh, context: Context): Generator<Violation> {
  for (const world of worlds(mesh)) yield* rule.check({ ...context, mesh: world.mesh });
}
