/** Argo CD: `ApplicationSet` with the generators list, git and matrix (argo-cd `docs/operator-manual/applicationset`). */
import picomatch from "picomatch/posix.js";
import { isObject } from "../json.ts";
import { readManifests } from "../read.ts";
import type { Json, ManifestDocument, NotRendered } from "../source.ts";
import { argoGroup, deploymentsOf } from "./argo-cd.ts";
import { type Deployment, objectOf, textAt } from "./deployment.ts";
import type { Library } from "./library.ts";
import { NotBuildable } from "./not-buildable.ts";
import {
  field,
  fieldAt,
  fields,
  items,
  mappingOf,
  placeOf,
  type Traced,
  withField,
  withItems,
  written,
} from "./traced.ts";

/** What the Applications of an ApplicationSet deploy, and why some of them cannot be told. */
export function applicationSetDeployments(
  document: ManifestDocument,
  library: Library,
): { readonly deployments: readonly Deployment[]; readonly holes: readonly NotRendered[] } {
  const body = objectOf(document, argoGroup, "ApplicationSet");
  const template = body && fieldAt(body, "spec", "template");
  if (!body || !template) return { deployments: [], holes: [] };
  const isGo = fieldAt(body, "spec", "goTemplate")?.value === true;
  const holes: NotRendered[] = [];
  const deployments = items(fieldAt(body, "spec", "generators") ?? { ...body, value: [] }).flatMap(
    (generator) => {
      const { range } = placeOf(generator);
      const parameters = parametersOf(generator, library, isGo);
      if (parameters === null) {
        holes.push({
          reason: "Sluice reads the generators list, git and matrix of an ApplicationSet",
          range,
        });
        return [];
      }
      const applications = parameters.map((set) => filled(asApplication(body, template), set, isGo));
      const open = applications.some(({ value }) => hasExpression(value));
      if (open) holes.push({ reason: "not every expression of the template can be filled in", range });
      return applications.filter(({ value }) => !hasExpression(value)).flatMap(deploymentsOf);
    },
  );
  return { deployments, holes };
}

/** Whether something that decides what is deployed is still to be filled in. */
function hasExpression(value: Json): boolean {
  if (typeof value === "string") return value.includes("{{");
  if (Array.isArray(value)) return value.some(hasExpression);
  // Names and labels of Applications decide nothing, nor do revisions.
  return (
    isObject(value) &&
    Object.entries(value).some(([key, child]) => !undecided.has(key) && hasExpression(child))
  );
}

const undecided = new Set([
  "metadata",
  "targetRevision",
  "project",
  "helm",
  "syncPolicy",
  "info",
  "ignoreDifferences",
]);

function asApplication(set: Traced, template: Traced): Traced {
  const metadata = field(template, "metadata") ?? template;
  const spec = field(template, "spec") ?? template;
  return mappingOf(set, [
    ["metadata", metadata],
    ["spec", spec],
  ]);
}

/** Names as templates write them, without the leading dot, and their values. */
type Parameters = ReadonlyMap<string, string>;

function parametersOf(generator: Traced, library: Library, isGo: boolean): Parameters[] | null {
  const matrix = fieldAt(generator, "matrix", "generators");
  if (matrix !== undefined) return combined(items(matrix), library, isGo);
  const list = fieldAt(generator, "list", "elements");
  if (list !== undefined) return items(list).map((element) => flattened(element.value));
  const git = field(generator, "git");
  if (git === undefined) return null;
  const directories = field(git, "directories");
  if (directories !== undefined) return directoriesOf(directories, library, isGo);
  const files = field(git, "files");
  return files === undefined ? null : filesOf(files, library, isGo);
}

/** The files among `paths` that the git generators of ApplicationSets read, as far as texts tell. */
export function generatorFiles(texts: Iterable<[string, string]>, paths: readonly string[]): string[] {
  const sets = [...texts].filter(([, text]) => /\bkind["']?\s*:\s*["']?ApplicationSet\b/.test(text));
  const globs = sets.flatMap(([path, text]) =>
    readManifests(path, text).documents.flatMap((document) => {
      const body = objectOf(document, argoGroup, "ApplicationSet");
      return items((body && fieldAt(body, "spec", "generators")) ?? { ...written(document, []) }).flatMap(
        globsOf,
      );
    }),
  );
  const matchers = [...new Set(globs)].map(matcher);
  return paths.filter((path) => matchers.some((matches) => matches(path)));
}

/** A glob that a matrix fills in may be any. */
function globsOf(generator: Traced): string[] {
  const nested = items(fieldAt(generator, "matrix", "generators") ?? { ...generator, value: [] });
  const files = items(fieldAt(generator, "git", "files") ?? { ...generator, value: [] });
  const globs = files.map((entry) => textAt(entry, "path").replace(/\{\{[^{}]*\}\}/g, "*"));
  return [...globs, ...nested.flatMap(globsOf)];
}

/** More than this no matrix is followed. */
const mostCombinations = 2_000;

/** Every combination of what several generators give; a later one may use what earlier ones gave. */
function combined(generators: readonly Traced[], library: Library, isGo: boolean): Parameters[] | null {
  let sets: Parameters[] = [new Map()];
  for (const generator of generators) {
    const next: Parameters[] = [];
    for (const set of sets) {
      const own = parametersOf(filled(generator, set, isGo), library, isGo);
      if (own === null || next.length + own.length > mostCombinations) return null;
      next.push(...own.map((parameters) => new Map([...set, ...parameters])));
    }
    sets = next;
  }
  return sets;
}

/** Scalars by the path of their keys. */
function flattened(value: Json, path = "", into = new Map<string, string>()): Map<string, string> {
  if (isObject(value) || Array.isArray(value)) {
    for (const [key, child] of Object.entries(value))
      flattened(child as Json, path === "" ? key : `${path}.${key}`, into);
  } else if (value !== null) into.set(path, String(value));
  return into;
}

const longestGlob = 500;

function matcher(glob: string): (text: string) => boolean {
  return glob.length > longestGlob ? () => false : picomatch(glob, { dot: true });
}

function directoriesOf(entries: Traced, library: Library, isGo: boolean): Parameters[] {
  const rules = items(entries).map((entry) => ({
    matches: matcher(textAt(entry, "path")),
    excludes: field(entry, "exclude")?.value === true,
  }));
  const all = new Set<string>();
  for (const path of library.texts.keys()) {
    for (let slash = path.lastIndexOf("/"); slash > 0; slash = path.lastIndexOf("/", slash - 1))
      all.add(path.slice(0, slash));
  }
  const matches = (directory: string, excludes: boolean) =>
    rules.some((rule) => rule.excludes === excludes && rule.matches(directory));
  return [...all]
    .filter((directory) => matches(directory, false) && !matches(directory, true))
    .sort()
    .map((directory) => pathParameters(directory, isGo));
}

function pathParameters(directory: string, isGo: boolean): Map<string, string> {
  const segments = directory.split("/");
  const basename = segments.at(-1) ?? "";
  const own = isGo ? "path.path" : "path";
  const parts = segments.map(
    (part, index) => [isGo ? `path.segments ${index}` : `path[${index}]`, part] as const,
  );
  return new Map([
    [own, directory],
    ["path.basename", basename],
    ["path.basenameNormalized", basename.toLowerCase().replace(/[^a-z0-9.-]/g, "-")],
    ...parts,
  ]);
}

function filesOf(entries: Traced, library: Library, isGo: boolean): Parameters[] | null {
  const globs = items(entries).map((entry) => matcher(textAt(entry, "path")));
  const paths = [...library.texts.keys()].filter((path) => globs.some((matches) => matches(path))).sort();
  try {
    return paths.map((path) => {
      const directory = path.slice(0, Math.max(path.lastIndexOf("/"), 0));
      return new Map([
        ...flattened(library.settings(path)?.value ?? null),
        ...pathParameters(directory, isGo),
      ]);
    });
  } catch (error) {
    if (error instanceof NotBuildable) return null;
    throw error;
  }
}

/** A template with its parameters filled in. What no parameter answers stays as it is. */
function filled(at: Traced, parameters: Parameters, isGo: boolean): Traced {
  if (typeof at.value === "string") {
    const text = at.value.replace(/\{\{-?\s*([^{}]{1,200}?)\s*-?\}\}/g, (match, name: string) => {
      const key = isGo ? name.replace(/^index\s+\.(\S+)\s+(\d+)$/, "$1 $2").replace(/^\./, "") : name;
      return parameters.get(key) ?? match;
    });
    return text === at.value ? at : { ...at, value: text };
  }
  if (Array.isArray(at.value))
    return withItems(
      at,
      items(at).map((item) => filled(item, parameters, isGo)),
    );
  return isObject(at.value)
    ? fields(at).reduce((changed, [key, child]) => {
        const next = filled(child, parameters, isGo);
        return next === child ? changed : withField(changed, key, next);
      }, at)
    : at;
}
