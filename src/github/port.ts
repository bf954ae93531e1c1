import type { Conversation, Remark } from "../policy/approvals/conversation.ts";
import type { Fact, Question } from "../policy/approvals/facts.ts";
import type { PolicyVersion } from "../policy/layers.ts";

/**
 * Everything the story may ask of GitHub, in the story's words. `client.ts` answers over REST and GraphQL.
 * Methods throw `GitHubFault` when GitHub or the network fails; what GitHub can truthfully say about the
 * user's repository (a missing file, a commit it will not show) comes back as a value.
 */
export interface GitHub {
  /** The pull request as GitHub has it now, what Sluice has already said on it, and its open siblings. */
  pullRequest(number: number): Promise<PullRequestState>;
  /** Merge base and three-dot patches of two commits (a fork's head counts as one of this repository). */
  compare(base: string, head: string): Promise<Comparison>;
  /** Every entry below a commit. `complete: false` when GitHub cut the list (100,000 entries, 7 MB). */
  tree(commit: string): Promise<Tree>;
  /**
   * Contents by blob SHA, in as few requests as GitHub allows. Every SHA asked for is answered; unless `whole`, a text that
   * cannot matter to the mesh by itself (`mattersToMesh`) may come back empty.
   */
  blobs(shas: readonly string[], whole?: boolean): Promise<ReadonlyMap<string, Blob>>;
  /** Files as the default branch had them: their newest versions, newest first. A file that was never there is left out. */
  fileHistories(paths: readonly string[]): Promise<ReadonlyMap<string, readonly FileVersion[]>>;
  /** Answers one question about who may approve. What GitHub says no to is an answer; what it fails to say is thrown. */
  ask(question: Question): Promise<Fact>;
  /** The organisation's policy file on its default branch. The repository's own comes with the pull request. */
  organisationPolicy(): Promise<PolicyFile>;
  /** What a policy file was on its default branch: its newest versions, newest first. */
  policyVersions(owner: PolicyOwner): Promise<readonly PolicyVersion[]>;
  /**
   * Another repository that policy counts as part of the mesh, as its default branch is now. `own`: it is this very
   * repository. `hidden`: it is missing or the app is not installed on it. `foreign`: its account is neither this
   * repository's nor the policy's.
   */
  inventory(repository: RepositoryName): Promise<InventoryRepository | Unavailable>;
}

export type Unavailable = "own" | "hidden" | "foreign";

/** The default branch of another repository. */
export interface InventoryRepository extends Pick<GitHub, "tree" | "blobs"> {
  readonly id: number;
  /** The commit at its tip; null while the repository is empty. */
  readonly commit: string | null;
}

/** Whose policy file: the organisation's, or the repository's own. */
export type PolicyOwner = "organisation" | "repository";

/** A file's content as the default branch had it for a time. */
export interface FileVersion {
  readonly text: string;
  /** When it came to the default branch, in milliseconds since 1970. */
  readonly at: number;
}

/** A group of the merge queue, as GitHub has it now. */
export interface MergeGroupState {
  readonly head: string;
  /** The branch it goes into, and the commit at its tip now. */
  readonly branch: string;
  readonly baseTip: string;
  /** Numbers of the pull requests between the tip and the head, those queued before included; empty when the queue shows no such group. */
  readonly members: readonly number[];
}

/** What a publisher may say. A dry run is a story without a publisher. */
export interface Publisher {
  /** Opens a check run on `head` as `in_progress`. */
  beginCheck(head: string, externalId: string): Promise<CheckRunId>;
  /** The run of ours with this `externalId`, for whoever lost the answer to opening it and must not double it. */
  findCheck(head: string, externalId: string): Promise<FoundCheck | null>;
  /** Completes the run. Annotations are sent in batches of 50. */
  completeCheck(run: CheckRunId, report: CheckReport): Promise<void>;
  /** Creates or updates the one report comment of ours; unchanged text costs no request. */
  upsertReportComment(pull: PullRequestState, body: string): Promise<void>;
  /** One COMMENT review with the comments whose fingerprint is not on the pull request yet. */
  review(pull: PullRequestState, comments: readonly ReviewComment[]): Promise<void>;
  /** Puts a comment of ours on the timeline, and says how it stands there. */
  reply(pull: number, body: string): Promise<Remark>;
  /** Reacts with eyes to a comment: seen, the answer follows. */
  react(comment: number): Promise<void>;
}

export interface RepositoryRef {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
}

/** A repository where only its name is known. */
export type RepositoryName = Pick<RepositoryRef, "owner" | "name">;

export interface PullRequestState {
  readonly number: number;
  readonly nodeId: string;
  readonly state: "open" | "closed" | "merged";
  readonly title: string;
  readonly author: string;
  readonly url: string;
  /** Branch the pull request goes into, and the commit at its tip now. */
  readonly baseRef: string;
  readonly baseTip: string;
  readonly head: string;
  /** GitHub's test merge of head into the base tip; null while unknown or in conflict. */
  readonly testMerge: string | null;
  readonly defaultBranch: string;
  /** Numbers of all open pull requests, this one too, whose head is the same commit. */
  readonly sameHead: readonly number[];
  readonly ownComments: readonly { readonly id: number; readonly body: string }[];
  /** Everything said on the pull request that may bear on an approval. */
  readonly conversation: Conversation;
  /** `.github/sluice.yaml` on this repository's default branch. */
  readonly repositoryPolicy: PolicyFile;
  /** Fingerprints of findings that already have an inline comment of ours. */
  readonly commentedFingerprints: ReadonlySet<string>;
}

export interface Comparison {
  readonly mergeBase: string;
  /** Unified patches by path at head, for the first 300 files: says which lines a comment may stand on. */
  readonly patches: ReadonlyMap<string, string>;
}

export interface TreeEntry {
  readonly path: string;
  readonly sha: string;
  readonly kind: "file" | "symlink" | "submodule";
  /** Bytes; null for a submodule. */
  readonly size: number | null;
}
export interface Tree {
  readonly entries: readonly TreeEntry[];
  readonly complete: boolean;
}

/** A blob's text, or why there is none. */
export type Blob =
  | { readonly text: string }
  | { readonly unreadable: "binary" | "not-utf8" | "too-large" | "missing" };

/** `absent`: the repository is there and has no such file. `hidden`: the repository is missing or the app is not installed on it. */
export type PolicyFile =
  | { readonly kind: "file"; readonly source: string; readonly commit: string; readonly text: string }
  | { readonly kind: "absent" | "hidden"; readonly source: string };

export type CheckRunId = number;
export interface FoundCheck {
  readonly id: CheckRunId;
  readonly completed: boolean;
}
export type Conclusion = "success" | "failure" | "action_required";

/** A finished check, within GitHub's limits (`limits.ts`). */
export interface CheckReport {
  readonly conclusion: Conclusion;
  readonly title: string;
  readonly summary: string;
  readonly text: string;
  readonly annotations: readonly Annotation[];
  /** At most three buttons. */
  readonly actions?: readonly CheckAction[];
}
export interface CheckAction {
  /** At most 20 characters. */
  readonly label: string;
  /** At most 40 characters. */
  readonly description: string;
  /** At most 20 characters; comes back when the button is pressed. */
  readonly identifier: string;
}
export interface Annotation {
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
  /** Only for an annotation on a single line. */
  readonly startColumn?: number;
  readonly endColumn?: number;
  readonly level: "notice" | "warning" | "failure";
  readonly title: string;
  readonly message: string;
}
export interface ReviewComment {
  readonly path: string;
  /** The last of its lines. */
  readonly line: number;
  /** The first of them, where there are several. */
  readonly startLine?: number;
  readonly fingerprint: string;
  readonly body: string;
}

/** GitHub or the network failed, or told us to wait. Thrown; the Durable Object retries and then says so. */
export class GitHubFault extends Error {
  readonly status: number | null;
  /** Milliseconds since 1970 before which GitHub asked not to be called again. */
  readonly retryAt: number | null;
  constructor(message: string, status: number | null = null, retryAt: number | null = null, cause?: unknown) {
    super(message, { cause });
    this.name = "GitHubFault";
    this.status = status;
    this.retryAt = retryAt;
  }
}
