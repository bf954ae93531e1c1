import type { Call } from "../http/call.ts";
import type { PullRequest } from "../pull-request.ts";
import type { Repository } from "../repository.ts";
import { type ConnectionArguments, connection } from "./connection.ts";
import { pullRequest } from "./pull-request.ts";

/** The merged pull requests that brought a commit; of one that is not on the default branch, the open ones as well. */
export async function associatedPullRequests(
  call: Call,
  repository: Repository,
  commit: string,
  args: ConnectionArguments,
) {
  const tip = await repository.git.tip(repository.defaultBranch);
  const isOnDefaultBranch = tip !== null && (await repository.git.mergeBase(commit, tip)) === commit;
  const found: PullRequest[] = [];
  for (const pull of repository.pulls) {
    const counts = pull.merged !== null || (pull.state === "open" && !isOnDefaultBranch);
    if (counts && (await brings(pull, commit))) found.push(pull);
  }
  return connection("associatedPullRequests", found, args, (pull) => pullRequest(call, pull));
}

async function brings({ repository: { git }, merged, baseSha, headSha }: PullRequest, commit: string) {
  if (merged?.sha === commit) return true;
  const [before = baseSha] = merged ? (await git.commit(merged.sha)).parents : [];
  return (await git.commitsBetween(before, headSha)).includes(commit);
}
