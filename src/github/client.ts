import type { Fact, Question } from "../policy/approvals/facts.ts";
import { type PolicyVersion, policyPath } from "../policy/layers.ts";
import type { GitHubApp } from "./app.ts";
import { Authority } from "./authority.ts";
import { readBlobs } from "./blobs.ts";
import type { Connection } from "./connection.ts";
import { readFileHistories } from "./file-histories.ts";
import { readDefaultBranch } from "./inventory.ts";
import { inventoryPermissions, policyPermissions, repositoryPermissions } from "./manifest.ts";
import { readMergeGroup } from "./merge-group.ts";
import { openPullRequestsAt } from "./open-pull-requests.ts";
import {
  type PolicyNodes,
  policyFields,
  policyFileOf,
  policyRepositoryOf,
  policySource,
} from "./policy-file.ts";
import { readPolicyVersions } from "./policy-versions.ts";
import {
  type Blob,
  type Comparison,
  type FileVersion,
  type GitHub,
  GitHubFault,
  type InventoryRepository,
  type MergeGroupState,
  type PolicyFile,
  type PolicyOwner,
  type RepositoryName,
  type RepositoryRef,
  type Tree,
  type TreeEntry,
  type Unavailable,
} from "./port.ts";
import { type PullRequestSnapshot, readPullRequest } from "./snapshot.ts";

/** The token's view of one repository: for `RepositoryClient` and `RepositoryPublisher` alike. */
export function connectRepository(
  app: GitHubApp,
  installation: number,
  repository: RepositoryRef,
): Connection {
  return app.connect(installation, {
    repositories: { repository_ids: [repository.id] },
    permissions: repositoryPermissions,
  });
}

/** One repository on GitHub, read over REST and GraphQL. */
export class RepositoryClient implements GitHub {
  readonly #app: GitHubApp;
  readonly #connection: Connection;
  readonly #installation: number;
  readonly #repository: RepositoryRef;
  readonly #policyRepository: RepositoryName;

  /** `policyRepository` null: the owner's `.github` repository. */
  constructor(
    app: GitHubApp,
    connection: Connection,
    installation: number,
    repository: RepositoryRef,
    policyRepository: RepositoryName | null,
  ) {
    this.#app = app;
    this.#connection = connection;
    this.#installation = installation;
    this.#repository = repository;
    this.#policyRepository = policyRepositoryOf(repository, policyRepository);
  }

  pullRequest(number: number): Promise<PullRequestSnapshot> {
    return readPullRequest(this.#connection, this.#repository, number);
  }

  /** Numbers and addresses of the open pull requests with this head commit, forks included. */
  openPullRequestsAt(head: string): Promise<{ number: number; url: string }[]> {
    return openPullRequestsAt(this.#connection, this.#repository, head);
  }

  async compare(base: string, head: string): Promise<Comparison> {
    const { owner, name } = this.#repository;
    const { data } = await this.#connection.request("GET /repos/{owner}/{repo}/compare/{basehead}", {
      owner,
      repo: name,
      basehead: `${base}...${head}`,
      // Pages are of commits, which nobody here reads; all files come with the first page.
      per_page: 1,
    });
    const patches = (data.files ?? []).flatMap(({ filename, patch }) =>
      patch === undefined ? [] : [[filename, patch] as const],
    );
    return { mergeBase: data.merge_base_commit.sha, patches: new Map(patches) };
  }

  async tree(commit: string): Promise<Tree> {
    const { owner, name } = this.#repository;
    const { data } = await this.#connection.request("GET /repos/{owner}/{repo}/git/trees/{tree_sha}", {
      owner,
      repo: name,
      tree_sha: commit,
      recursive: "1",
    });
    const entries = data.tree.flatMap(({ path, sha, mode, type, size }): TreeEntry[] => {
      if (type === "tree") return [];
      const kind = mode === "120000" ? "symlink" : mode === "160000" ? "submodule" : "file";
      return [{ path, sha, kind, size: kind === "submodule" ? null : (size ?? 0) }];
    });
    return { entries, complete: !data.truncated };
  }

  blobs(shas: readonly string[]): Promise<ReadonlyMap<string, Blob>> {
    return readBlobs(this.#connection, this.#repository, shas);
  }

  fileHistories(paths: readonly string[]): Promise<ReadonlyMap<string, readonly FileVersion[]>> {
    return readFileHistories(this.#connection, this.#repository, paths);
  }

  /** A group of the merge queue of `branch`. */
  mergeGroup(branch: string, head: string): Promise<MergeGroupState> {
    return readMergeGroup(this.#app, this.#installation, this.#repository, branch, head);
  }

  ask(question: Question): Promise<Fact> {
    const authority = new Authority(this.#app, this.#connection, this.#installation, this.#repository);
    return authority.answer(question);
  }

  async organisationPolicy(): Promise<PolicyFile> {
    const hidden = { kind: "hidden", source: policySource(this.#policyRepository) } as const;
    const connection = await this.#policyConnection();
    if (connection === null) return hidden;
    const nodes = await readPolicyNodes(connection, this.#policyRepository);
    return nodes ? policyFileOf(connection, this.#policyRepository, nodes) : hidden;
  }

  async policyVersions(of: PolicyOwner): Promise<readonly PolicyVersion[]> {
    const isOwn = of === "repository";
    const connection = isOwn ? this.#connection : await this.#policyConnection();
    const repository = isOwn ? this.#repository : this.#policyRepository;
    return connection === null ? [] : readPolicyVersions(connection, repository);
  }

  /** Whether two commits have another policy file; a commit that GitHub does not show has none. */
  async policyDiffers(before: string, after: string): Promise<boolean> {
    const query = `query PolicyDiffers($owner: String!, $name: String!, $before: String!, $after: String!) {
  repository(owner: $owner, name: $name) {
    before: object(expression: $before) { oid }
    after: object(expression: $after) { oid }
  }
}`;
    const { owner, name } = this.#repository;
    const { data } = await this.#connection.graphql<{
      repository: Record<"before" | "after", { oid: string } | null> | null;
    }>(query, { owner, name, before: `${before}:${policyPath}`, after: `${after}:${policyPath}` });
    return data?.repository?.before?.oid !== data?.repository?.after?.oid;
  }

  /** A token's view of the organisation's policy repository; null where the app is not installed. */
  async #policyConnection(): Promise<Connection | null> {
    const { owner, name } = this.#policyRepository;
    const isOurOwner = owner.toLowerCase() === this.#repository.owner.toLowerCase();
    const installation = isOurOwner ? this.#installation : await this.#app.installationOf(owner, name);
    if (installation === null) return null;
    return this.#app.connect(installation, {
      repositories: { repositories: [name] },
      permissions: policyPermissions,
    });
  }

  async inventory(named: RepositoryName): Promise<InventoryRepository | Unavailable> {
    if (isSame(named, this.#repository)) return "own";
    // A policy must not make us read what is another customer's: one app may be installed on many accounts.
    const accounts = [this.#repository, this.#policyRepository].map(({ owner }) => owner.toLowerCase());
    if (!accounts.includes(named.owner.toLowerCase())) return "foreign";
    const isOurOwner = named.owner.toLowerCase() === accounts[0];
    const installation = isOurOwner
      ? this.#installation
      : await this.#app.installationOf(named.owner, named.name);
    if (installation === null) return "hidden";
    const connection = this.#app.connect(installation, {
      repositories: { repositories: [named.name] },
      permissions: inventoryPermissions,
    });
    const found = await readDefaultBranch(connection, named);
    if (!found) return "hidden";
    const { repository, commit } = found;
    if (repository.id === this.#repository.id) return "own";
    const client = new RepositoryClient(this.#app, connection, installation, repository, null);
    return {
      id: repository.id,
      commit,
      tree: (at) => client.tree(at),
      blobs: (shas) => client.blobs(shas),
    };
  }
}

function isSame(one: RepositoryName, other: RepositoryName): boolean {
  return (
    one.owner.toLowerCase() === other.owner.toLowerCase() &&
    one.name.toLowerCase() === other.name.toLowerCase()
  );
}

/** Null where the installation does not see the repository: GitHub then refuses the token itself, with 404 or 422. */
async function readPolicyNodes(
  connection: Connection,
  { owner, name }: RepositoryName,
): Promise<PolicyNodes | null> {
  const query = `query Policy($owner: String!, $name: String!) {
  repository(owner: $owner, name: $name) {
    ${policyFields}
  }
}`;
  try {
    const { data } = await connection.graphql<{ repository: PolicyNodes | null }>(query, { owner, name });
    return data?.repository ?? null;
  } catch (error) {
    if (error instanceof GitHubFault && (error.status === 404 || error.status === 422)) return null;
    throw error;
  }
}
