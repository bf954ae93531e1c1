import type { CheckRun, CheckSuite } from "../checks.ts";
import { type Answer, created, notFound } from "../http/answer.ts";
import { type Call, repositoryOf } from "../http/call.ts";
import type { Events } from "../webhooks/events.ts";
import type { Account, World } from "../world.ts";

/** `POST /repos/{owner}/{repo}/check-runs/{check_run_id}/rerequest` */
export function rerequestRun(call: Call): Answer {
  const id = Number(call.parameters.check_run_id);
  const run = repositoryOf(call).runs.find((candidate) => candidate.id === id);
  if (run === undefined) throw notFound();
  askForRunAgain(call.world, call.services.events, run, call.world.app.bot);
  return created({});
}

/** `POST /repos/{owner}/{repo}/check-suites/{check_suite_id}/rerequest` */
export async function rerequestSuite(call: Call): Promise<Answer> {
  const id = Number(call.parameters.check_suite_id);
  const suite = repositoryOf(call).suites.find((candidate) => candidate.id === id);
  if (suite === undefined) throw notFound();
  await askForSuiteAgain(call.world, call.services.events, suite, call.world.app.bot);
  return created({});
}

/** The "Re-run" button of one check: its suite is queued again, the run itself stays as it was (checks/rerequest-run). */
export function askForRunAgain(world: World, events: Events, run: CheckRun, sender: Account): void {
  requeue(world, run.suite);
  events.checkRun("rerequested", run, sender);
}

/** The "Re-run all checks" button. */
export async function askForSuiteAgain(
  world: World,
  events: Events,
  suite: CheckSuite,
  sender: Account,
): Promise<void> {
  requeue(world, suite);
  await events.checkSuite("rerequested", suite, sender);
}

function requeue(world: World, suite: CheckSuite): void {
  suite.rerequested = true;
  suite.updatedAt = world.now();
}
