import { sameJson } from "../manifest/same-json.ts";
import { type Mesh, type MeshObject, meshLists } from "./object.ts";

/** A scope that is gone may be one that has appeared: how much speaks for it. */
interface Move {
  readonly from: string;
  readonly to: string;
  /** The part of all their objects that both have, from 0 to 1. */
  readonly shared: number;
  /** How many of them are the same. */
  readonly same: number;
  readonly likeness: number;
}

/** Less than this in common, and they are different things. */
const leastShared = 0.5;

/**
 * Base with the scopes that head calls otherwise under head's names: an overlay whose directory is renamed is the same
 * overlay. A scope that is gone was moved to the new one that has most of its objects, and of equals the most similar.
 */
export function withMovedScopes(base: Mesh, head: Mesh): Mesh {
  const [before, after] = [objectsByScope(base), objectsByScope(head)];
  const gone = [...before.keys()].filter((scope) => scope !== "" && !after.has(scope));
  const fresh = [...after.keys()].filter((scope) => scope !== "" && !before.has(scope));
  if (gone.length === 0 || fresh.length === 0) return base;
  const moved = chosen(gone.flatMap((from) => fresh.map((to) => moveOf(from, to, before, after))));
  return moved.size === 0 ? base : renamed(base, moved);
}

type Objects = ReadonlyMap<string, MeshObject<unknown>>;

function moveOf(
  from: string,
  to: string,
  before: ReadonlyMap<string, Objects>,
  after: ReadonlyMap<string, Objects>,
): Move {
  const [old, now] = [before.get(from)!, after.get(to)!];
  const common = [...old].filter(([id]) => now.has(id));
  const same = common.filter(([id, { document }]) => sameJson(document.value, now.get(id)!.document.value));
  const segments = new Set(from.split("/"));
  return {
    from,
    to,
    shared: common.length / (old.size + now.size - common.length),
    same: same.length,
    likeness: to.split("/").filter((segment) => segments.has(segment)).length,
  };
}

function chosen(moves: readonly Move[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const taken = new Set<string>();
  const best = moves
    .filter(({ shared }) => shared >= leastShared)
    .sort((a, b) => b.same - a.same || b.shared - a.shared || b.likeness - a.likeness);
  for (const { from, to } of best) {
    if (found.has(from) || taken.has(to)) continue;
    found.set(from, to);
    taken.add(to);
  }
  return found;
}

function objectsByScope(mesh: Mesh): ReadonlyMap<string, Objects> {
  const byScope = new Map<string, Map<string, MeshObject<unknown>>>();
  for (const object of meshLists.flatMap((list): readonly MeshObject<unknown>[] => mesh[list])) {
    const known = byScope.get(object.scope) ?? new Map<string, MeshObject<unknown>>();
    byScope.set(object.scope, known.set(object.id, object));
  }
  return byScope;
}

function renamed(mesh: Mesh, moved: ReadonlyMap<string, string>): Mesh {
  const inScope = <Of extends MeshObject<unknown>>(object: Of): Of => {
    const scope = moved.get(object.scope);
    if (scope === undefined) return object;
    return { ...object, scope, locate: (path, part) => ({ ...object.locate(path, part), scope }) };
  };
  const part = Object.fromEntries(
    meshLists.map((list) => [list, (mesh[list] as readonly MeshObject<unknown>[]).map(inScope)]),
  );
  const refused = mesh.refused.map(({ object, problems }) => ({ object: inScope(object), problems }));
  return { ...mesh, ...part, refused };
}
