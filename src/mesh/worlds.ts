import { type Mesh, type MeshObject, meshLists } from "./object.ts";

/** Objects that decide routing: two versions of one of them cannot be in one cluster. */
const routing = meshLists.slice(0, 6);

/** A part of a mesh that can be in one cluster. */
export interface World {
  /** What sets it apart: a scope, or a cluster; empty where there is but one world. */
  readonly name: string;
  /** The scope that the others keep company. */
  readonly seed: string;
  readonly mesh: Mesh;
  /** The scopes that make it up. */
  readonly scopes: ReadonlySet<string>;
}
type Company = Omit<World, "mesh">;

const divided = new WeakMap<Mesh, readonly World[]>();

/**
 * Divides a mesh into what can be in one cluster: overlays for production and staging hold the same objects in different
 * versions, so they are different worlds, while what conflicts with nothing belongs to each. Where deployments name the
 * clusters that scopes go to, each cluster is a world. Of the scopes that a world can choose from, those with the most
 * similar path go together. A mesh without conflicts, as far as Git tells for one cluster, is one world.
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
  const found = companies(mesh, scopes);
  if (found.length > 1) {
    return found.map((world) => ({ ...world, mesh: only(mesh, ({ scope }) => world.scopes.has(scope)) }));
  }
  const objects = routingObjects(mesh);
  const copies = new Set(objects.map(({ id }) => id)).size < objects.length;
  return [{ name: "", seed: "", mesh: copies ? only(mesh, () => true) : mesh, scopes: new Set(scopes) }];
}

/** What can be together: in each cluster that is named, and then around every conflicting scope that is in none of them. */
function companies(mesh: Mesh, scopes: readonly string[]): readonly Company[] {
  const conflicts = conflictsOf(mesh);
  const clusters = clustersByScope(mesh);
  const found: Company[] = [];
  for (const cluster of [...new Set([...clusters.values()].flatMap((names) => [...names]))].sort()) {
    let settled: ReadonlySet<string> = new Set();
    for (const seed of scopes.filter((scope) => clusters.get(scope)?.has(cluster))) {
      if (settled.has(seed)) continue;
      const members = company(seed, new Set([cluster]), scopes, { conflicts, clusters });
      const isKnown = found.some((other) => sameMembers(other.scopes, members));
      const name = found.some((other) => other.name === seed) ? `${seed} in ${cluster}` : seed;
      if (!isKnown) found.push({ name, seed, scopes: members });
      settled = settled.union(members);
    }
  }
  for (const seed of [...conflicts.keys()].sort()) {
    if (found.some((world) => world.scopes.has(seed))) continue;
    found.push({ name: seed, seed, scopes: company(seed, null, scopes, { conflicts, clusters }) });
  }
  return found;
}

function sameMembers(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && a.isSubsetOf(b);
}

/** The clusters of every scope of which they are known. */
function clustersByScope(mesh: Mesh): ReadonlyMap<string, ReadonlySet<string>> {
  const objects = meshLists.flatMap((list): readonly MeshObject<unknown>[] => mesh[list]);
  const placed = objects.filter(({ clusters }) => clusters.length > 0);
  return new Map(placed.map(({ scope, clusters }) => [scope, new Set(clusters)]));
}

const scopesOf = (mesh: Mesh): readonly string[] =>
  [...new Set(meshLists.flatMap((list) => mesh[list].map(({ scope }) => scope)))].sort();

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

/**
 * A scope and all others that can be with it in one cluster: those that are known to be there first, then those with the
 * most path segments in common.
 */
function company(
  seed: string,
  within: ReadonlySet<string> | null,
  scopes: readonly string[],
  { conflicts, clusters }: { conflicts: Conflicts; clusters: ReadonlyMap<string, ReadonlySet<string>> },
): ReadonlySet<string> {
  // A colon divides the name of another repository from a path in it.
  const segmentsOf = (scope: string) => scope.split(/[/:]/);
  const segments = new Set(segmentsOf(seed));
  const isThere = (scope: string): boolean =>
    within !== null && clusters.get(scope)?.isDisjointFrom(within) === false;
  const likeness = (scope: string): number =>
    segmentsOf(scope).filter((segment) => segments.has(segment)).length;
  const members = new Set([seed]);
  let shared = within;
  const nearest = [...scopes].sort(
    (a, b) => Number(isThere(b)) - Number(isThere(a)) || likeness(b) - likeness(a),
  );
  for (const scope of nearest) {
    const against = conflicts.get(scope);
    if (against && !members.isDisjointFrom(against)) continue;
    const own = clusters.get(scope);
    const common = own && shared ? own.intersection(shared) : (own ?? shared);
    if (common?.size === 0) continue;
    members.add(scope);
    shared = common;
  }
  return members;
}

/** The mesh of some of the objects; of several copies of one the first is kept, and stands for the others. */
function only(mesh: Mesh, belongs: (object: MeshObject<unknown>) => boolean): Mesh {
  const part = Object.fromEntries(
    meshLists.map((list) => {
      const own = (mesh[list] as readonly MeshObject<unknown>[]).filter(belongs);
      const kept = [...Map.groupBy(own, ({ id }) => id).values()].map(([first, ...others]) =>
        others.length === 0 ? first! : { ...first!, copies: others.map(({ scope }) => scope) },
      );
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
  return ones.filter(({ seed }) => !shared.has(seed));
}

/** What `side` has of a world of the other side. */
function counterpart(side: Mesh, leading: Mesh, world: World): Mesh {
  const objects = meshLists.flatMap((list): readonly MeshObject<unknown>[] => leading[list]);
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
