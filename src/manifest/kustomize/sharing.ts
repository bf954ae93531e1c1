/**
 * Scalars that kustomize keeps in one place of its memory while they stand in several of an object. A label that a
 * transformer adds to an object, its selector and its template is one node (api `filters/filtersutil/setters.go`
 * SetEntry); whoever overwrites one of them later overwrites all, selectors included.
 */
import { type Origin, placesOf, type Traced, valueAt, type Written, withValueAt } from "./traced.ts";

/** A value to be added in several places as one. */
export function shareable({ value, origin }: Traced): Traced {
  return "frame" in origin ? { value, origin } : { value, origin: { ...origin, shared: {} } };
}

/** A value as it stands once it has been written over another. */
export function over(found: Traced, { value, origin }: Traced): Traced {
  return "frame" in origin
    ? { value, origin }
    : { value, origin: { ...origin, shared: sharedBy(found.origin), quotedAs: quotedAs(found) } };
}

function quotedAs(found: Traced): Traced {
  return ("quotedAs" in found.origin ? found.origin.quotedAs : undefined) ?? found;
}

function sharedBy(origin: Origin): object | undefined {
  return "frame" in origin ? undefined : origin.shared;
}

/** `after` with every change to a shared scalar carried to the places that share it. */
export function carried(before: Traced, after: Traced): Traced {
  if (before === after) return after;
  let result = after;
  for (const paths of groupsIn(after)) {
    const values = paths.map((path) => valueAt(after, path)!);
    if (values.every(({ value }) => value === values[0]!.value)) continue;
    // Changes happen in the order of the fields: the last one is what all of them end as.
    const changed = values.findLast(({ value }, index) => valueAt(before, paths[index]!)?.value !== value);
    if (changed === undefined) continue;
    for (const path of paths) result = withValueAt(result, path, changed);
  }
  return result;
}

/** A value of which every scalar is a node of its own again, as after being copied. */
export function unshared(of: Traced): Traced {
  return groupsIn(of)
    .flat()
    .reduce((changed, path) => {
      const { value, origin } = valueAt(changed, path)!;
      return withValueAt(changed, path, { value, origin: { ...(origin as Written), shared: undefined } });
    }, of);
}

/** An object as after being written and read: no scalar is shared, and none has another one's quotes. */
export function reread(body: Traced): Traced {
  return [...placesOf(body)]
    .filter(({ origin }) => !("frame" in origin) && (origin.shared ?? origin.quotedAs) !== undefined)
    .reduce((changed, { path }) => {
      const { value, origin } = valueAt(changed, path)!;
      const { shared, quotedAs, ...rest } = origin as Written;
      return withValueAt(changed, path, { value, origin: rest });
    }, body);
}

/** The paths of all scalars that are shared, by what they share. */
function groupsIn(body: Traced): (readonly (string | number)[])[][] {
  if (!holdsShared(body.origin)) return [];
  const groups = new Map<object, (readonly (string | number)[])[]>();
  for (const { path, origin } of placesOf(body)) {
    const shared = sharedBy(origin);
    if (shared !== undefined) groups.set(shared, [...(groups.get(shared) ?? []), path]);
  }
  return [...groups.values()];
}

/** Which assembled values hold shared scalars. Values never change, and most of an object stays what it was. */
const known = new WeakMap<Origin, boolean>();

function holdsShared(origin: Origin): boolean {
  if (!("frame" in origin)) return origin.shared !== undefined;
  let holds = known.get(origin);
  if (holds === undefined) {
    holds = origin.parts.values().some(holdsShared);
    known.set(origin, holds);
  }
  return holds;
}
