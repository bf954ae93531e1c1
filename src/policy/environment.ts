import { pathAtHome } from "../manifest/elsewhere.ts";
import type { Range } from "../manifest/source.ts";
import type { MeshObject } from "../mesh/object.ts";
import { matchesAny } from "../rules/glob.ts";
import { isNamed, type Subject } from "./subject.ts";

/** How policy recognises an environment: within one criterion any entry, and all criteria that are given. */
export interface EnvironmentCriteria {
  readonly paths?: readonly string[] | undefined;
  readonly namespaces?: readonly string[] | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** Globs of the clusters that objects are delivered to; one that nobody can tell is none of them. */
  readonly clusters?: readonly string[] | undefined;
  /** Globs of the branches that a change is for. */
  readonly branches?: readonly string[] | undefined;
  /** The namespace of manifests that name none and stand under `paths`. */
  readonly namespaceOf?: string | undefined;
}

/** Names of the environments that an object belongs to, sorted. */
export function environmentsOf(
  object: Pick<MeshObject, "namespace" | "labels" | "clusters"> & {
    readonly document: Pick<Range, "file" | "elsewhere">;
  },
  environments: Readonly<Record<string, EnvironmentCriteria>>,
): string[] {
  return Object.entries(environments)
    .filter(
      ([, { paths, namespaces, labels, clusters }]) =>
        matchesAny(paths, pathAtHome(object.document)) &&
        matchesAny(namespaces, object.namespace) &&
        isDeployedTo(clusters, object.clusters) &&
        Object.entries(labels ?? {}).every(([key, value]) => object.labels[key] === value),
    )
    .map(([name]) => name)
    .sort();
}

/** The environments that there are for a change to the subject's branch. */
export function onBranch(
  environments: Readonly<Record<string, EnvironmentCriteria>>,
  { branch }: Subject,
): Readonly<Record<string, EnvironmentCriteria>> {
  return Object.fromEntries(
    Object.entries(environments).filter(([, { branches }]) => isNamed(branches, branch)),
  );
}

/** An object that no deployment names a cluster for may be in any, and so is in none of those that are named. */
function isDeployedTo(globs: readonly string[] | undefined, clusters: readonly string[]): boolean {
  return globs === undefined || clusters.some((cluster) => matchesAny(globs, cluster));
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
