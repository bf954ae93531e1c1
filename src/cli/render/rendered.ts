import { isObject } from "../../manifest/json.ts";
import { BuiltDocument, type BuiltSource } from "../../manifest/kustomize/built-document.ts";
import type { Repository } from "../../manifest/kustomize/repository.ts";
import type {
  Applied,
  JsonObject,
  ManifestDocument,
  ManifestFile,
  NotRendered,
} from "../../manifest/source.ts";

/** An object as it is applied. */
export interface RenderedObject {
  /** `Kind/namespace/name`; without the namespace where nothing tells it. */
  readonly name: string;
  /** The kustomization that builds it; null for a manifest that is applied as it stands. */
  readonly kustomization: string | null;
  readonly clusters: readonly string[];
  readonly value: JsonObject;
  /** Where the object begins, and then every value that does not come with it. */
  readonly sources: readonly BuiltSource[];
}

/** What some paths apply. */
export interface Rendered {
  readonly objects: readonly RenderedObject[];
  readonly missing: readonly NotRendered[];
  /** What is accepted in silence and does nothing. */
  readonly notes: readonly NotRendered[];
}

/**
 * What is applied of some paths. `paths` as they were named: of a kustomization's own folder that is what it builds, though
 * others include it; of any other folder, what is applied of the `files` below.
 */
export function renderedPaths(
  { files, renderer, plain }: Repository,
  paths: readonly string[],
  named: ReadonlySet<string>,
): Rendered {
  const directories = paths.map((path) => (path === "." ? "" : path.replace(/\/$/, "")));
  const own = directories.filter((directory) => renderer.graph.has(directory));
  const isApplied = ({ path, applied }: ManifestFile) =>
    plain.has(path) ? named.has(path) : isBelow(applied?.scope.split("@")[0] ?? path, directories);
  const isOwn = ({ applied }: ManifestFile) =>
    applied !== undefined && own.some((directory) => applied.scope.split("@")[0] === directory);
  const chosen = files.filter((file) => isOwn(file) || (isApplied(file) && !isBelow(file.path, own)));
  const bases = own
    .filter((directory) => !chosen.some(({ applied }) => applied?.scope.split("@")[0] === directory))
    .map((directory) => renderer.render(directory));
  return {
    objects: [
      ...bases.flatMap(({ file, documents }) => documents.flatMap((document) => objectOf(document, file))),
      ...chosen.flatMap(objectsOf),
    ],
    missing: [
      ...bases.flatMap(({ failure, holes }) => [...(failure ? [failure] : []), ...holes]),
      ...chosen.flatMap(missingOf),
    ],
    notes: [...bases.flatMap(({ notes }) => notes), ...chosen.flatMap(({ applied }) => applied?.notes ?? [])],
  };
}

function isBelow(path: string, directories: readonly string[]): boolean {
  return directories.some(
    (directory) => directory === "" || path === directory || path.startsWith(`${directory}/`),
  );
}

function missingOf({ problems, notRendered, applied }: ManifestFile): readonly NotRendered[] {
  const unread = problems.map(({ message, range }) => ({ reason: message, range }));
  return [...unread, ...(applied?.missing ?? []), ...(notRendered && !applied ? [notRendered] : [])];
}

function objectsOf({ path, documents, applied }: ManifestFile): RenderedObject[] {
  return documents.flatMap((document) => {
    const kustomization = document instanceof BuiltDocument ? path : null;
    return objectOf(document, kustomization, applied);
  });
}

function objectOf(
  document: ManifestDocument,
  kustomization: string | null,
  applied?: Applied,
): RenderedObject[] {
  const { value } = document;
  if (!isObject(value) || typeof value.kind !== "string") return [];
  const metadata = isObject(value.metadata) ? value.metadata : {};
  const parts = [value.kind, metadata.namespace ?? applied?.namespace, metadata.name];
  return [
    {
      name: parts.filter((part) => typeof part === "string" && part !== "").join("/"),
      kustomization,
      clusters: applied?.clusters ?? [],
      value,
      // Finding lines means reading files again: only for whom it is shown.
      get sources() {
        if (document instanceof BuiltDocument) return document.sources();
        return [{ path: [], range: document.locate([]), verbatim: true }];
      },
    },
  ];
}
