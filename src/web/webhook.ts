import type { Context } from "hono";
import { type Bindings, objectName } from "../durable/bindings.ts";
import { readConfiguration } from "../environment.ts";
import type { Job, PushJob } from "../event/job.ts";
import { routeDelivery } from "../event/route.ts";
import { isSigned } from "../event/verify.ts";
import { limits } from "../github/limits.ts";
import { boundedBody } from "./bounded-body.ts";

/**
 * Takes a delivery of GitHub's: size, signature over the raw bytes, JSON, shape, and then a note to the object that will
 * do the work. Answers within milliseconds; nobody is asked anything for a delivery that is not signed.
 */
export async function receiveWebhook(context: Context<{ Bindings: Bindings }>): Promise<Response> {
  const { configuration } = readConfiguration(context.env);
  if (!configuration) return context.json({ error: "Sluice is not configured; see /healthz" }, 503);
  const body = await boundedBody(context.req.raw, limits.webhookBytes);
  if (body === null) return context.json({ error: "larger than any payload of GitHub's" }, 413);
  const signature = context.req.header("x-hub-signature-256");
  if (!(await isSigned(body, signature, configuration.webhookSecrets))) {
    return context.json({ error: "the signature does not match the webhook secret" }, 401);
  }
  const payload = readJson(body, context.req.header("content-type"));
  if (payload === undefined) {
    return context.json({ error: 'not JSON; set the webhook\'s content type to "application/json"' }, 400);
  }
  const event = context.req.header("x-github-event") ?? "";
  const id = context.req.header("x-github-delivery") ?? crypto.randomUUID();
  const routed = routeDelivery({ event, id }, payload, configuration.owners);
  if ("malformed" in routed) return context.json({ error: routed.malformed }, 400);
  if ("ignored" in routed) return context.json({ ignored: routed.ignored }, 202);
  return context.json({ accepted: await handOver(routed.job, context.env) }, 202);
}

/** The parsed body; undefined when it is not JSON in UTF-8. GitHub can be told to send forms instead. */
function readJson(body: Uint8Array, contentType: string | undefined): unknown {
  if (!/^application\/json\b/i.test(contentType ?? "")) return undefined;
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(body));
  } catch {
    return undefined;
  }
}

async function handOver(job: Job, env: Bindings): Promise<string> {
  const { id } = job.repository;
  if (job.kind === "pull-request") {
    return env.PULL_REQUEST.getByName(objectName.pullRequest(id, job.number)).note(job);
  }
  if (job.kind === "merge-group") {
    return env.MERGE_GROUP.getByName(objectName.headCommit(id, job.head)).note(job);
  }
  if (job.kind === "head")
    await env.HEAD_COMMIT.getByName(objectName.headCommit(id, job.head)).rerequested(job);
  else await pushed(job, env);
  return "noted";
}

/** A push concerns the pull requests of its repository, and of those that read their policy there. */
async function pushed(job: PushJob, env: Bindings): Promise<void> {
  const own = env.REPOSITORY.getByName(objectName.repository(job.repository.id)).pushed(job);
  const isRead = job.branch === job.defaultBranch;
  const shared = env.SHARED_REPOSITORY.getByName(objectName.sharedRepository(job.repository));
  await Promise.all([own, isRead ? shared.pushed(job) : null]);
}
