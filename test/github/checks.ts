import type { PullRequest } from "./pull-request.ts";
import { isFromFork } from "./pull-request.ts";
import type { Repository } from "./repository.ts";
import type { World } from "./world.ts";

export type Status = "queued" | "in_progress" | "completed";
export type Conclusion =
  | "success"
  | "failure"
  | "neutral"
  | "cancelled"
  | "skipped"
  | "timed_out"
  | "action_required"
  | "stale";

export interface Annotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly start_column?: number;
  readonly end_column?: number;
  readonly annotation_level: "notice" | "warning" | "failure";
  readonly title?: string;
  readonly message: string;
  readonly raw_details?: string;
}

export interface CheckOutput {
  readonly title: string | null;
  readonly summary: string | null;
  readonly text: string | null;
}

export interface CheckAction {
  readonly label: string;
  readonly description: string;
  readonly identifier: string;
}

/** What one app has to say about one commit; GitHub makes it on a push, and its status follows its runs. */
export interface CheckSuite {
  readonly id: number;
  readonly repository: Repository;
  readonly headSha: string;
  readonly headBranch: string | null;
  readonly before: string | null;
  readonly createdAt: string;
  updatedAt: string;
  /** Set by a re-request: the suite is queued again whatever its runs say, until a new run arrives. */
  rerequested: boolean;
}

export interface CheckRun {
  readonly id: number;
  readonly suite: CheckSuite;
  name: string;
  readonly headSha: string;
  externalId: string;
  detailsUrl: string | null;
  status: Status;
  conclusion: Conclusion | null;
  startedAt: string;
  completedAt: string | null;
  output: CheckOutput;
  readonly annotations: Annotation[];
  actions: readonly CheckAction[];
}

/** The suite of the app on a commit; made when there is none. */
export function suiteOf(
  world: World,
  repository: Repository,
  headSha: string,
  branch: { readonly name: string | null; readonly before: string | null },
): CheckSuite {
  const known = repository.suites.find((suite) => suite.headSha === headSha);
  if (known !== undefined) return known;
  const now = world.now();
  const suite: CheckSuite = {
    id: world.nextId(),
    repository,
    headSha,
    headBranch: branch.name,
    before: branch.before,
    createdAt: now,
    updatedAt: now,
    rerequested: false,
  };
  repository.suites.push(suite);
  return suite;
}

/** The newest run of each name: what GitHub shows, and what counts for the suite. */
export function latestRuns(runs: readonly CheckRun[]): CheckRun[] {
  return [...new Map(runs.map((run) => [run.name, run])).values()];
}

/** Worst first: a suite concludes as the run with the highest priority (github/docs, about-status-checks.md). */
const priority: readonly Conclusion[] = [
  "action_required",
  "cancelled",
  "timed_out",
  "failure",
  "stale",
  "neutral",
  "success",
  "skipped",
];

/** Status and conclusion of a suite, from its newest runs. */
export function suiteState(suite: CheckSuite): { status: Status; conclusion: Conclusion | null } {
  const runs = latestRuns(suite.repository.runs.filter((run) => run.suite === suite));
  if (suite.rerequested || runs.length === 0) return { status: "queued", conclusion: null };
  const pending = runs.find((run) => run.status !== "completed");
  if (pending !== undefined) return { status: pending.status, conclusion: null };
  const conclusion = priority.find((candidate) => runs.some((run) => run.conclusion === candidate)) ?? null;
  return { status: "completed", conclusion };
}

/** The pull requests GitHub names in check events: open ones with this head, and never those of forks. */
export function pullsOfCheck(repository: Repository, headSha: string): PullRequest[] {
  return repository.pulls.filter(
    (pull) => pull.state === "open" && pull.headSha === headSha && !isFromFork(pull),
  );
}
