import type { Mesh, MeshObject } from "../../mesh/object.ts";
import type { Shift, TrafficChange } from "../../traffic/change.ts";
import { celRoutes, celShifts, celValue } from "./vocabulary.ts";

/** What expressions may know of one object on one side of a change. */
export interface ObjectScope {
  readonly object: unknown;
  readonly oldObject: unknown;
  readonly shifts: readonly unknown[];
  readonly routes: readonly unknown[];
}

interface Known {
  readonly before: MeshObject<unknown> | null;
  readonly traffic: TrafficChange;
  readonly scope: ObjectScope;
}

const known = new WeakMap<MeshObject<unknown>, Known>();

/** The scope of an object: the same one for every rule, since rules only look. */
export function scopeOf(
  object: MeshObject<unknown>,
  before: MeshObject<unknown> | null,
  mesh: Mesh,
  traffic: TrafficChange,
): ObjectScope {
  const last = known.get(object);
  if (last?.before === before && last.traffic === traffic) return last.scope;
  const scope = new LazyScope(object, before, mesh, traffic);
  known.set(object, { before, traffic, scope });
  return scope;
}

/** Makes each part when an expression first looks at it: most look at one or two. */
class LazyScope implements ObjectScope {
  private readonly of: MeshObject<unknown>;
  private readonly before: MeshObject<unknown> | null;
  private readonly mesh: Mesh;
  private readonly traffic: TrafficChange;
  private knownShifts: readonly unknown[] | undefined;
  private knownRoutes: readonly unknown[] | undefined;

  constructor(
    object: MeshObject<unknown>,
    before: MeshObject<unknown> | null,
    mesh: Mesh,
    traffic: TrafficChange,
  ) {
    this.of = object;
    this.before = before;
    this.mesh = mesh;
    this.traffic = traffic;
  }

  get object(): unknown {
    return manifestOf(this.of);
  }

  get oldObject(): unknown {
    return this.before === null ? null : manifestOf(this.before);
  }

  get shifts(): readonly unknown[] {
    this.knownShifts ??= celShifts(shiftsAbout(this.of.id, this.traffic), this.of);
    return this.knownShifts;
  }

  get routes(): readonly unknown[] {
    this.knownRoutes ??= celRoutes(this.of, this.mesh);
    return this.knownRoutes;
  }
}

const values = new WeakMap<MeshObject<unknown>, unknown>();

/** The manifest of an object, be it the new one or the old one. */
function manifestOf(object: MeshObject<unknown>): unknown {
  const value = values.get(object) ?? celValue(object.document.value);
  values.set(object, value);
  return value;
}

const shifts = new WeakMap<TrafficChange, ReadonlyMap<string, readonly Shift[]>>();

/** The shifts that an object has a part in, without looking at those of all others. */
function shiftsAbout(id: string, traffic: TrafficChange): readonly Shift[] {
  const known = shifts.get(traffic) ?? shiftsByObject(traffic);
  shifts.set(traffic, known);
  return known.get(id) ?? [];
}

function shiftsByObject(traffic: TrafficChange): Map<string, Shift[]> {
  const byObject = new Map<string, Shift[]>();
  for (const shift of traffic.shifts) {
    for (const id of new Set([shift.object, shift.head?.object, shift.base?.object])) {
      if (id === undefined) continue;
      const ofObject = byObject.get(id);
      if (ofObject === undefined) byObject.set(id, [shift]);
      else ofObject.push(shift);
    }
  }
  return byObject;
}
