import { lstat, readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { kustomizationInputs } from "../manifest/kustomize/repository.ts";
import { isManifestPath, maxManifestBytes } from "../manifest/paths.ts";
import type { NotEvaluated } from "../policy/decide.ts";
import type { PastVersion } from "../traffic/past.ts";
import { UsageError } from "./command.ts";
import { GitRepository } from "./git.ts";

/** One state as the command line names it: the texts of its manifest files, and what could not be read. */
export interface State {
  readonly files: ReadonlyMap<string, string>;
  readonly unreadable: readonly NotEvaluated[];
  /** Versions of a file up to this state, newest first; only a revision has a past. */
  readonly history?: (path: string) => Promise<readonly PastVersion[]>;
}

/**
 * Reads what `--base A` and `--head B` name: a folder, or a revision of the repository one stands in. Without them, the
 * merge base with the default branch and the working tree.
 */
export async function readStates(
  folder: string,
  base: string | undefined,
  head: string | undefined,
): Promise<{ base: State; head: State }> {
  const repository = await GitRepository.containing(folder);
  const headState =
    head === undefined ? await workingTree(repository) : await named(folder, head, repository);
  const baseState =
    base === undefined ? await defaultBase(folder, head, repository) : await named(folder, base, repository);
  return { base: baseState, head: headState };
}

async function named(folder: string, name: string, repository: GitRepository | null): Promise<State> {
  const path = resolve(folder, name);
  const isFolder = await lstat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
  if (isFolder) return folderState(path);
  const commit = await repository?.commit(name);
  if (repository && commit) return commitState(repository, commit);
  throw new UsageError(`${name} is neither a folder nor a revision of the Git repository here`);
}

async function workingTree(repository: GitRepository | null): Promise<State> {
  if (!repository) throw new UsageError("name --head: this folder is not in a Git repository");
  return readPaths(repository.folder, await repository.workingPaths());
}

async function defaultBase(
  folder: string,
  head: string | undefined,
  repository: GitRepository | null,
): Promise<State> {
  const branch = await repository?.defaultBranch();
  if (!repository || !branch) throw new UsageError("name --base: no default branch was found here");
  const isRevision = head !== undefined && (await repository.commit(head)) !== null;
  const mergeBase = await repository.mergeBase(branch, isRevision ? head : "HEAD");
  if (!mergeBase) throw new UsageError(`name --base: ${branch} has no common history with ${head ?? "HEAD"}`);
  return named(folder, mergeBase, repository);
}

async function commitState(repository: GitRepository, commit: string): Promise<State> {
  const entries = new Map((await repository.tree(commit)).map((entry) => [entry.path, entry]));
  const state = new StateBuilder((path) => repository.fileHistory(commit, path));
  await state.readAll([...entries.keys()], async (paths) => {
    const wanted = paths.map((path) => entries.get(path)!);
    const files = wanted.filter(
      ({ mode, size }) => mode.startsWith("100") && (size ?? 0) <= maxManifestBytes,
    );
    const blobs = await repository.blobs([...new Set(files.map(({ sha }) => sha))]);
    for (const { path, sha, mode, size } of wanted) {
      if (mode === "120000") state.refuse(path, symbolicLink);
      else if ((size ?? 0) > maxManifestBytes) state.refuse(path, tooLarge);
      else if (mode.startsWith("100")) state.add(path, blobs.get(sha)!);
    }
  });
  return state;
}

/** What one stands in: the working tree of the Git repository, or the folder. */
export async function stateHere(folder: string): Promise<State> {
  const repository = await GitRepository.containing(folder);
  return repository ? workingTree(repository) : folderState(folder);
}

/** Every manifest file below a folder, and what kustomizations there read besides. */
export async function folderState(folder: string): Promise<State> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((path) => !path.startsWith(".git/"));
  return readPaths(folder, paths.sort());
}

async function readPaths(folder: string, paths: readonly string[]): Promise<State> {
  const state = new StateBuilder();
  await state.readAll(paths, async (wanted) => {
    for (const path of wanted) {
      const entry = await lstat(join(folder, path)).catch(() => null);
      if (entry === null) continue; // Tracked, but deleted in the working tree.
      if (entry.isSymbolicLink()) state.refuse(path, symbolicLink);
      else if (entry.size > maxManifestBytes) state.refuse(path, tooLarge);
      else if (entry.isFile()) state.add(path, await readFile(join(folder, path)));
    }
  });
  return state;
}

const symbolicLink = "it is a symbolic link; Sluice reads files as they stand in Git";
const tooLarge = `the file is larger than ${maxManifestBytes / 1024 / 1024} MiB`;

class StateBuilder implements State {
  readonly files = new Map<string, string>();
  readonly unreadable: NotEvaluated[] = [];
  readonly history?: (path: string) => Promise<readonly PastVersion[]>;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

  constructor(history?: (path: string) => Promise<readonly PastVersion[]>) {
    if (history) this.history = history;
  }

  /** Reads what may hold manifests, and then whatever else kustomizations make them of. */
  async readAll(paths: readonly string[], read: (paths: readonly string[]) => Promise<void>): Promise<void> {
    await read(paths.filter(isManifestPath));
    const inputs = kustomizationInputs(this.files);
    await read(paths.filter((path) => inputs.has(path) && !isManifestPath(path)));
  }

  add(path: string, bytes: Uint8Array): void {
    if (bytes.includes(0)) this.refuse(path, "the file is binary");
    else {
      try {
        this.files.set(path, this.#decoder.decode(bytes));
      } catch {
        this.refuse(path, "the file is not UTF-8 text");
      }
    }
  }

  refuse(file: string, reason: string): void {
    this.unreadable.push({ file, reason, blocks: true });
  }
}
