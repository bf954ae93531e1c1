/** A repository as what is applied of it: kustomizations built, deployments placed, everything else as it stands. */

import type { ReadLimits } from "../limits.ts";
import { mentionsIstioGroup, mentionsMesh } from "../mention.ts";
import { readManifests } from "../read.ts";
import type { Applied, ManifestFile, NotRendered } from "../source.ts";
import { isChartTemplate } from "../template.ts";
import { BuiltDocument, unfilled } from "./built-document.ts";
import type { Deployment } from "./deployment.ts";
import { type Deployments, filesOf, findDeployments, variantOf } from "./deployments.ts";
import { type Graph, graphOf } from "./graph.ts";
import { Library, type Texts } from "./library.ts";
import { NotBuildable } from "./not-buildable.ts";
import { directoryOf, isKustomizationPath } from "./paths.ts";
import { type RenderedRoot, Renderer } from "./render.ts";
import { documentOf } from "./traced.ts";

export interface Repository {
  /** Manifest files, and what kustomizations build: every path once. */
  readonly files: readonly ManifestFile[];
  readonly texts: Texts;
  readonly renderer: Renderer;
  /** Files that kustomizations name, and the kustomizations themselves. */
  readonly inputs: ReadonlySet<string>;
  /** Files as they stand, by path. */
  readonly plain: ReadonlyMap<string, ManifestFile>;
  /** What the Argo CD and Flux objects tell that could not be followed. */
  readonly holes: readonly NotRendered[];
}

export interface ReadRepository {
  /** Another state of the same repository: what is the same there is not built again. */
  readonly earlier?: Repository;
  /** Paths of files that are there and could not be read. */
  readonly unread?: ReadonlySet<string> | undefined;
  readonly readLimits?: Partial<ReadLimits>;
  /** Which texts are worth reading; those that mention a mesh where absent. */
  readonly only?: (text: string) => boolean;
}

/** Reads one state of a repository, given the texts of its files by path. */
export function readRepository(texts: Texts, options: ReadRepository = {}): Repository {
  const renderer = new Renderer(texts, options);
  const inputs = inputsIn(renderer.graph);
  const roots = renderer.roots().map((directory) => renderer.render(directory));
  const deployments = findDeployments(renderer, roots, inputs);
  const placed = place(deployments, renderer);
  const deployed = new Set(placed.roots.map(({ directory }) => directory));
  const built = [
    ...roots
      .filter(({ directory, file }) => !deployed.has(directory) && !placed.generated.has(file))
      .map((root) => ({ root, scope: root.directory, namespace: null, clusters: [] })),
    ...placed.roots,
  ];
  const taken = new Set([...inputs, ...placed.generated]);
  const paths = [...texts.keys()].filter((path) => !taken.has(path) && !isKustomizationPath(path)).sort();
  const plain = new Map(paths.flatMap((path) => plainFile(path, texts, options)));
  const files = [
    ...[...plain].map(([path, file]) => placedFile(file, placed.files.get(path))),
    ...built.map(({ root, scope, namespace, clusters }) =>
      builtFile(root, { scope, namespace, clusters }, texts),
    ),
  ];
  return { files, texts, renderer, inputs, plain, holes: deployments.holes };
}

/** The files of a repository that are others where some of its texts are; null stands for a file that is not there. */
export function rereadWith(
  repository: Repository,
  changes: ReadonlyMap<string, string | null>,
): readonly ManifestFile[] {
  const texts = new Map(repository.texts);
  for (const [path, text] of changes) {
    if (text === null) texts.delete(path);
    else texts.set(path, text);
  }
  const paths = [...changes.keys()];
  return readRepository(texts, { earlier: repository }).files.filter(
    ({ path, applied }) => changes.has(path) || paths.some((changed) => applied?.reads.has(changed)),
  );
}

/** Every file and directory that a kustomization names, and the kustomizations themselves. */
export function kustomizationInputs(texts: Texts): ReadonlySet<string> {
  return inputsIn(graphOf(new Library(texts)));
}

function inputsIn(graph: Graph): Set<string> {
  return new Set([...graph.values()].flatMap(({ file, inputs }) => [file, ...inputs]));
}

type Place = Pick<Applied, "scope" | "namespace" | "clusters">;

interface PlacedRoot extends Place {
  readonly root: RenderedRoot;
  readonly directory: string;
}
interface Placement {
  readonly roots: readonly PlacedRoot[];
  /** By path, where plain files go. */
  readonly files: ReadonlyMap<string, Place>;
  /** Files that a generated kustomization takes in. */
  readonly generated: ReadonlySet<string>;
}

function place({ all, configMaps }: Deployments, renderer: Renderer): Placement {
  const roots: PlacedRoot[] = [];
  const files = new Map<string, Place>();
  const generated = new Set<string>();
  for (const deployment of all) {
    const { directory, namespace, clusters } = deployment;
    const place = { scope: scopeOf(deployment, all), namespace, clusters };
    const root = rootOf(deployment, renderer, configMaps);
    if (root !== null) {
      roots.push({ ...place, root, directory });
      if (!renderer.graph.has(directory)) for (const path of root.reads) generated.add(path);
    } else for (const path of filesOf(deployment, renderer)) files.set(path, place);
  }
  return { roots, files, generated };
}

function rootOf(
  deployment: Deployment,
  renderer: Renderer,
  configMaps: Deployments["configMaps"],
): RenderedRoot | null {
  try {
    const variant = variantOf(deployment, renderer, configMaps);
    return variant && renderer.render(deployment.directory, variant);
  } catch (error) {
    // The kustomization cannot even be read: building it says so.
    if (error instanceof NotBuildable) return renderer.render(deployment.directory);
    throw error;
  }
}

/** The directory; where several deployments share it, with the place that this one is written in. */
function scopeOf(deployment: Deployment, all: readonly Deployment[]): string {
  const others = all.filter(({ directory }) => directory === deployment.directory);
  if (others.length === 1) return deployment.directory;
  const home = ({ body }: Deployment) => directoryOf(documentOf(body).file);
  const isAlone = others.filter((other) => home(other) === home(deployment)).length === 1;
  return `${deployment.directory}@${isAlone ? home(deployment) : deployment.name}`;
}

function plainFile(
  path: string,
  texts: Texts,
  { readLimits, only = mentionsMesh, earlier }: ReadRepository,
): [string, ManifestFile][] {
  const text = texts.get(path)!;
  if (!only(text)) return [];
  const chart = isChartTemplate(path, (other) => texts.has(other));
  const before = earlier?.texts.get(path) === text ? earlier.plain.get(path) : undefined;
  const wasChart = isChartTemplate(path, (other) => earlier?.texts.has(other) === true);
  if (before !== undefined && wasChart === chart) return [[path, before]];
  return [[path, readManifests(path, text, { ...readLimits, only, chart })]];
}

function placedFile(file: ManifestFile, placed: Place | undefined): ManifestFile {
  if (placed === undefined) return file;
  const reads = new Set([file.path]);
  return { ...file, applied: { ...placed, isMoved: () => false, reads, notes: [], missing: [] } };
}

function builtFile(root: RenderedRoot, place: Place, texts: Texts): ManifestFile {
  const open = root.documents.map((document) => ({ document, hole: unfilled(document) }));
  const missing = [
    ...(root.failure === null ? [] : [root.failure]),
    ...root.holes,
    ...open.flatMap(({ hole }) => hole ?? []),
  ];
  const isAboutIstio = [...root.reads].some((path) => mentionsIstioGroup(texts.get(path) ?? ""));
  const [notRendered] = isAboutIstio ? missing : [];
  return {
    path: `${root.file}${place.scope.slice(root.directory.length)}`,
    documents: open.filter(({ hole }) => hole === null).map(({ document }) => document),
    problems: [],
    ...(notRendered ? { notRendered } : {}),
    applied: {
      ...place,
      isMoved: (document) => document instanceof BuiltDocument && document.isMoved,
      reads: root.reads,
      notes: root.notes,
      missing,
    },
  };
}
