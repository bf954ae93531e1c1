import {
  type Annotation,
  type CheckRun,
  type CheckSuite,
  latestRuns,
  pullsOfCheck,
  suiteState,
} from "../checks.ts";
import type { World } from "../world.ts";
import { appJson } from "./account.ts";
import { simpleCommitJson } from "./commit.ts";
import type { Links } from "./links.ts";
import { pullReferenceJson } from "./pull-request.ts";
import { repositoryJson, repositoryPage, repositoryUrl } from "./repository.ts";

/** A check run as GitHub's `check-run`. */
export function runJson(world: World, links: Links, run: CheckRun) {
  const { repository } = run.suite;
  const url = `${repositoryUrl(links, repository)}/check-runs/${run.id}`;
  const page = `${repositoryPage(links, repository)}/runs/${run.id}`;
  return {
    id: run.id,
    node_id: `CR_${run.id}`,
    name: run.name,
    head_sha: run.headSha,
    external_id: run.externalId,
    url,
    html_url: page,
    details_url: run.detailsUrl ?? appJson(links, world.app).external_url,
    status: run.status,
    conclusion: run.conclusion,
    started_at: run.startedAt,
    completed_at: run.completedAt,
    output: {
      ...run.output,
      annotations_count: run.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    check_suite: { id: run.suite.id },
    app: appJson(links, world.app),
    pull_requests: pullsOfCheck(repository, run.headSha).map((pull) => pullReferenceJson(links, pull)),
  };
}

/** A check run as webhooks carry it, with its suite. */
export function runInEventJson(world: World, links: Links, run: CheckRun) {
  const { suite } = run;
  return {
    ...runJson(world, links, run),
    check_suite: {
      ...suiteSummary(world, links, suite),
      repository: repositoryJson(links, suite.repository),
    },
  };
}

/** A check suite as GitHub's `check-suite`. */
export async function suiteJson(world: World, links: Links, suite: CheckSuite) {
  const { repository } = suite;
  const runs = repository.runs.filter((run) => run.suite === suite);
  return {
    ...suiteSummary(world, links, suite),
    repository: repositoryJson(links, repository),
    head_commit: simpleCommitJson(await repository.git.commit(suite.headSha)),
    latest_check_runs_count: latestRuns(runs).length,
    check_runs_url: `${repositoryUrl(links, repository)}/check-suites/${suite.id}/check-runs`,
    rerequestable: true,
    runs_rerequestable: true,
  };
}

function suiteSummary(world: World, links: Links, suite: CheckSuite) {
  return {
    id: suite.id,
    node_id: `CS_${suite.id}`,
    head_branch: suite.headBranch,
    head_sha: suite.headSha,
    before: suite.before,
    after: suite.headSha,
    ...suiteState(suite),
    created_at: suite.createdAt,
    updated_at: suite.updatedAt,
    url: `${repositoryUrl(links, suite.repository)}/check-suites/${suite.id}`,
    app: { ...appJson(links, world.app), events: world.app.events.filter(isDescribed) },
    pull_requests: pullsOfCheck(suite.repository, suite.headSha).map((pull) =>
      pullReferenceJson(links, pull),
    ),
  };
}

/** GitHub's description of the app in check suites does not know this event. */
const isDescribed = (event: string) => event !== "merge_group";

/** An annotation as GitHub's `check-annotation`. */
export function annotationJson(links: Links, run: CheckRun, annotation: Annotation) {
  const path = annotation.path.split("/").map(encodeURIComponent).join("/");
  return {
    path: annotation.path,
    blob_href: `${repositoryPage(links, run.suite.repository)}/blob/${run.headSha}/${path}`,
    start_line: annotation.start_line,
    end_line: annotation.end_line,
    start_column: annotation.start_column ?? null,
    end_column: annotation.end_column ?? null,
    annotation_level: annotation.annotation_level,
    title: annotation.title ?? null,
    message: annotation.message,
    raw_details: annotation.raw_details ?? null,
  };
}
