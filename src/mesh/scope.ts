import type { Problem } from "../manifest/source.ts";
import { groupOf, type Kind } from "./kinds.ts";
import type { MeshObject, Outranked } from "./object.ts";

/** An object that has everything but its scope. */
export interface Candidate {
  readonly object: Omit<MeshObject, "scope">;
  readonly role: Kind;
  /** What it is applied with; null for a plain file. */
  readonly root: string | null;
  /** The repository it stands in; null for the one that is judged. */
  readonly repository: string | null;
}
export interface Scoped {
  readonly objects: readonly { readonly object: MeshObject; readonly role: Kind }[];
  readonly duplicates: readonly Problem[];
  readonly outranked: readonly Outranked[];
}

/** Where an object of one identity stands: the first repository that has it, and its plain files there. */
interface Holder {
  readonly repository: string | null;
  readonly files: Set<string>;
}

/**
 * Gives every object its scope, what is applied together: a kustomization's root; for plain files the whole repository,
 * unless the same kind, namespace and name stands in another file too: then each one's directory, and for alternatives
 * that stand side by side in one directory each one's file, so that none of them goes unjudged. Of two objects with one
 * identity in one file the last counts, as `kubectl apply` would leave it, and the first is a Problem. Of several
 * repositories that hold an identity the first counts.
 */
export function scoped(candidates: readonly Candidate[]): Scoped {
  const holders = new Map<string, Holder>();
  for (const { object, root, repository } of candidates) {
    const known = holders.get(key(object)) ?? { repository, files: new Set() };
    if (root === null && known.repository === repository) known.files.add(object.document.file);
    holders.set(key(object), known);
  }
  const byIdentity = new Map<string, { object: MeshObject; role: Kind }>();
  const duplicates: Problem[] = [];
  const outranked: Outranked[] = [];
  for (const { object, role, root, repository } of candidates) {
    const holder = holders.get(key(object))!;
    if (holder.repository !== repository) {
      outranked.push({ object, by: holder.repository });
      continue;
    }
    const scope = root ?? scopeOf(object.document.file, holder);
    const identity = `${scope}\n${key(object)}`;
    const earlier = byIdentity.get(identity);
    if (earlier !== undefined) duplicates.push(duplicate(earlier.object, object));
    // Deleting first puts the object at its own place in the order, not at the earlier one's.
    byIdentity.delete(identity);
    byIdentity.set(identity, { object: inScope(object, scope), role });
  }
  return { objects: [...byIdentity.values()], duplicates, outranked };
}

/** The object with its scope, which its lines then know as well. */
function inScope(object: Omit<MeshObject, "scope">, scope: string): MeshObject {
  if (scope === "") return { ...object, scope };
  return { ...object, scope, locate: (path, part) => ({ ...object.locate(path, part), scope }) };
}

/** The scope of an object in a plain file. */
function scopeOf(file: string, { repository, files }: Holder): string {
  const whole = repository === null ? "" : `${repository}:`;
  if (files.size < 2) return whole;
  const neighbours = [...files].filter((other) => parent(other, whole) === parent(file, whole));
  return neighbours.length > 1 ? file : parent(file, whole);
}

/**
 * Whether objects of two scopes are applied together: plain files of the repository and those of a repository that
 * completes its mesh are, as are objects of one scope.
 */
export function appliedTogether(one: string, other: string): boolean {
  return one === other || (isWhole(one) && isWhole(other));
}

/** Whether a scope is a whole repository. */
export function isWhole(scope: string): boolean {
  return scope === "" || scope.endsWith(":");
}

/** API versions of a kind are one kind; API groups are not. */
function key({ apiVersion, id }: Pick<MeshObject, "apiVersion" | "id">): string {
  return `${groupOf(apiVersion)}\n${id}`;
}

function duplicate(earlier: MeshObject, later: Omit<MeshObject, "scope">): Problem {
  const { file, line } = earlier.locate(["metadata", "name"], "value");
  return {
    code: "duplicate-object",
    message: `${later.id} is defined in ${file}:${line} as well; the last one applied wins`,
    range: later.locate(["metadata", "name"], "value"),
    fix: "keep one of them, or rename one",
  };
}

/** The directory a file stands in; `whole` is the root of its repository. */
function parent(path: string, whole: string): string {
  return path.slice(0, Math.max(path.lastIndexOf("/"), whole.length));
}
