import { pathAtHome } from "../manifest/elsewhere.ts";
import type { Range } from "../manifest/source.ts";
import type { MeshObject } from "../mesh/object.ts";
import { matchesAny } from "../rules/glob.ts";

/** How policy recognises an environment: within one criterion any entry, and all criteria that are given. */
export interface EnvironmentCriteria {
  readonly paths?: readonly string[] | undefined;
  readonly namespaces?: readonly string[] | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** The namespace of manifests that name none and stand under `paths`. */
  readonly namespaceOf?: string | undefined;
}

/** Names of the environments that an object belongs to, sorted. */
export function environmentsOf(
  object: Pick<MeshObject, "namespace" | "labels"> & { readonly document: Pick<Range, "file" | "elsewhere"> },
  environments: Readonly<Record<string, EnvironmentCriteria>>,
): string[] {
  return Object.entries(environments)
    .filter(
      ([, { paths, namespaces, labels }]) =>
        matchesAny(paths, pathAtHome(object.document)) &&
        matchesAny(namespaces, object.namespace) &&
        Object.entries(labels ?? {}).every(([key, value]) => object.labels[key] === value),
    )
    .map(([name]) => name)
    .sort();
}

/** The namespace that policy gives to the manifests of a path, or null. */
export function namespaceOfPath(
  path: string,
  environments: Readonly<Record<string, EnvironmentCriteria>>,
): string | null {
  const found = Object.values(environments).find(
    ({ paths, namespaceOf }) => paths !== undefined && namespaceOf !== undefined && matchesAny(paths, path),
  );
  return found?.namespaceOf ?? null;
}
