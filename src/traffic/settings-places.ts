import type { Path, Range } from "../manifest/source.ts";
import { type Mesh, scopesOf } from "../mesh/object.ts";
import type { Change } from "./change.ts";
import type { ChangedClass } from "./classes/changed-classes.ts";
import { matchers } from "./describe-route.ts";
import type { EffectiveRoute } from "./effective/table.ts";

type Place = Pick<Change, "object" | "scopes" | "path" | "range"> & { readonly subject: string };

/** Where people find a field of the route that answers on head, or, where that has none, on base; null: on neither. */
export function placeOf({ base, head }: ChangedClass, field: string, headMesh: Mesh): Place | null {
  if (head.route !== null) return inRoute(head.route, field);
  if (base.route === null) return null;
  const place = inRoute(base.route, field);
  const { id, scope } = base.route.origin.entry.object;
  const successor = headMesh.virtualServices.find((object) => object.id === id && object.scope === scope);
  return successor === undefined ? place : { ...place, range: successor.locate(["spec"], "key") };
}

/** A delegate's field may stand in the route that delegates to it. */
function inRoute({ origin: { entry, delegatedBy } }: EffectiveRoute, field: string): Place {
  const stated = [entry, delegatedBy].find(
    (candidate) => candidate !== null && states(candidate.object, candidate.path, field),
  );
  const { object, path } = stated ?? entry;
  const [, list, index] = path;
  let range: Range | undefined;
  return {
    object: object.id,
    scopes: scopesOf(object),
    path: `${list}[${index}].${field}`,
    subject: matchers(object.spec.http?.[Number(index)] ?? {}),
    get range() {
      range ??= object.locate([...path, field]);
      return range;
    },
  };
}

function states(object: { readonly spec: unknown }, path: Path, field: string): boolean {
  let value: unknown = object;
  for (const step of [...path, field]) {
    if (typeof value !== "object" || value === null) return false;
    value = (value as Readonly<Record<string | number, unknown>>)[step];
  }
  return value !== undefined;
}
