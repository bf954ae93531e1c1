import type { Problem } from "../manifest/source.ts";
import { groupOf, type Kind } from "./kinds.ts";
import type { MeshObject } from "./object.ts";

/** An object that has everything but its scope. */
export interface Candidate {
  readonly object: Omit<MeshObject, "scope">;
  readonly role: Kind;
  /** What it is applied with; null for a plain file. */
  readonly root: string | null;
}
export interface Scoped {
  readonly objects: readonly { readonly object: MeshObject; readonly role: Kind }[];
  readonly duplicates: readonly Problem[];
}

/**
 * Gives every object its scope, what is applied together: a kustomization's root; for plain files the whole repository,
 * unless the same kind, namespace and name stands in another file too: then each one's directory, and for alternatives
 * that stand side by side in one directory each one's file, so that none of them goes unjudged. Of two objects with one
 * identity in one file the last counts, as `kubectl apply` would leave it, and the first is a Problem.
 */
export function scoped(candidates: readonly Candidate[]): Scoped {
  const files = new Map<string, Set<string>>();
  for (const { object, root } of candidates) {
    if (root !== null) continue;
    const known = files.get(key(object)) ?? new Set();
    files.set(key(object), known.add(object.document.file));
  }
  const byIdentity = new Map<string, { object: MeshObject; role: Kind }>();
  const duplicates: Problem[] = [];
  for (const { object, role, root } of candidates) {
    const scope = root ?? scopeOf(object.document.file, files.get(key(object)) ?? new Set());
    const identity = `${scope}\n${key(object)}`;
    const earlier = byIdentity.get(identity);
    if (earlier !== undefined) duplicates.push(duplicate(earlier.object, object));
    // Deleting first puts the object at its own place in the order, not at the earlier one's.
    byIdentity.delete(identity);
    byIdentity.set(identity, { object: inScope(object, scope), role });
  }
  return { objects: [...byIdentity.values()], duplicates };
}

/** The object with its scope, which its lines then know as well. */
function inScope(object: Omit<MeshObject, "scope">, scope: string): MeshObject {
  if (scope === "") return { ...object, scope };
  return { ...object, scope, locate: (path, part) => ({ ...object.locate(path, part), scope }) };
}

/** The scope of an object in a plain file, where `holders` are all files that hold it. */
function scopeOf(file: string, holders: ReadonlySet<string>): string {
  if (holders.size < 2) return "";
  const neighbours = [...holders].filter((other) => parent(other) === parent(file));
  return neighbours.length > 1 ? file : parent(file);
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

/** The directory a file stands in; the root of the repository is the empty string. */
function parent(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf("/"), 0));
}
