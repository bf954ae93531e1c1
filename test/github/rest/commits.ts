import { type Answer, notFound, ok, Refusal } from "../http/answer.ts";
import { type Call, listAnswer, paginate, repositoryOf, visibleCommit } from "../http/call.ts";
import { serverLimits } from "../limits.ts";
import type { Repository } from "../repository.ts";
import { commitJson, fileJson } from "../represent/commit.ts";
import { repositoryPage, repositoryUrl } from "../represent/repository.ts";
import { listedJson } from "./pulls.ts";

/** `GET /repos/{owner}/{repo}/commits/{ref}` */
export async function getCommit(call: Call): Promise<Answer> {
  const repository = repositoryOf(call);
  const revision = call.parameters.ref ?? "";
  const oid = await visibleCommit(call, repository, revision);
  if (oid === null) throw new Refusal(422, `No commit found for SHA: ${revision}`);
  return ok(commitJson(call.world, call.links, repository, await repository.git.commit(oid)));
}

/** `GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls`: pull requests whose head this is; open ones first. */
export async function listPullsOfCommit(call: Call): Promise<Answer> {
  const repository = repositoryOf(call);
  const revision = call.parameters.commit_sha ?? "";
  const oid = await visibleCommit(call, repository, revision);
  if (oid === null) throw new Refusal(422, `No commit found for SHA: ${revision}`);
  const heads = repository.pulls.filter((pull) => pull.headSha === oid && pull.headRepository === repository);
  const sorted = heads.toSorted((a, b) => b.state.localeCompare(a.state));
  return listAnswer(call, sorted, (pull) => listedJson(call, pull));
}

/** `GET /repos/{owner}/{repo}/compare/{basehead}`: three-dot; at most 300 files, on the first page only. */
export async function compareCommits(call: Call): Promise<Answer> {
  const repository = repositoryOf(call);
  const { git } = repository;
  const [from = "", to = ""] = (call.parameters.basehead ?? "").split("...");
  const base = await endOf(call, repository, from);
  const head = await endOf(call, repository, to);
  const mergeBase = await git.mergeBase(base, head);
  if (mergeBase === null) throw new Refusal(404, `No common ancestor between ${from} and ${to}.`);
  const ahead = await git.commitsBetween(base, head);
  const behind = await git.commitsBetween(head, base);
  const firstPage = Number(call.query.get("page") ?? 1) === 1;
  const files = firstPage ? (await git.changes(mergeBase, head)).slice(0, serverLimits.compareFiles) : [];
  const paged = call.query.has("page") || call.query.has("per_page");
  const { items, headers } = paged
    ? paginate(call, ahead)
    : { items: ahead.slice(0, serverLimits.listedCommits), headers: {} };
  const commit = async (oid: string) => commitJson(call.world, call.links, repository, await git.commit(oid));
  const page = `${repositoryPage(call.links, repository)}/compare`;
  return {
    headers,
    ...ok({
      url: `${repositoryUrl(call.links, repository)}/compare/${from}...${to}`,
      html_url: `${page}/${from}...${to}`,
      permalink_url: `${page}/${base}...${head}`,
      diff_url: `${page}/${from}...${to}.diff`,
      patch_url: `${page}/${from}...${to}.patch`,
      base_commit: await commit(base),
      merge_base_commit: await commit(mergeBase),
      status: statusOf(ahead.length, behind.length),
      ahead_by: ahead.length,
      behind_by: behind.length,
      total_commits: ahead.length,
      commits: await Promise.all(items.map(commit)),
      files: files.map((file) => fileJson(call.links, repository, head, file)),
    }),
  };
}

/** One end of a comparison: a branch, a SHA, or `owner:branch` of a repository in the same network. */
async function endOf(call: Call, repository: Repository, name: string): Promise<string> {
  const [owner, branch] = name.includes(":") ? name.split(":") : [repository.owner.login, name];
  const other = call.world.repositories.find(
    (candidate) =>
      candidate.owner.login === owner && (candidate === repository || candidate.parent === repository),
  );
  const commit = other === undefined ? null : await visibleCommit(call, other, branch ?? "");
  if (commit === null) throw notFound();
  return commit;
}

function statusOf(ahead: number, behind: number): string {
  if (ahead > 0 && behind > 0) return "diverged";
  if (ahead > 0) return "ahead";
  return behind > 0 ? "behind" : "identical";
}
