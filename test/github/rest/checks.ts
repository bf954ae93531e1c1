import {
  type Annotation,
  type CheckAction,
  type CheckRun,
  type Conclusion,
  latestRuns,
  type Status,
  suiteOf,
} from "../checks.ts";
import { type Answer, created, notFound, ok, Refusal } from "../http/answer.ts";
import { type Call, listAnswer, paginate, repositoryOf, visibleCommit } from "../http/call.ts";
import { serverLimits } from "../limits.ts";
import { annotationJson, runJson, suiteJson } from "../represent/check.ts";

interface RunFields {
  readonly name?: string;
  readonly head_sha?: string;
  readonly external_id?: string;
  readonly details_url?: string;
  readonly status?: Status;
  readonly conclusion?: Conclusion;
  readonly started_at?: string;
  readonly completed_at?: string;
  readonly output?: {
    readonly title?: string;
    readonly summary?: string;
    readonly text?: string;
    readonly annotations?: readonly Annotation[];
  };
  readonly actions?: readonly CheckAction[];
}

/** `POST /repos/{owner}/{repo}/check-runs` */
export async function createRun(call: Call): Promise<Answer> {
  const { world, services } = call;
  const repository = repositoryOf(call);
  const fields = call.body as RunFields;
  const headSha = await visibleCommit(call, repository, fields.head_sha ?? "");
  if (headSha === null || headSha !== fields.head_sha) {
    throw new Refusal(422, `No commit found for SHA: ${fields.head_sha}`);
  }
  const suite = suiteOf(world, repository, headSha, { name: null, before: null });
  const run: CheckRun = {
    id: world.nextId(),
    suite,
    name: fields.name ?? "",
    headSha,
    externalId: "",
    detailsUrl: null,
    status: "queued",
    conclusion: null,
    startedAt: world.now(),
    completedAt: null,
    output: { title: null, summary: null, text: null },
    annotations: [],
    actions: [],
  };
  apply(call, run, fields);
  repository.runs.push(run);
  suite.rerequested = false;
  services.events.checkRun("created", run, world.app.bot);
  if (run.status === "completed") services.events.checkRun("completed", run, world.app.bot);
  return created(runJson(world, call.links, run));
}

/** `PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}`: annotations are added, never replaced. */
export function updateRun(call: Call): Answer {
  const run = runOf(call);
  const before = run.status;
  apply(call, run, (call.body ?? {}) as RunFields);
  run.suite.rerequested = false;
  if (before !== "completed" && run.status === "completed") {
    call.services.events.checkRun("completed", run, call.world.app.bot);
  }
  return ok(runJson(call.world, call.links, run));
}

/** `GET /repos/{owner}/{repo}/check-runs/{check_run_id}` */
export function getRun(call: Call): Answer {
  return ok(runJson(call.world, call.links, runOf(call)));
}

/** `GET /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations` */
export function listAnnotations(call: Call): Promise<Answer> {
  const run = runOf(call);
  return listAnswer(call, run.annotations, (annotation) => annotationJson(call.links, run, annotation));
}

/** `GET /repos/{owner}/{repo}/commits/{ref}/check-runs`: newest run of each name, unless `filter=all`. */
export async function listRunsOfCommit(call: Call): Promise<Answer> {
  const repository = repositoryOf(call);
  const oid = await commitOf(call);
  const onCommit = repository.runs.filter(({ headSha }) => headSha === oid);
  const name = call.query.get("check_name");
  const status = call.query.get("status");
  const found = (call.query.get("filter") === "all" ? onCommit : latestRuns(onCommit))
    .filter((run) => name === null || run.name === name)
    .filter((run) => status === null || run.status === status)
    .filter(() => isOurApp(call));
  const { items, headers } = paginate(call, found.toReversed());
  const check_runs = items.map((run) => runJson(call.world, call.links, run));
  return { ...ok({ total_count: found.length, check_runs }), headers };
}

/** `GET /repos/{owner}/{repo}/commits/{ref}/check-suites` */
export async function listSuitesOfCommit(call: Call): Promise<Answer> {
  const oid = await commitOf(call);
  const found = repositoryOf(call).suites.filter((suite) => suite.headSha === oid && isOurApp(call));
  const { items, headers } = paginate(call, found);
  const check_suites = await Promise.all(items.map((suite) => suiteJson(call.world, call.links, suite)));
  return { ...ok({ total_count: found.length, check_suites }), headers };
}

async function commitOf(call: Call): Promise<string> {
  const oid = await visibleCommit(call, repositoryOf(call), call.parameters.ref ?? "");
  if (oid === null) throw new Refusal(422, `No commit found for SHA: ${call.parameters.ref}`);
  return oid;
}

/** Every run on this GitHub is the one app's; a filter for another app finds none. */
function isOurApp(call: Call): boolean {
  const app = call.query.get("app_id");
  return app === null || Number(app) === call.world.app.id;
}

function runOf(call: Call): CheckRun {
  const id = Number(call.parameters.check_run_id);
  const run = repositoryOf(call).runs.find((candidate) => candidate.id === id);
  if (run === undefined) throw notFound();
  return run;
}

/** A conclusion completes a run, and a completed run does not open again (Mergifyio/mergify#541). */
function apply(call: Call, run: CheckRun, fields: RunFields): void {
  if (fields.status === "completed" && fields.conclusion === undefined) {
    throw new Refusal(422, 'Invalid request.\n\n"conclusion" wasn\'t supplied.');
  }
  for (const annotation of fields.output?.annotations ?? []) assertAnnotation(annotation);
  run.name = fields.name ?? run.name;
  run.externalId = fields.external_id ?? run.externalId;
  run.detailsUrl = fields.details_url ?? run.detailsUrl;
  run.startedAt = fields.started_at ?? run.startedAt;
  run.actions = fields.actions ?? run.actions;
  if (fields.conclusion !== undefined || fields.completed_at !== undefined) {
    run.status = "completed";
    run.conclusion = fields.conclusion ?? run.conclusion;
    run.completedAt = fields.completed_at ?? call.world.now();
  } else if (run.status !== "completed") {
    run.status = fields.status ?? run.status;
  }
  if (fields.output !== undefined) {
    const { title, summary, text } = fields.output;
    run.output = { title: title ?? run.output.title, summary: summary ?? null, text: text ?? null };
    run.annotations.push(...(fields.output.annotations ?? []));
  }
  run.suite.updatedAt = call.world.now();
}

function assertAnnotation(annotation: Annotation): void {
  const { start_line, end_line, start_column, end_column, title, message, raw_details } = annotation;
  const refuse = (problem: string) => new Refusal(422, `Invalid request.\n\n${problem}`);
  if (end_line < start_line) throw refuse("end_line must be greater than or equal to start_line");
  if (start_line !== end_line && (start_column !== undefined || end_column !== undefined)) {
    throw refuse("start_column and end_column are only permitted if start_line and end_line are equal.");
  }
  if (Buffer.byteLength(message) > serverLimits.annotationMessageBytes) throw refuse("message is too long");
  if (Buffer.byteLength(raw_details ?? "") > serverLimits.annotationRawDetailsBytes) {
    throw refuse("raw_details is too long");
  }
  if ((title ?? "").length > serverLimits.annotationTitleCharacters) {
    throw refuse(
      `Only ${serverLimits.annotationTitleCharacters} characters are allowed; ${title?.length} were supplied.`,
    );
  }
}
