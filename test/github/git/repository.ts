import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Commit, parseCommit } from "./commit.ts";
import { differingFiles, type FileChange } from "./difference.ts";
import { type ObjectInfo, ObjectReader } from "./object-reader.ts";
import { gitText, runGit } from "./process.ts";
import { type TreeEntry, TreeReader } from "./tree.ts";
import { type NewCommit, writeCommits } from "./write.ts";

/** The commit dates of everything Git writes on GitHub's behalf: test merges have reproducible SHAs too. */
const mergeIdentity = {
  GIT_AUTHOR_NAME: "GitHub",
  GIT_AUTHOR_EMAIL: "noreply@github.local",
  GIT_AUTHOR_DATE: "1767225600 +0000",
  GIT_COMMITTER_NAME: "GitHub",
  GIT_COMMITTER_EMAIL: "noreply@github.local",
  GIT_COMMITTER_DATE: "1767225600 +0000",
};

/** A bare Git repository. What follows from immutable objects is computed once. */
export class GitRepository {
  readonly directory: string;
  readonly trees: TreeReader;
  readonly #objects: ObjectReader;
  /** Object store that new commits go into. */
  readonly #store: string | undefined;
  readonly #memory = new Map<string, Promise<unknown>>();

  private constructor(directory: string, store?: string) {
    this.directory = directory;
    this.#store = store;
    this.#objects = new ObjectReader(directory);
    this.trees = new TreeReader(this.#objects);
  }

  /** Creates an empty bare repository whose HEAD is `defaultBranch`. */
  static async create(directory: string, defaultBranch: string): Promise<GitRepository> {
    await mkdir(directory, { recursive: true });
    await runGit(directory, [
      "init",
      "--quiet",
      "--bare",
      "--template=",
      `--initial-branch=${defaultBranch}`,
    ]);
    return new GitRepository(directory);
  }

  /** A bare repository that is there already. */
  static open(directory: string): GitRepository {
    return new GitRepository(directory);
  }

  /** A fork: refs of its own, objects shared with this repository through Git's alternates. */
  async fork(directory: string, defaultBranch: string): Promise<GitRepository> {
    await GitRepository.create(directory, defaultBranch);
    const store = this.#store ?? join(this.directory, "objects");
    await mkdir(join(directory, "objects", "info"), { recursive: true });
    await writeFile(join(directory, "objects", "info", "alternates"), `${store}\n`);
    const refs = await gitText(
      this.directory,
      "for-each-ref",
      "--format=create %(refname) %(objectname)",
      "refs/heads",
    );
    const fork = new GitRepository(directory, store);
    await fork.updateRefs(refs.split("\n"));
    return fork;
  }

  /** Object id, type and size of what a revision (`main`, a SHA, `HEAD:path`) names; null when it names nothing. */
  object(revision: string): Promise<ObjectInfo | null> {
    return this.#objects.info(revision);
  }

  /** The commit a ref or SHA names; null when it names none. */
  async resolve(revision: string): Promise<string | null> {
    return (await this.#objects.info(`${revision}^{commit}`))?.oid ?? null;
  }

  /** The commit at the tip of a branch; null when there is no such branch. */
  tip(branch: string): Promise<string | null> {
    return this.resolve(`refs/heads/${branch}`);
  }

  commit(oid: string): Promise<Commit> {
    return this.#once(`commit ${oid}`, async () => {
      const object = await this.#objects.read(oid);
      if (object?.type !== "commit") throw new Error(`${oid} is not a commit`);
      return parseCommit(oid, object.body);
    });
  }

  /** Contents of a blob; null when there is no blob with this id. */
  async blob(oid: string): Promise<Buffer | null> {
    const object = await this.#objects.read(oid);
    return object?.type === "blob" ? object.body : null;
  }

  /** The entry at a path of a commit; null when there is none. */
  async entry(commit: string, path: string): Promise<TreeEntry | null> {
    return this.trees.at((await this.commit(commit)).tree, path);
  }

  /** Best common ancestor; null for unrelated histories. */
  mergeBase(a: string, b: string): Promise<string | null> {
    return this.#once(`merge-base ${a} ${b}`, async () => {
      const { code, output } = await runGit(this.directory, ["merge-base", a, b], { accept: [0, 1] });
      return code === 0 ? output.toString().trim() : null;
    });
  }

  /** Files that differ between two commits, as a two-dot diff. */
  changes(base: string, head: string): Promise<FileChange[]> {
    return this.#once(`diff ${base} ${head}`, () => differingFiles(this.directory, base, head));
  }

  /** Commits reachable from `head` and not from `base`, oldest first. */
  commitsBetween(base: string, head: string): Promise<readonly string[]> {
    return this.#once(`commits ${base} ${head}`, async () => {
      const output = await gitText(this.directory, "rev-list", "--reverse", "--topo-order", head, `^${base}`);
      return output === "" ? [] : output.split("\n");
    });
  }

  /** Commits that lead to `head`, newest first; with a path, those that changed it. */
  commitsTouching(head: string, path: string | null): Promise<readonly string[]> {
    return this.#once(`history ${head} ${path}`, async () => {
      const output = await gitText(
        this.directory,
        "log",
        "--format=%H",
        head,
        ...(path === null ? [] : ["--", path]),
      );
      return output === "" ? [] : output.split("\n");
    });
  }

  /** The commit that merging `head` into `base` makes, without moving a ref; null when they conflict. */
  testMerge(base: string, head: string): Promise<string | null> {
    return this.#once(`merge ${base} ${head}`, async () => {
      const args = ["merge-tree", "--write-tree", "--no-messages", base, head];
      const { code, output } = await runGit(this.directory, args, { accept: [0, 1, 128] }); // 128: unrelated histories
      if (code !== 0) return null;
      const tree = output.toString().trim();
      const message = `Merge ${head} into ${base}`;
      const commit = ["commit-tree", tree, "-p", base, "-p", head, "-m", message];
      return (await runGit(this.directory, commit, { env: mergeIdentity })).output.toString().trim();
    });
  }

  /** Writes commits and moves their refs. */
  write(commits: readonly NewCommit[]): Promise<void> {
    return writeCommits(this.directory, commits, this.#store);
  }

  /** Commands of `git update-ref --stdin`, all or none. */
  async updateRefs(commands: readonly string[]): Promise<void> {
    await runGit(this.directory, ["update-ref", "--stdin"], { input: `${commands.join("\n")}\n` });
  }

  close(): void {
    this.#objects.close();
  }

  #once<T>(question: string, answer: () => Promise<T>): Promise<T> {
    let known = this.#memory.get(question) as Promise<T> | undefined;
    if (known === undefined) {
      known = answer();
      this.#memory.set(question, known);
    }
    return known;
  }
}
