import type { CheckRun, CheckSuite } from "./checks.ts";
import type { GitRepository } from "./git/repository.ts";
import type { Files } from "./git/write.ts";
import type { PullRequest } from "./pull-request.ts";
import type { Account } from "./world.ts";

/** A person's role in a repository, as GitHub names it in `role_name`. */
export type Role = "admin" | "maintain" | "write" | "triage" | "read";

export interface RepositoryFields {
  readonly id: number;
  readonly owner: Account;
  readonly name: string;
  readonly private: boolean;
  readonly defaultBranch: string;
  readonly git: GitRepository;
  readonly parent: Repository | null;
  readonly roles: ReadonlyMap<string, Role>;
}

/** An entry of the merge queue, with the commit GitHub made for it on top of those queued before it. */
export interface MergeGroup {
  readonly id: number;
  readonly repository: Repository;
  /** The branch it is to become. */
  readonly branch: string;
  readonly pull: PullRequest;
  readonly head: string;
  /** The commit it stands on: the tip of the branch, or the group before it. */
  readonly base: string;
  readonly ref: string;
}

export interface CommitOptions {
  readonly author?: string;
  readonly message?: string;
  /** The commit to build on instead of the branch's tip; null starts a new history. */
  readonly onto?: string | null;
}

/** First commit of every repository: 2026-01-01. Each further one is a minute later, so SHAs are the same on every machine. */
const firstCommit = 1_767_225_600;

/** A repository on this GitHub. Its methods change Git alone; what people do, with its events, is on `LocalGitHub`. */
export class Repository {
  readonly id: number;
  readonly owner: Account;
  name: string;
  /** Names it had before; GitHub redirects from them. */
  readonly formerNames: string[] = [];
  readonly private: boolean;
  readonly defaultBranch: string;
  /** Whether the app's installation on the owner, where there is one, reaches it. */
  selected = true;
  readonly git: GitRepository;
  /** The repository this one is a fork of. */
  readonly parent: Repository | null;
  readonly roles: Map<string, Role>;
  readonly pulls: PullRequest[] = [];
  /** First come, first merged. */
  readonly queue: MergeGroup[] = [];
  readonly suites: CheckSuite[] = [];
  readonly runs: CheckRun[] = [];
  #commits = 0;

  constructor(fields: RepositoryFields) {
    this.id = fields.id;
    this.owner = fields.owner;
    this.name = fields.name;
    this.private = fields.private;
    this.defaultBranch = fields.defaultBranch;
    this.git = fields.git;
    this.parent = fields.parent;
    this.roles = new Map(fields.roles);
  }

  /** The commit a revision names. Throws when there is none. */
  async sha(revision: string): Promise<string> {
    const commit = await this.git.resolve(revision);
    if (commit === null) throw new Error(`${this.owner.login}/${this.name} has no commit ${revision}`);
    return commit;
  }

  /** Makes a branch (or moves it) to a revision, and answers with its commit. */
  async branch(name: string, from: string = this.defaultBranch): Promise<string> {
    const commit = await this.sha(from);
    await this.git.updateRefs([`update refs/heads/${name} ${commit}`]);
    return commit;
  }

  /** Commits files onto a branch; a path with null is removed. A new branch starts at the default branch. */
  async commit(branch: string, files: Files, options: CommitOptions = {}): Promise<string> {
    const start = (await this.git.tip(branch)) ?? (await this.git.tip(this.defaultBranch));
    const parent = options.onto === undefined ? start : options.onto;
    const author = options.author ?? "alice";
    const [first, ...others] = Object.keys(files);
    const message =
      options.message ?? `Change ${first}${others.length > 0 ? ` and ${others.length} more` : ""}`;
    const timestamp = firstCommit + 60 * this.#commits;
    this.#commits += 1;
    await this.git.write([{ ref: `refs/heads/${branch}`, parent, files, message, author, timestamp }]);
    return this.sha(`refs/heads/${branch}`);
  }
}
