import { readFileSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
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
