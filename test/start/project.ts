import type { LocalGitHub, PullRequest, RepositoryOptions } from "../github/index.ts";

/** What is shown: repositories, a pull request on the first of them, and what may still be pushed. */
export interface Project {
  /** The first is the one with the pull request. */
  readonly repositories: readonly RepositoryOptions[];
  /** Who may comment; the first has written the pull request. */
  readonly people: readonly string[];
  open(github: LocalGitHub): Promise<PullRequest>;
  /** What can be pushed to the head branch now. */
  head(): Push | null;
  /** What can be pushed to the base branch now. */
  base(): Push | null;
}

export interface Push {
  readonly label: string;
  /** What will happen. */
  readonly explanation: string;
  /** Pushes; answers with a complaint when there is nothing to push. */
  push(github: LocalGitHub, pull: PullRequest): Promise<string | null>;
}
