/** Flux: `Kustomization` of kustomize.toolkit.fluxcd.io (kustomize-controller `docs/spec/v1/kustomizations.md`). */
import type { ManifestDocument } from "../source.ts";
import { type Deployment, directoryAt, nameOfObject, objectOf, sourceAt, textAt } from "./deployment.ts";
import type { Substitutes } from "./substitution.ts";
import {
  documentOf,
  emptyMapping,
  field,
  fieldAt,
  fields,
  items,
  type Traced,
  withField,
  written,
} from "./traced.ts";

const group = "kustomize.toolkit.fluxcd.io";

/** What a Flux Kustomization deploys; null for anything else, and for one whose path leads elsewhere. */
export function fluxDeployment(
  document: ManifestDocument,
  repositories: readonly Traced[],
): Deployment | null {
  const body = objectOf(document, group, "Kustomization");
  if (body === null) return null;
  const directory = directoryAt(textAt(body, "spec", "path"));
  if (directory === null || textAt(body, "spec", "sourceRef", "kind") !== "GitRepository") return null;
  // Without a path it is all of a repository, which seldom is this one: `flux bootstrap` gives that one its name.
  if (directory === "" && textAt(body, "spec", "sourceRef", "name") !== "flux-system") return null;
  const changes = [
    ["namespace", fieldAt(body, "spec", "targetNamespace")],
    ...["namePrefix", "nameSuffix", "patches", "images", "components"].map(
      (name) => [name, fieldAt(body, "spec", name)] as const,
    ),
  ] as const;
  return {
    by: "Flux",
    name: nameOfObject(body),
    directory,
    source: sourceOf(body, repositories),
    namespace: textAt(body, "spec", "targetNamespace") || null,
    clusters: [textAt(body, "spec", "kubeConfig", "secretRef", "name")].filter(Boolean),
    body,
    changes: changes.flatMap(([name, value]) =>
      value === undefined || value.value === null ? [] : [[name, value] as const],
    ),
    recurses: true,
  };
}

/** The GitRepository objects among others. */
export function gitRepositories(documents: readonly ManifestDocument[]): Traced[] {
  return documents.flatMap(
    (document) => objectOf(document, "source.toolkit.fluxcd.io", "GitRepository") ?? [],
  );
}

/** The address of the GitRepository, where the repository shows one of that name. */
function sourceOf(body: Traced, repositories: readonly Traced[]): string | null {
  const name = textAt(body, "spec", "sourceRef", "name");
  const namespace = textAt(body, "spec", "sourceRef", "namespace") || textAt(body, "metadata", "namespace");
  const urls = repositories
    .filter((found) => textAt(found, "metadata", "name") === name)
    .filter((found) => namespace === "" || ["", namespace].includes(textAt(found, "metadata", "namespace")))
    .map((found) => sourceAt(textAt(found, "spec", "url")));
  const [url = null, ...others] = new Set(urls);
  return others.length === 0 ? url : null;
}

/** Sets the labels and annotations that a Flux Kustomization gives to all objects. */
export function withCommonMetadata(built: Traced, body: Traced): Traced {
  return (["labels", "annotations"] as const).reduce((object, key) => {
    const common = fieldAt(body, "spec", "commonMetadata", key);
    if (common === undefined || fields(common).length === 0) return object;
    const metadata = field(object, "metadata") ?? emptyMapping(body);
    const own = field(metadata, key) ?? emptyMapping(common);
    const all = fields(common).reduce((entries, [name, value]) => withField(entries, name, value), own);
    return withField(object, "metadata", withField(metadata, key, all));
  }, built);
}

/** What a Flux Kustomization fills in: its own values over those of ConfigMaps that the repository shows. */
export function substitutesOf(body: Traced, configMaps: readonly ManifestDocument[]): Substitutes {
  const values = new Map<string, Traced>();
  const namespace = textAt(body, "metadata", "namespace");
  let open = false;
  for (const source of items(
    fieldAt(body, "spec", "postBuild", "substituteFrom") ?? { ...body, value: [] },
  )) {
    const found =
      textAt(source, "kind") === "ConfigMap"
        ? configMapNamed(textAt(source, "name"), namespace, body, configMaps)
        : null;
    if (found === null) open = true;
    else for (const [name, value] of fields(found)) values.set(name, value);
  }
  const own = fieldAt(body, "spec", "postBuild", "substitute");
  for (const [name, value] of own === undefined ? [] : fields(own)) values.set(name, value);
  return { values, open };
}

/** Clusters often hold ConfigMaps of one name each: the one that stands nearest counts, and of equals none. */
function configMapNamed(
  name: string,
  namespace: string,
  by: Traced,
  configMaps: readonly ManifestDocument[],
): Traced | null {
  const home = documentOf(by).file;
  const candidates = configMaps
    .map((document) => written(document, document.value))
    .filter((map) => textAt(map, "metadata", "name") === name)
    .filter((map) => ["", namespace].includes(textAt(map, "metadata", "namespace")))
    .map((map) => ({ map, nearness: sharedSegments(home, documentOf(map).file) }))
    .sort((a, b) => b.nearness - a.nearness);
  const [first, second] = candidates;
  if (first === undefined || first.nearness === second?.nearness) return null;
  return field(first.map, "data") ?? null;
}

function sharedSegments(a: string, b: string): number {
  const [x, y] = [a.split("/"), b.split("/")];
  const differs = x.findIndex((part, index) => part !== y[index]);
  return differs < 0 ? x.length : differs;
}
