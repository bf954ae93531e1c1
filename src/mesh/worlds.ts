import type { Mesh, MeshObject } from "./object.ts";

const lists = [
  "virtualServices",
  "destinationRules",
  "gateways",
  "serviceEntries",
  "sidecars",
  "services",
  "workloads",
  "others",
] as const satisfies readonly (keyof Mesh)[];

/** Objects that decide routing: two versions of one of them cannot be in one cluster. */
const routing = lists.slice(0, 6);

/** A part of a mesh that can be in one cluster. */
export interface World {
  /** A scope that sets it apart; empty where there is but one world. */
  readonly name: string;
  readonly mesh: Mesh;
  /** The scopes that make it up. */
  readonly scopes: ReadonlySet<string>;
}

const divided = new WeakMap<Mesh, readonly World[]>();

/**
 * Divides a mesh into what can be in one cluster: overlays for production and staging hold the same objects in different
 * versions, so they are different worlds, while what conflicts with nothing belongs to each. Of the scopes that a world
 * can choose from, those with the most similar path go together. A mesh without conflicts is one world.
 */
export function worlds(mesh: Mesh): readonly World[] {
  const known = divided.get(mesh);
  if (known) return known;
  const result = divide(mesh);
  divided.set(mesh, result);
  return result;
}

/** The world of one object: what is in its cluster as far as Git tells. */
export function worldOf(mesh: Mesh, { scope }: Pick<MeshObject, "scope">): Mesh {
  return worlds(mesh).find(({ scopes }) => scopes.has(scope))?.mesh ?? mesh;
}

const routingObjects = (mesh: Mesh): readonly MeshObject<unknown>[] =>
  routing.flatMap((list) => [...mesh[list]]);

function divide(mesh: Mesh): readonly World[] {
  const scopes = scopesOf(mesh);
  const conflicts = conflictsOf(mesh);
  const found: { readonly name: string; readonly scopes: ReadonlySet<string> }[] = [];
  for (const name of [...conflicts.keys()].sort()) {
    if (!found.some((world) => world.scopes.has(name))) {
      found.push({ name, scopes: company(name, scopes, conflicts) });
    }
  }
  if (found.length > 1) {
    return found.map((world) => ({ ...world, mesh: only(mesh, ({ scope }) => world.scopes.has(scope)) }));
  }
  const objects = routingObjects(mesh);
  const copies = new Set(objects.map(({ id }) => id)).size < objects.length;
  return [{ name: "", mesh: copies ? only(mesh, () => true) : mesh, scopes: new Set(scopes) }];
}

const scopesOf = (mesh: Mesh): readonly string[] =>
  [...new Set(lists.flatMap((list) => mesh[list].map(({ scope }) => scope)))].sort();

type Conflicts = ReadonlyMap<string, ReadonlySet<string>>;

const conflicting = new WeakMap<Mesh, Conflicts>();

/** For every scope the scopes that hold another version of one of its objects. */
function conflictsOf(mesh: Mesh): Conflicts {
  const known = conflicting.get(mesh);
  if (known) return known;
  const conflicts = new Map<string, Set<string>>();
  for (const same of Map.groupBy(routingObjects(mesh), ({ id }) => id).values()) {
    if (same.length === 1) continue;
    const versions = same.map(({ scope, spec }) => ({ scope, text: JSON.stringify(spec) }));
    for (const a of versions) {
      for (const b of versions) {
        if (a.text === b.text || a.scope === b.scope) continue;
        conflicts.set(a.scope, (conflicts.get(a.scope) ?? new Set()).add(b.scope));
      }
    }
  }
  conflicting.set(mesh, conflicts);
  return conflicts;
}

/** A scope and all others that can be with it, those with the most path segments in common first. */
function company(seed: string, scopes: readonly string[], conflicts: Conflicts): ReadonlySet<string> {
  // A colon divides the name of another repository from a path in it.
  const segmentsOf = (scope: string) => scope.split(/[/:]/);
  const segments = new Set(segmentsOf(seed));
  const likeness = (scope: string): number =>
    segmentsOf(scope).filter((segment) => segments.has(segment)).length;
  const members = new Set([seed]);
  for (const scope of [...scopes].sort((a, b) => likeness(b) - likeness(a))) {
    const against = conflicts.get(scope);
    if (!against || members.isDisjointFrom(against)) members.add(scope);
  }
  return members;
}

/** The mesh of some of the objects; of several copies of one the first is kept. */
function only(mesh: Mesh, belongs: (object: MeshObject<unknown>) => boolean): Mesh {
  const part = Object.fromEntries(
    lists.map((list) => {
      const seen = new Set<string>();
      const kept = (mesh[list] as readonly MeshObject<unknown>[]).filter((object) => {
        if (!belongs(object) || seen.has(object.id)) return false;
        seen.add(object.id);
        return true;
      });
      return [list, kept];
    }),
  );
  return { ...mesh, ...part };
}

/** The same world before and after a change. */
export interface WorldPair {
  readonly name: string;
  readonly base: Mesh;
  readonly head: Mesh;
}

/**
 * Puts the worlds of both sides together. The side with more worlds leads; to each of them belongs what the other side has
 * of the same scope, or, where scopes were divided by the change, of the same file.
 */
export function pairWorlds(base: Mesh, head: Mesh): readonly WorldPair[] {
  const known = paired.get(head);
  if (known?.base === base) return known.pairs;
  const pairs = pairUp(base, head);
  paired.set(head, { base, pairs });
  return pairs;
}

const paired = new WeakMap<Mesh, { readonly base: Mesh; readonly pairs: readonly WorldPair[] }>();

function pairUp(base: Mesh, head: Mesh): readonly WorldPair[] {
  const before = worlds(base);
  const after = worlds(head);
  const [old, young] = [before[0]?.mesh ?? base, after[0]?.mesh ?? head];
  if (before.length <= 1 && after.length <= 1) return [{ name: "", base: old, head: young }];
  const ofHead = (world: World) => ({
    name: world.name,
    base: counterpart(base, head, world),
    head: world.mesh,
  });
  const ofBase = (world: World) => ({
    name: world.name,
    base: world.mesh,
    head: counterpart(head, base, world),
  });
  return after.length >= before.length
    ? [...after.map(ofHead), ...unmatched(before, after).map(ofBase)]
    : [...before.map(ofBase), ...unmatched(after, before).map(ofHead)];
}

/** Worlds with a scope that conflicts on their side and that no world of the other side has: overlays that come or go. */
function unmatched(ones: readonly World[], others: readonly World[]): readonly World[] {
  if (ones.length <= 1) return [];
  const shared = others.reduce((all, { scopes }) => all.union(scopes), new Set<string>());
  return ones.filter(({ name }) => !shared.has(name));
}

/** What `side` has of a world of the other side. */
function counterpart(side: Mesh, leading: Mesh, world: World): Mesh {
  const objects = lists.flatMap((list): readonly MeshObject<unknown>[] => leading[list]);
  const present = new Set(objects.map(({ scope, id }) => `${scope}\n${id}`));
  const scopes = new Set(scopesOf(leading));
  const byFile = new Map<string, boolean>();
  for (const object of objects) {
    const key = `${object.document.file}\n${object.id}`;
    byFile.set(key, (byFile.get(key) ?? false) || world.scopes.has(object.scope));
  }
  return only(side, ({ scope, id, document }) => {
    if (present.has(`${scope}\n${id}`)) return world.scopes.has(scope);
    const sameFile = byFile.get(`${document.file}\n${id}`);
    if (sameFile !== undefined) return sameFile;
    // What is gone from a scope that is gone belongs to all worlds, unless it was a world of its own.
    return scopes.has(scope) ? world.scopes.has(scope) : !conflictsOf(side).has(scope);
  });
}
