import { runGit } from "./process.ts";

/** What a commit puts at a path: text or bytes of a file, a symbolic link, a submodule; null removes the path. */
export type FileContent =
  | string
  | Uint8Array
  | { readonly symlink: string }
  | { readonly submodule: string }
  | null;
export type Files = Readonly<Record<string, FileContent>>;

export interface NewCommit {
  /** Full name of the ref that moves: `refs/heads/main`. */
  readonly ref: string;
  /** The commit it builds on; null starts a history. */
  readonly parent: string | null;
  readonly files: Files;
  readonly message: string;
  readonly author: string;
  /** Seconds since 1970. Given, never read from a clock: the same story has the same SHAs on every machine. */
  readonly timestamp: number;
}

/**
 * Writes commits and moves their refs with one `git fast-import`. `objects` is the object store to write into, when it is
 * not the repository's own: a fork writes into its parent's, as all repositories of a network share one on GitHub.
 */
export async function writeCommits(
  directory: string,
  commits: readonly NewCommit[],
  objects?: string,
): Promise<void> {
  await runGit(directory, ["fast-import", "--quiet", "--force"], {
    input: Buffer.concat(commits.flatMap(commitCommands)),
    env: objects === undefined ? {} : { GIT_OBJECT_DIRECTORY: objects },
  });
}

function commitCommands(commit: NewCommit): Buffer[] {
  const signature = `${commit.author} <${commit.author}@users.noreply.github.local> ${commit.timestamp} +0000`;
  return [
    line(`commit ${commit.ref}`),
    line(`author ${signature}`),
    line(`committer ${signature}`),
    ...data(Buffer.from(commit.message)),
    ...(commit.parent === null ? [] : [line(`from ${commit.parent}`)]),
    ...Object.entries(commit.files).flatMap(([path, content]) => fileCommands(quoted(path), content)),
    line(""),
  ];
}

function fileCommands(path: string, content: FileContent): Buffer[] {
  if (content === null) return [line(`D ${path}`)];
  if (typeof content === "string") return [line(`M 100644 inline ${path}`), ...data(Buffer.from(content))];
  if (content instanceof Uint8Array) return [line(`M 100644 inline ${path}`), ...data(Buffer.from(content))];
  if ("symlink" in content) return [line(`M 120000 inline ${path}`), ...data(Buffer.from(content.symlink))];
  return [line(`M 160000 ${content.submodule} ${path}`)];
}

const line = (text: string) => Buffer.from(`${text}\n`);
const data = (bytes: Buffer) => [line(`data ${bytes.length}`), bytes, line("")];
const quoted = (path: string) =>
  `"${path.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
