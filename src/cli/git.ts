import { execFile, spawn } from "node:child_process";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** One entry of a Git tree. */
export interface GitEntry {
  readonly mode: string;
  readonly sha: string;
  readonly path: string;
  /** Bytes; null for a submodule. */
  readonly size: number | null;
}

/** What the command line asks of a Git repository. Nothing is ever written into it. */
export class GitRepository {
  readonly folder: string;
  constructor(folder: string) {
    this.folder = folder;
  }

  /** The repository that holds `folder`, a bare one too, or null. */
  static async containing(folder: string): Promise<GitRepository | null> {
    const top = await run(folder, "rev-parse", "--show-toplevel").catch(() =>
      run(folder, "rev-parse", "--absolute-git-dir").catch(() => null),
    );
    return top === null ? null : new GitRepository(top.trim());
  }

  /** The commit that a revision names, or null. */
  async commit(revision: string): Promise<string | null> {
    // A revision that starts with a dash would be read as an option.
    if (revision.startsWith("-")) return null;
    const commit = await run(this.folder, "rev-parse", "--verify", "--quiet", `${revision}^{commit}`).catch(
      () => null,
    );
    return commit?.trim() || null;
  }

  /** The best common ancestor, or null for unrelated histories. */
  async mergeBase(a: string, b: string): Promise<string | null> {
    return (await run(this.folder, "merge-base", a, b).catch(() => null))?.trim() || null;
  }

  /** The default branch: the remote's, else main or master. */
  async defaultBranch(): Promise<string | null> {
    const remote = await run(this.folder, "rev-parse", "--abbrev-ref", "origin/HEAD").catch(() => null);
    for (const name of [remote?.trim(), "main", "master"]) if (name && (await this.commit(name))) return name;
    return null;
  }

  /** `owner/name` on the host that it came from, or null. */
  async hostedName(): Promise<string | null> {
    const url = await run(this.folder, "config", "--get", "remote.origin.url").catch(() => "");
    const [, name = null] =
      /^(?:\w+:\/\/|[\w.-]+@)[^/:]+(?::\d+)?[/:]([^/:]+\/[^/]+?)(?:\.git)?\/?$/.exec(url.trim()) ?? [];
    return name;
  }

  /** Every entry below a commit. */
  async tree(commit: string): Promise<GitEntry[]> {
    const listing = await run(this.folder, "ls-tree", "-r", "-l", "-z", "--full-tree", commit);
    return listing
      .split("\0")
      .filter((entry) => entry !== "")
      .map((entry) => {
        const tab = entry.indexOf("\t");
        const [mode = "", , sha = "", size = "-"] = entry.slice(0, tab).split(/ +/);
        return { mode, sha, path: entry.slice(tab + 1), size: size === "-" ? null : Number(size) };
      });
  }

  /** Paths of the working tree that Git tracks or would track: what the user sees, less what is ignored. */
  async workingPaths(): Promise<string[]> {
    const listing = await run(this.folder, "ls-files", "-z", "--cached", "--others", "--exclude-standard");
    return [...new Set(listing.split("\0").filter((path) => path !== ""))].sort();
  }

  /**
   * The newest versions of a file before and at a commit, newest first; what was not text then is left out. Branches count
   * from their merge: when their commits were made says nothing about when traffic moved.
   */
  async fileHistory(commit: string, path: string): Promise<{ text: string; at: number }[]> {
    const newest = ["log", "--first-parent", "-n", "20", "--format=%H %ct"];
    const log = await run(this.folder, ...newest, commit, "--", path).catch(() => "");
    const versions = log
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => line.split(" "));
    const texts = await Promise.all(
      versions.map(([sha]) => run(this.folder, "show", `${sha}:${path}`).catch(() => null)),
    );
    return versions.flatMap(([, seconds], index) => {
      const text = texts[index];
      return text == null ? [] : [{ text, at: Number(seconds) * 1_000 }];
    });
  }

  /** Contents of many blobs through one `git cat-file --batch`. */
  async blobs(shas: readonly string[]): Promise<Map<string, Buffer>> {
    const output = await pipe(this.folder, ["cat-file", "--batch"], shas.map((sha) => `${sha}\n`).join(""));
    const contents = new Map<string, Buffer>();
    for (let offset = 0; offset < output.length; ) {
      const end = output.indexOf(10, offset);
      const [sha = "", , size = "0"] = output.toString("utf8", offset, end).split(" ");
      contents.set(sha, output.subarray(end + 1, end + 1 + Number(size)));
      offset = end + 1 + Number(size) + 1;
    }
    return contents;
  }
}

async function run(folder: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await execute("git", ["-C", folder, ...args], { maxBuffer: 1 << 30 });
  return stdout;
}

function pipe(folder: string, args: readonly string[], input: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const git = spawn("git", ["-C", folder, ...args], { stdio: ["pipe", "pipe", "inherit"] });
    const chunks: Buffer[] = [];
    git.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    git.on("error", reject);
    git.on("close", (status) =>
      status === 0
        ? resolve(Buffer.concat(chunks))
        : reject(new Error(`git ${args[0]} ended with ${status}`)),
    );
    git.stdin.end(input);
  });
}
