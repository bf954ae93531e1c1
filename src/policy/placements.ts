import { BuiltDocument } from "../manifest/kustomize/built-document.ts";
import { sameJson } from "../manifest/same-json.ts";
import type { Mesh, MeshObject } from "../mesh/object.ts";
import type { Violation } from "../rules/finding.ts";
import type { EffectivePolicy } from "./effective.ts";
import { environmentsOf } from "./environment.ts";

/** Sets of environments in which an object stands: on base, and on head, where it may have moved. */
export type Placements = readonly (readonly string[])[];
/** Where policy names no environment for an object. */
export const nowhere: Placements = [[]];

/** An object as one scope applies it before and after. */
interface Applied {
  readonly scope: string;
  readonly base: MeshObject<unknown> | undefined;
  readonly head: MeshObject<unknown> | undefined;
}

/** Where objects stand: which scopes apply them, and in which environments that is. */
export class Whereabouts {
  readonly #environments: EffectivePolicy["environments"];
  /** By id; copies of one object together. */
  readonly #objects: ReadonlyMap<string, readonly (readonly Applied[])[]>;

  constructor(base: Mesh, head: Mesh, { environments }: Pick<EffectivePolicy, "environments">) {
    this.#environments = environments;
    this.#objects = applied(base, head);
  }

  /** The scopes that what is said of an object in `scope` holds for: its own, and those that apply the very same. */
  scopesOf(id: string, scope: string): readonly string[] {
    const entries = this.#concerned(id, scope);
    return entries.length === 0 ? [scope] : [...new Set(entries.map((entry) => entry.scope))].sort();
  }

  /** The environments that an object is judged by. Leaving an environment needs what staying would need. */
  placementsOf(id: string, scope: string): Placements {
    if (Object.keys(this.#environments).length === 0) return nowhere;
    const objects = this.#concerned(id, scope).flatMap(({ base, head }) => [base ?? [], head ?? []].flat());
    return objects.length === 0 ? nowhere : distinct(objects.map((object) => this.#environmentsOf(object)));
  }

  /** The same for a violation: an object that is demanded and missing would stand by the finding's file. */
  placementsOfViolation({ object, range }: Violation): Placements {
    if (Object.keys(this.#environments).length === 0) return nowhere;
    if (this.#objects.has(object)) return this.placementsOf(object, range.scope ?? "");
    const [, namespace = ""] = object.split("/");
    const kustomizations = (range.through ?? []).map((root) => `${root}/kustomization.yaml`);
    const environments = [range, ...kustomizations.map((file) => ({ file }))].flatMap((document) =>
      environmentsOf({ namespace, labels: {}, clusters: [], document }, this.#environments),
    );
    return [[...new Set(environments)].sort()];
  }

  /** All placements there are. */
  all(): Placements[] {
    return [...this.#objects].flatMap(([id, alike]) =>
      alike.map((copies) => this.placementsOf(id, copies[0]!.scope)),
    );
  }

  #environmentsOf(object: MeshObject<unknown>): readonly string[] {
    const { document } = object;
    const own = environmentsOf(object, this.#environments);
    if (!(document instanceof BuiltDocument)) return own;
    // One kustomization may hold the manifests of several environments.
    const written = environmentsOf({ ...object, document: { file: document.writtenIn } }, this.#environments);
    return [...new Set([...own, ...written])].sort();
  }

  /** The object as `scope` applies it, and its copies; where no such scope has it, it may be any of them. */
  #concerned(id: string, scope: string): readonly Applied[] {
    const all = this.#objects.get(id) ?? [];
    return all.find((copies) => copies.some((entry) => entry.scope === scope)) ?? all.flat();
  }
}

function applied(base: Mesh, head: Mesh): ReadonlyMap<string, readonly (readonly Applied[])[]> {
  const key = ({ id, scope }: MeshObject<unknown>) => `${id}\n${scope}`;
  const before = new Map(governedObjects(base).map((object) => [key(object), object]));
  const after = new Map(governedObjects(head).map((object) => [key(object), object]));
  const byId = new Map<string, Applied[][]>();
  for (const [name, { id, scope }] of new Map([...before, ...after])) {
    const entry = { scope, base: before.get(name), head: after.get(name) };
    const alike = byId.get(id) ?? [];
    byId.set(id, alike);
    const copies = alike.find(([other]) => areCopies(entry, other!));
    if (copies === undefined) alike.push([entry]);
    else copies.push(entry);
  }
  return byId;
}

function areCopies(one: Applied, other: Applied): boolean {
  const same = (a: MeshObject<unknown> | undefined, b: MeshObject<unknown> | undefined) =>
    a === undefined || b === undefined ? a === b : sameJson(a.document.value, b.document.value);
  return same(one.base, other.base) && same(one.head, other.head);
}

function distinct(placements: Placements): Placements {
  return [...new Map(placements.map((placement) => [placement.join(), placement])).values()];
}

/** Every object that policy may speak of. */
export function governedObjects(mesh: Mesh): MeshObject<unknown>[] {
  const { virtualServices, destinationRules, gateways, serviceEntries, sidecars, others } = mesh;
  const refused = mesh.refused.map(({ object }) => object);
  return [
    ...[...virtualServices, ...destinationRules, ...gateways, ...serviceEntries, ...sidecars],
    ...[...others, ...refused],
  ];
}
