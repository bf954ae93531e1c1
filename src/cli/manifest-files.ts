import { readFileSync, statSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { kustomizationNames } from "../manifest/kustomize/paths.ts";
import { kustomizationInputs } from "../manifest/kustomize/repository.ts";
import { isManifestPath } from "../manifest/paths.ts";
import { UsageError } from "./command.ts";

/** A file that a command line names, directly or by its folder. `text` is null when it cannot be read as text. */
export interface NamedFile {
  /** As the user would write it. */
  readonly path: string;
  readonly text: string | null;
}

/** Reads the files that PATH… names; of folders, everything below that may hold manifests. */
export async function readNamedFiles(folder: string, names: readonly string[]): Promise<NamedFile[]> {
  const paths = new Set((await Promise.all(names.map((name) => pathsOf(folder, name)))).flat());
  return [...paths].map((path) => ({ path, text: readText(resolve(folder, path)) }));
}

/** The same with whatever their kustomizations are made of besides: bases that stand elsewhere, files of generators. */
export function withKustomized(folder: string, files: readonly NamedFile[]): NamedFile[] {
  const all = new Map(files.map((file) => [file.path, file]));
  let before: number;
  do {
    before = all.size;
    for (const path of candidates(textsOf([...all.values()]))) {
      if (!all.has(path) && isFile(resolve(folder, path)))
        all.set(path, { path, text: readText(resolve(folder, path)) });
    }
  } while (all.size > before);
  return [...all.values()];
}

/** What kustomizations name may be files, or directories with kustomizations of their own. */
function candidates(texts: ReadonlyMap<string, string>): string[] {
  return [...kustomizationInputs(texts)].flatMap((input) => [
    input,
    ...kustomizationNames.map((name) => (input === "" ? name : `${input}/${name}`)),
  ]);
}

/** The texts by path, of those that are text. */
export function textsOf(files: readonly NamedFile[]): Map<string, string> {
  return new Map(files.flatMap(({ path, text }) => (text === null ? [] : [[path, text]])));
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

async function pathsOf(folder: string, name: string): Promise<string[]> {
  const entry = await stat(resolve(folder, name)).catch(() => null);
  if (entry === null) throw new UsageError(`there is no file or folder ${name}`);
  if (!entry.isDirectory()) return [name];
  const below = await readdir(resolve(folder, name), { recursive: true, withFileTypes: true });
  const root = resolve(folder, name);
  return below
    .filter((child) => child.isFile())
    .map((child) => join(child.parentPath, child.name).slice(root.length + 1))
    .filter((path) => isManifestPath(path) && !/(?:^|\/)(?:\.git|node_modules)\//.test(path))
    .map((path) => join(name, path))
    .sort();
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** One after the other: thousands of small files at once cost more to coordinate than to read. */
function readText(path: string): string | null {
  const bytes = readFileSync(path);
  try {
    return bytes.includes(0) ? null : utf8.decode(bytes);
  } catch {
    return null;
  }
}
