import { sameJson } from "../manifest/same-json.ts";
import type { Path, Range } from "../manifest/source.ts";
import { type MeshObject, scopesOf } from "../mesh/object.ts";
import type { Change } from "./change.ts";

/** One object on both sides, of which at least one has it. */
export interface ObjectPair<Spec> {
  readonly base: MeshObject<Spec> | null;
  readonly head: MeshObject<Spec> | null;
}

/**
 * The objects whose spec differs between both sides. An object that only moved to another scope is still the same: what
 * is left over on both sides is paired by name.
 */
export function changedObjects<Spec>(
  base: readonly MeshObject<Spec>[],
  head: readonly MeshObject<Spec>[],
): ObjectPair<Spec>[] {
  const left = new Set(base);
  const pairs: ObjectPair<Spec>[] = [];
  const match = (objects: readonly MeshObject<Spec>[], keyOf: (object: MeshObject<Spec>) => string) => {
    const byKey = new Map([...left].map((object) => [keyOf(object), object]));
    return objects.filter((object) => {
      const other = byKey.get(keyOf(object));
      if (other === undefined || !left.delete(other)) return true;
      pairs.push({ base: other, head: object });
      return false;
    });
  };
  const moved = match(head, ({ scope, id }) => `${scope}\n${id}`);
  const added = match(moved, ({ id }) => id);
  return [
    ...pairs.filter(({ base: a, head: b }) => !sameJson(a?.spec, b?.spec)),
    ...added.map((object) => ({ base: null, head: object })),
    ...[...left].map((object) => ({ base: object, head: null })),
  ];
}

/** A change of one object as reports want it: on head's line, or on base's where head has no such object. */
export function objectChange<Spec>(
  { base, head }: ObjectPair<Spec>,
  at: Path,
  change: Pick<Change, "kind" | "path" | "before" | "after" | "direction">,
): Change {
  const object = (head ?? base)!;
  let range: Range | undefined;
  return {
    ...change,
    object: object.id,
    scopes: scopesOf(object),
    certainty: "certain",
    get range() {
      range ??= object.locate(at);
      return range;
    },
  };
}

/** The direction that several comparisons have in common; those that say nothing do not count. */
export function commonDirection(directions: readonly Change["direction"][]): Change["direction"] {
  const [first, ...rest] = new Set(directions);
  return first !== undefined && rest.length === 0 ? first : "other";
}
