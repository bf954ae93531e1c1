/** Which directories Argo CD and Flux objects of a repository deploy, and how. */

import { isObject } from "../json.ts";
import { configMapKind, deployingKinds } from "../mention.ts";
import { readManifests } from "../read.ts";
import type { ManifestDocument, NotRendered } from "../source.ts";
import { applicationSetDeployments } from "./application-set.ts";
import { applicationDeployments } from "./argo-cd.ts";
import type { Deployment } from "./deployment.ts";
import { fluxDeployment, gitRepositories, substitutesOf, withCommonMetadata } from "./flux.ts";
import type { Library } from "./library.ts";
import { directoryOf, isWithin, joined } from "./paths.ts";
import type { RenderedRoot, Renderer, Variant } from "./render.ts";
import { substituted } from "./substitution.ts";
import {
  computed,
  documentOf,
  emptyMapping,
  field,
  fieldAt,
  fields,
  items,
  type Traced,
  withField,
  withItems,
  written,
} from "./traced.ts";

/** Everything that deployment objects tell. */
export interface Deployments {
  readonly all: readonly Deployment[];
  readonly holes: readonly NotRendered[];
  /** The ConfigMaps of the repository, where a deployment fills in what they hold. */
  readonly configMaps: readonly ManifestDocument[];
}

/** Finds the deployments among the objects of a repository: those built of `roots`, and those in files of no kustomization. */
export function findDeployments(
  { library }: Renderer,
  roots: readonly RenderedRoot[],
  inputs: ReadonlySet<string>,
): Deployments {
  const find = (kinds: RegExp): ManifestDocument[] => {
    const plain = [...library.texts].filter(([path, text]) => !inputs.has(path) && kinds.test(text));
    return [
      ...plain.flatMap(
        ([path, text]) => readManifests(path, text, { only: (part) => kinds.test(part) }).documents,
      ),
      ...roots.flatMap((root) => root.documents),
    ];
  };
  const documents = find(deployingKinds);
  const sets = documents.map((document) => applicationSetDeployments(document, library));
  const repositories = gitRepositories(documents);
  const flux = documents
    .map((document) => fluxDeployment(document, repositories))
    .filter((deployment) => deployment !== null);
  const all = [
    ...documents.flatMap(applicationDeployments),
    ...sets.flatMap(({ deployments }) => deployments),
    ...flux,
  ];
  const fillsIn = flux.some(({ body }) => fieldAt(body, "spec", "postBuild", "substituteFrom") !== undefined);
  return {
    all: distinct(ofThisRepository(all, library)),
    holes: sets.flatMap(({ holes }) => holes),
    configMaps: fillsIn ? find(configMapKind).filter(isConfigMap) : [],
  };
}

/**
 * The deployments of this repository's directories. Its own address is nowhere in it, but most of what is deployed of
 * directories that it has is deployed from it: what names another repository then is that one's directory of this name.
 */
function ofThisRepository(all: readonly Deployment[], { texts }: Library): Deployment[] {
  const directories = new Set([""]);
  for (const path of texts.keys()) {
    for (let slash = path.lastIndexOf("/"); slash > 0; slash = path.lastIndexOf("/", slash - 1))
      directories.add(path.slice(0, slash));
  }
  const here = all.filter(({ directory }) => directories.has(directory));
  const sources = Map.groupBy(here, ({ source }) => source);
  sources.delete(null);
  const most = Math.max(0, ...[...sources.values()].map(({ length }) => length));
  return here.filter(({ source }) => source === null || sources.get(source)!.length === most);
}

function isConfigMap({ value }: ManifestDocument): boolean {
  return isObject(value) && value.kind === "ConfigMap";
}

/** Clusters often get one directory in one way: that is one deployment. */
function distinct(deployments: readonly Deployment[]): Deployment[] {
  const settings = ({ by, directory, namespace, changes, body, recurses }: Deployment) => {
    const changed = changes.map(([name, { value }]) => [name, value]);
    return textOf([
      by,
      directory,
      namespace,
      changed,
      fieldAt(body, "spec", "postBuild")?.value,
      recurses,
      fieldAt(body, "spec", "commonMetadata")?.value,
    ]);
  };
  return [...Map.groupBy(deployments, settings).values()].map((alike) => ({
    ...alike[0]!,
    clusters: [...new Set(alike.flatMap(({ clusters }) => clusters))].sort(),
  }));
}

function textOf(value: unknown): string {
  return JSON.stringify(value, (_, item) => (typeof item === "bigint" ? String(item) : item));
}

/** The kustomization of a directory as a deployment changes it; null where there is nothing to build. */
export function variantOf(
  deployment: Deployment,
  renderer: Renderer,
  configMaps: readonly ManifestDocument[],
): Variant | null {
  const { body, by, directory, name } = deployment;
  const file = renderer.graph.get(directory)?.file;
  const document = file === undefined ? undefined : renderer.library.settings(file);
  const own = document === undefined ? generated(deployment, renderer) : written(document, document.value);
  if (own === null) return null;
  const substitutes = by === "Flux" ? substitutesOf(body, configMaps) : null;
  const filledIn = [...(substitutes?.values ?? [])].map(([key, value]) => ({
    key,
    value: value.value,
    file: documentOf(value).file,
  }));
  const kustomization = deployment.changes.reduce(changed, own);
  return {
    // What was kept of another state is this variant only where all of this is the same.
    name: textOf([
      ...[by, name, documentOf(body).file, kustomization.value, filledIn, substitutes?.open],
      fieldAt(body, "spec", "commonMetadata")?.value,
    ]),
    kustomization,
    reads: new Set([documentOf(body).file, ...filledIn.map(({ file }) => file)]),
    ...(substitutes === null
      ? {}
      : { finish: (built: Traced) => substituted(withCommonMetadata(built, body), substitutes) }),
  };
}

/** Fields that a deployment adds to rather than replaces. */
const added = new Set(["patches", "components", "images", "replicas"]);
const merged = new Set(["commonLabels", "commonAnnotations"]);

function changed(kustomization: Traced, [name, value]: readonly [string, Traced]): Traced {
  const before = field(kustomization, name);
  if (before === undefined || before.value === null) return withField(kustomization, name, value);
  if (added.has(name))
    return withField(kustomization, name, withItems(value, [...items(before), ...items(value)]));
  if (!merged.has(name)) return withField(kustomization, name, value);
  const all = fields(value).reduce((entries, [key, entry]) => withField(entries, key, entry), before);
  return withField(kustomization, name, all);
}

/** Flux makes a kustomization of all manifests below a directory that has none (fluxcd/pkg `kustomize/kustomize_generator.go`). */
function generated({ by, directory, body }: Deployment, { library, graph }: Renderer): Traced | null {
  if (by !== "Flux") return null;
  const nested = [...graph.keys()].filter((other) => other !== directory && isWithin(other, directory));
  const files = [...library.texts.keys()].filter(
    (path) =>
      /\.ya?ml$/.test(path) &&
      isWithin(directoryOf(path), directory) &&
      !nested.some((other) => isWithin(directoryOf(path), other)),
  );
  const outermost = nested.filter((one) => !nested.some((other) => other !== one && isWithin(one, other)));
  const resources = [...files, ...outermost]
    .sort()
    .map((path) => computed(path.slice(directory === "" ? 0 : directory.length + 1), body));
  return resources.length === 0
    ? null
    : withField(emptyMapping(body), "resources", withItems(body, resources));
}

/** The files that Argo CD applies of a directory without a kustomization. */
export function filesOf({ directory, recurses }: Deployment, { library }: Renderer): string[] {
  const isChart = library.texts.has(joined(directory, "Chart.yaml") ?? "");
  if (isChart) return [];
  return [...library.texts.keys()].filter((path) => {
    const inside = recurses ? isWithin(directoryOf(path), directory) : directoryOf(path) === directory;
    return inside && /\.(?:ya?ml|json)$/.test(path);
  });
}
