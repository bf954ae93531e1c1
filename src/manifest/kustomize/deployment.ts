/** How the objects of a directory get into a cluster, as Argo CD or Flux objects in the repository tell. */
import { isObject } from "../json.ts";
import type { ManifestDocument } from "../source.ts";
import { fieldAt, type Traced, written } from "./traced.ts";

/** One deployment of one directory. */
export interface Deployment {
  readonly by: "Argo CD" | "Flux";
  /** `namespace/name` of the object that says so. */
  readonly name: string;
  /** The directory that is deployed. */
  readonly directory: string;
  /** The repository that it names, in one spelling; null where it cannot be told. */
  readonly source: string | null;
  /** Where objects go that name no namespace; null where it does not say. */
  readonly namespace: string | null;
  /** The clusters that it goes to, as the objects call them; none where it is the one that they are in themselves. */
  readonly clusters: readonly string[];
  /** The object that says so. */
  readonly body: Traced;
  /** What it changes of the kustomization in the directory: fields of a kustomization, where they are written. */
  readonly changes: readonly (readonly [string, Traced])[];
  /** Whether it looks below the directory for manifests too, where there is no kustomization. */
  readonly recurses: boolean;
}

/** The text at a path of an object; empty where there is none. */
export function textAt(body: Traced, ...path: readonly string[]): string {
  const value = fieldAt(body, ...path)?.value;
  return typeof value === "string" ? value : "";
}

/** The address of a repository in one spelling, however it is reached; null where it is still to be filled in. */
export function sourceAt(url: string): string | null {
  if (!/^(?:[a-z+]+:\/\/)?[\w.@:~-]+[/:][\w.~/:-]+$/i.test(url)) return null;
  return url
    .toLowerCase()
    .replace(/^[a-z+]+:\/\//, "")
    .replace(/^[^/@]*@/, "")
    .replace(/:(?:\d+\/)?/, "/")
    .replace(/(?:\.git)?\/*$/, "");
}

/** `namespace/name` of an object. */
export function nameOfObject(body: Traced): string {
  return [textAt(body, "metadata", "namespace"), textAt(body, "metadata", "name")].filter(Boolean).join("/");
}

/** A document as a value that knows where it stands, if it is an object of a kind. */
export function objectOf(document: ManifestDocument, group: string, kind: string): Traced | null {
  const { value } = document;
  if (!isObject(value) || value.kind !== kind) return null;
  return typeof value.apiVersion === "string" && value.apiVersion.startsWith(`${group}/`)
    ? written(document, value)
    : null;
}

/** A path as a deployment states it: from the root of the repository, whatever it begins with. */
export function directoryAt(path: string): string | null {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") return null;
    if (part !== "" && part !== ".") parts.push(part);
  }
  return parts.join("/");
}
