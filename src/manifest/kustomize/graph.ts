/** Which kustomization includes which, and which files they read, as far as each file tells by itself. */
import { isObject } from "../json.ts";
import type { Json, JsonObject } from "../source.ts";
import type { Library } from "./library.ts";
import { NotBuildable } from "./not-buildable.ts";
import { directoryOf, isKustomizationPath, isRemote, joined } from "./paths.ts";

/** A directory with a kustomization. */
export interface GraphNode {
  readonly directory: string;
  /** The path of its kustomization; of several the first. */
  readonly file: string;
  /** A component is applied by others only. */
  readonly isComponent: boolean;
  /** Directories and files that it includes as resources, components or plugins. */
  readonly includes: readonly string[];
  /** Every file that it names: none of them is applied by itself. */
  readonly inputs: readonly string[];
}

/** All kustomizations of a repository by directory. */
export type Graph = ReadonlyMap<string, GraphNode>;

/** Finds all kustomizations among the texts of a library. One that cannot be read includes nothing. */
export function graphOf(library: Library): Graph {
  const graph = new Map<string, GraphNode>();
  for (const path of [...library.texts.keys()].filter(isKustomizationPath).sort()) {
    const value = contentOf(path, library);
    const directory = directoryOf(path);
    if (value !== null && !isKustomization(value)) continue;
    if (!graph.has(directory)) graph.set(directory, nodeOf(directory, path, value ?? {}));
  }
  return graph;
}

/** The kustomizations that nothing includes. Of those that only include each other each one counts. */
export function rootsOf(graph: Graph): GraphNode[] {
  const nodes = [...graph.values()].filter(({ isComponent }) => !isComponent);
  const included = new Set(
    [...graph.values()].flatMap(({ directory, includes }) => includes.filter((path) => path !== directory)),
  );
  const roots = nodes.filter(({ directory }) => !included.has(directory));
  const reached = reachableFrom(roots, graph);
  return [...roots, ...nodes.filter(({ directory }) => !reached.has(directory))];
}

/** The directories that kustomizations include, directly and through others; themselves among them. */
export function reachableFrom(nodes: readonly GraphNode[], graph: Graph): Set<string> {
  const reached = new Set<string>();
  const queue = [...nodes];
  for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
    if (reached.has(node.directory)) continue;
    reached.add(node.directory);
    for (const path of node.includes) {
      const next = graph.get(path);
      if (next !== undefined) queue.push(next);
    }
  }
  return reached;
}

/** The first document; null where it cannot be read, which the build will say. */
function contentOf(path: string, library: Library): JsonObject | null {
  try {
    const value = library.settings(path)?.value;
    return isObject(value) ? value : value === undefined || value === null ? {} : { kind: "" };
  } catch (error) {
    if (error instanceof NotBuildable) return null;
    throw error;
  }
}

/** Flux has an object of the same kind, which people keep in files of the same name. */
function isKustomization({ apiVersion, kind }: JsonObject): boolean {
  const kustomizes = typeof apiVersion !== "string" || apiVersion.startsWith("kustomize.config.k8s.io/");
  return kustomizes && (kind === undefined || kind === "Kustomization" || kind === "Component");
}

function nodeOf(directory: string, file: string, value: JsonObject): GraphNode {
  const paths = (entries: readonly Json[]) =>
    entries
      .filter((entry) => typeof entry === "string" && !entry.includes("\n") && !isRemote(entry))
      .map((entry) => joined(directory, entry as string))
      .filter((path) => path !== null);
  const includes = paths(
    ["resources", "bases", "components", "transformers", "generators", "validators"].flatMap((name) =>
      listIn(value, name),
    ),
  );
  const generators = [...listIn(value, "configMapGenerator"), ...listIn(value, "secretGenerator")].filter(
    isObject,
  );
  const files = paths([
    ...["patchesStrategicMerge", "configurations", "crds"].flatMap((name) => listIn(value, name)),
    ...["patches", "patchesJson6902", "replacements"].flatMap((name) => listIn(value, name)).map(pathIn),
    ...generators
      .flatMap(({ files = null, envs = null, env = null }) => [...list(files), ...list(envs), env])
      .map(withoutKey),
    isObject(value.openapi) ? (value.openapi.path ?? null) : null,
  ]);
  return {
    directory,
    file,
    isComponent: value.kind === "Component",
    includes,
    inputs: [...includes, ...files],
  };
}

function listIn(value: JsonObject, name: string): readonly Json[] {
  return list(value[name] ?? null);
}

function list(value: Json): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

function pathIn(entry: Json): Json {
  return isObject(entry) ? (entry.path ?? null) : null;
}

/** Generators name a file as `path` or as `key=path`. */
function withoutKey(entry: Json): Json {
  return typeof entry === "string" ? entry.slice(entry.indexOf("=") + 1) : null;
}
