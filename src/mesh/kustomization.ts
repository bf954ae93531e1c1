/**
 * Which files a kustomization applies, which it only patches with. Kustomize's own transformations are not run here.
 * Source: kubernetes-sigs/kustomize `api/types/kustomization.go`.
 */
import { isObject } from "../manifest/json.ts";
import type { Json, JsonObject, ManifestFile } from "../manifest/source.ts";

/** One way in which a file gets applied: through the kustomization at directory `root`. */
export interface Placement {
  readonly root: string;
  readonly namespace: string | null;
}
export interface Kustomizations {
  /** By path, the roots that apply the file. */
  readonly applied: ReadonlyMap<string, readonly Placement[]>;
  /** Files that a kustomization reads for another end: patches, generator input, transformer configuration. */
  readonly read: ReadonlySet<string>;
}

interface Kustomization {
  readonly directory: string;
  readonly namespace: string | null;
  /** Files or directories, as paths from the root of the repository. */
  readonly resources: readonly string[];
  readonly reads: readonly string[];
}

const fileName = /(?:^|\/)(?:kustomization\.ya?ml|Kustomization)$/;

/** Finds all kustomizations among `files` and what each root, a kustomization that no other one includes, applies. */
export function readKustomizations(files: readonly ManifestFile[]): Kustomizations {
  const known = new Map<string, Kustomization>();
  for (const file of files) {
    const value = fileName.test(file.path) ? file.documents[0]?.value : undefined;
    if (isObject(value) && isKustomization(value)) {
      const directory = parent(file.path);
      known.set(directory, parse(directory, value));
    }
  }
  const included = new Set([...known.values()].flatMap(({ resources }) => resources));
  const roots = [...known.keys()].filter((directory) => !included.has(directory));
  const applied = new Map<string, Placement[]>();
  const reached = new Set<string>();
  for (const root of roots) place(root, known, applied, reached);
  // Kustomizations that include each other have no root: each then stands for itself rather than for nothing.
  for (const root of known.keys()) if (!reached.has(root)) place(root, known, applied, reached);
  return { applied, read: new Set([...known.values()].flatMap(({ reads }) => reads)) };
}

/** Notes for every file below `root` that it is applied there. The outermost namespace holds, as kustomize builds inside out. */
function place(
  root: string,
  known: ReadonlyMap<string, Kustomization>,
  applied: Map<string, Placement[]>,
  reached: Set<string>,
): void {
  const visited = new Set<string>();
  const visit = (path: string, outer: string | null): void => {
    if (visited.has(path)) return;
    visited.add(path);
    const kustomization = known.get(path);
    if (kustomization === undefined) {
      applied.set(path, [...(applied.get(path) ?? []), { root, namespace: outer }]);
      return;
    }
    reached.add(path);
    for (const resource of kustomization.resources) visit(resource, outer ?? kustomization.namespace);
  };
  visit(root, null);
}

/** A Flux object of the same kind and file name is something else. */
function isKustomization({ apiVersion, kind }: JsonObject): boolean {
  const kustomizes = typeof apiVersion !== "string" || apiVersion.startsWith("kustomize.config.k8s.io/");
  return kustomizes && (kind === undefined || kind === "Kustomization" || kind === "Component");
}

function parse(directory: string, value: JsonObject): Kustomization {
  const paths = (entries: Json[]) => entries.filter(isPath).map((entry) => join(directory, entry));
  const generators = [...list(value.configMapGenerator), ...list(value.secretGenerator)].filter(isObject);
  return {
    directory,
    namespace: typeof value.namespace === "string" && value.namespace !== "" ? value.namespace : null,
    resources: paths([...list(value.resources), ...list(value.bases), ...list(value.components)]),
    reads: paths([
      ...list(value.patchesStrategicMerge),
      ...[value.patches, value.patchesJson6902, value.replacements].flatMap(list).map(pathOf),
      ...[value.transformers, value.generators, value.validators, value.configurations].flatMap(list),
      ...generators.flatMap(({ files, envs }) => [...list(files), ...list(envs)]).map(withoutKey),
    ]),
  };
}

function list(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}

function pathOf(entry: Json): Json {
  return isObject(entry) ? (entry.path ?? null) : null;
}

/** Generators name a file as `path` or `key=path`. */
function withoutKey(entry: Json): Json {
  return typeof entry === "string" ? entry.slice(entry.indexOf("=") + 1) : null;
}

/** Where kustomize takes a path it often takes a whole manifest as text too. */
function isPath(entry: Json): entry is string {
  return typeof entry === "string" && !entry.includes("\n");
}

/** The directory a file stands in; the root of the repository is the empty string. */
export function parent(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf("/"), 0));
}

function join(directory: string, path: string): string {
  const parts: string[] = [];
  for (const part of `${directory}/${path}`.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts.join("/");
}
