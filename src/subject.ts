import type { PullRequestState } from "./github/port.ts";
import type { Subject } from "./policy/subject.ts";

/** What policy may tell a pull request by: its repository, and the branch that it is for. */
export function subjectOf({ url, baseRef }: Pick<PullRequestState, "url" | "baseRef">): Subject {
  const [, repository = null] = /([^/]+\/[^/]+)\/pull\/\d+$/.exec(url) ?? [];
  return { repository, branch: baseRef };
}
