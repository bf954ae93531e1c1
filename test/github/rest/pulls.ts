import { type Answer, ok } from "../http/answer.ts";
import { type Call, listAnswer, pullOf, repositoryOf } from "../http/call.ts";
import { serverLimits } from "../limits.ts";
import { changedFiles, type PullRequest } from "../pull-request.ts";
import { commitJson, fileJson } from "../represent/commit.ts";
import {
  knownState,
  mergedState,
  pullJson,
  pullSummaryJson,
  type ShownState,
} from "../represent/pull-request.ts";

/** What this caller sees of a pull request's head and test merge, while GitHub may still be catching up. */
export async function shownState(call: Call, pull: PullRequest): Promise<ShownState> {
  const { visibility } = call.services;
  const headSha = visibility.headOf(call, pull);
  const upToDate = headSha === pull.headSha && visibility.knowsMergeability(call);
  return upToDate ? mergedState(pull) : knownState(pull, headSha);
}

/** What lists show of it: no test merge is made for them. */
export function listedJson(call: Call, pull: PullRequest) {
  return pullSummaryJson(call.links, pull, knownState(pull, call.services.visibility.headOf(call, pull)));
}

/** `GET /repos/{owner}/{repo}/pulls/{pull_number}` */
export async function getPull(call: Call): Promise<Answer> {
  const pull = pullOf(call);
  return ok(await pullJson(call.links, pull, await shownState(call, pull)));
}

/** `GET /repos/{owner}/{repo}/pulls`: filters by state, `head` (`owner:branch`) and `base`; newest first. */
export function listPulls(call: Call): Promise<Answer> {
  const state = call.query.get("state") ?? "open";
  const head = call.query.get("head");
  const base = call.query.get("base");
  const updated = call.query.get("sort") === "updated";
  const oldestFirst = call.query.get("direction") === "asc";
  const found = repositoryOf(call)
    .pulls.filter((pull) => state === "all" || pull.state === state)
    .filter((pull) => head === null || `${pull.headRepository.owner.login}:${pull.headRef}` === head)
    .filter((pull) => base === null || pull.baseRef === base)
    .sort((a, b) => (updated ? a.updatedAt.localeCompare(b.updatedAt) : 0) || a.number - b.number);
  const ordered = oldestFirst ? found : found.reverse();
  return listAnswer(call, ordered, (pull) => listedJson(call, pull));
}

/** `GET /repos/{owner}/{repo}/pulls/{pull_number}/files` */
export async function listPullFiles(call: Call): Promise<Answer> {
  const pull = pullOf(call);
  const head = call.services.visibility.headOf(call, pull);
  const files = await changedFiles(pull, head);
  return listAnswer(call, files, (file) => fileJson(call.links, pull.repository, head, file));
}

/** `GET /repos/{owner}/{repo}/pulls/{pull_number}/commits`: at most 250. */
export async function listPullCommits(call: Call): Promise<Answer> {
  const pull = pullOf(call);
  const { git } = pull.repository;
  const commits = await git.commitsBetween(pull.baseSha, call.services.visibility.headOf(call, pull));
  return listAnswer(call, commits.slice(0, serverLimits.listedCommits), async (oid) =>
    commitJson(call.world, call.links, pull.repository, await git.commit(oid)),
  );
}
