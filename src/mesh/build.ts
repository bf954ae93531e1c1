import { pathAtHome } from "../manifest/elsewhere.ts";
import { BareObject, isObject } from "../manifest/json.ts";
import type { Applied, Json, ManifestFile, Path, Problem } from "../manifest/source.ts";
import { type Admit, admit } from "./admit.ts";
import { type Identified, identify, stringEntries } from "./identity.ts";
import type { Kind, MeshList } from "./kinds.ts";
import type { Mesh, MeshObject, NamespaceOrigin, Refused, Workload } from "./object.ts";
import { type Candidate, scoped } from "./scope.ts";
import { defaultMeshSettings, type MeshSettings } from "./settings.ts";

export interface BuildOptions {
  readonly settings?: Partial<MeshSettings>;
  /** The namespace that a file's objects go to when nothing in the repository tells: policy's word. */
  readonly namespaceOf?: (
    path: string,
  ) => { readonly namespace: string; readonly origin: NamespaceOrigin } | null;
  /** Decides which objects the cluster would take; without it, the API server's schemas do. */
  readonly admit?: Admit;
}

/**
 * Makes the mesh of everything that `files` would apply: one state of a repository as `readRepository` gives it, perhaps
 * with the files of others that complete its mesh. Whatever is not an object of a kind Sluice reads is left out; whatever
 * cannot be read or would be refused is in `problems`.
 */
export function buildMesh(files: readonly ManifestFile[], options: BuildOptions = {}): Mesh {
  const ordered = inOrder(files);
  const problems: Problem[] = ordered.flatMap((file) => file.problems);
  const lists: Lists = {
    virtualServices: [],
    destinationRules: [],
    gateways: [],
    serviceEntries: [],
    sidecars: [],
    services: [],
    workloads: [],
    others: [],
  };
  const { objects, duplicates, outranked } = scoped(candidates(ordered, options, problems));
  problems.push(...duplicates);
  const refused: Refused[] = [];
  for (const { object, role } of objects) {
    const refusals = (options.admit ?? admit)(object, role.list);
    if (refusals.some(({ code }) => code !== "unknown-field")) refused.push({ object, problems: refusals });
    // An API server that is not strict drops unknown fields; what it keeps has its effect.
    else addTo(lists, object, role);
  }
  return {
    settings: { ...defaultMeshSettings, ...options.settings },
    // From here on the specs have the shape of their kind: `admit` has vouched for it.
    ...(lists as unknown as Omit<Mesh, "settings" | "refused" | "problems" | "notRendered" | "outranked">),
    refused,
    outranked,
    problems,
    notRendered: ordered.flatMap((file) => file.notRendered ?? []),
  };
}

/** A repository's own files by path, and then those of each other repository, in the order in which these are given. */
function inOrder(files: readonly ManifestFile[]): ManifestFile[] {
  const byRepository = Map.groupBy(files, ({ elsewhere }) => elsewhere?.repository ?? "");
  const own = byRepository.get("") ?? [];
  byRepository.delete("");
  return [own, ...byRepository.values()].flatMap((group) =>
    group.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)),
  );
}

type Lists = Record<MeshList, MeshObject[]>;

/** All objects that are applied. */
function candidates(files: readonly ManifestFile[], options: BuildOptions, problems: Problem[]): Candidate[] {
  const result: Candidate[] = [];
  for (const { documents, applied = null, elsewhere } of files) {
    for (const document of documents) {
      const identified = identify(document);
      if (identified === null) continue;
      if ("code" in identified) {
        problems.push(identified);
        continue;
      }
      const namespace = namespaceOf(identified, applied, options);
      result.push({
        object: objectOf(identified, namespace, applied?.clusters ?? []),
        role: identified.role,
        root: applied?.scope ?? null,
        repository: elsewhere?.repository ?? null,
      });
    }
  }
  return result;
}

type Namespace = Pick<MeshObject, "namespace" | "namespaceOrigin">;

/** The object's own namespace, else where it is deployed to, else what policy says, else `default`. */
function namespaceOf(
  { namespace, role, document }: Identified,
  applied: Applied | null,
  options: BuildOptions,
): Namespace {
  if (role.clusterWide) return { namespace: "", namespaceOrigin: "manifest" };
  if (namespace !== null) {
    return { namespace, namespaceOrigin: applied?.isMoved(document) ? "kustomization" : "manifest" };
  }
  if (applied !== null && applied.namespace !== null) {
    return { namespace: applied.namespace, namespaceOrigin: "destination" };
  }
  const told = options.namespaceOf?.(pathAtHome(document));
  if (told) return { namespace: told.namespace, namespaceOrigin: told.origin };
  return { namespace: "default", namespaceOrigin: "default" };
}

function objectOf(
  identified: Identified,
  namespace: Namespace,
  clusters: readonly string[],
): Omit<MeshObject, "scope"> {
  const { document, apiVersion, kind, name, role, metadata, spec } = identified;
  const created =
    typeof metadata.creationTimestamp === "string" ? Date.parse(metadata.creationTimestamp) : NaN;
  return {
    id: role.clusterWide ? `${kind}/${name}` : `${kind}/${namespace.namespace}/${name}`,
    clusters,
    apiVersion,
    kind,
    ...namespace,
    name,
    labels: stringEntries(metadata.labels),
    annotations: stringEntries(metadata.annotations),
    ...(Number.isNaN(created) ? {} : { created }),
    spec,
    document,
    locate: (path, part) => document.locate(path, part),
  };
}

function addTo(lists: Lists, object: MeshObject, role: Kind): void {
  if (role.podLabels === undefined) {
    lists[role.list].push(object);
    return;
  }
  const podLabels = Object.assign(
    new BareObject(),
    ...role.podLabels.map((path) => stringEntries(valueAt(object.document.value, path))),
  ) as Workload["podLabels"];
  const workload: Workload = { ...object, podLabels };
  lists.workloads.push(workload);
  if (role.steersTraffic) lists.others.push(workload);
}

function valueAt(value: Json, path: Path): Json | undefined {
  return path.reduce<Json | undefined>((at, key) => (isObject(at) ? at[key] : undefined), value);
}
