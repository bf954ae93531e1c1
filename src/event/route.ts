import type * as z from "zod";
import type { RepositoryRef } from "../github/port.ts";
import { jobOfPress, saidByComment, saidByReview } from "./conversation.ts";
import type { Job } from "./job.ts";
import * as payload from "./payload.ts";

/** A webhook's fate: work, nothing to do and why, or not the event that its header claims. */
export type Routed = { readonly job: Job } | { readonly ignored: string } | { readonly malformed: string };

/** The unsigned headers of a delivery. */
export interface Delivery {
  /** `X-GitHub-Event`. */
  readonly event: string;
  /** `X-GitHub-Delivery`. */
  readonly id: string;
}

type Occasion = Pick<Job, "installation" | "repository" | "delivery" | "reason">;
type Route = (body: unknown, delivery: Delivery, reason: string) => Routed;

const lookAtPullRequest = route(payload.pullRequestEvent, (event, occasion) => ({
  ...occasion,
  kind: "pull-request",
  number: event.pull_request.number,
  url: event.pull_request.html_url,
  seen: { head: event.pull_request.head.sha, updatedAt: Date.parse(event.pull_request.updated_at) },
}));

/** `edited` also fires for titles and descriptions, which decide nothing here. */
const lookIfRetargeted: Route = (body, delivery, reason) => {
  const event = payload.pullRequestEvent.safeParse(body);
  const retargeted = !event.success || event.data.changes?.base !== undefined;
  return retargeted ? lookAtPullRequest(body, delivery, reason) : { ignored: "only the text was edited" };
};

const lookAtHeadOfRun = route(payload.checkRunEvent, (event, occasion) => ({
  ...occasion,
  kind: "head",
  head: event.check_run.head_sha,
}));

const lookAtHeadOfSuite = route(payload.checkSuiteEvent, (event, occasion) => ({
  ...occasion,
  kind: "head",
  head: event.check_suite.head_sha,
}));

const branchMoved = route(payload.pushEvent, (event, occasion) => {
  const branch = /^refs\/heads\/(.+)$/.exec(event.ref)?.[1];
  const after = payload.existingCommit(event.after);
  if (branch === undefined || after === null) return null;
  return {
    ...occasion,
    kind: "push",
    branch,
    defaultBranch: event.repository.default_branch,
    before: payload.existingCommit(event.before),
    after,
  };
});

const listenToComment = route(payload.commentEvent, (event, occasion) => {
  const said = saidByComment(occasion.reason.split(".")[1] ?? "", event);
  if (said === null || event.issue.pull_request === undefined) return null;
  const { number, html_url: url } = event.issue;
  return { ...occasion, kind: "pull-request", number, url, seen: null, said };
});

const listenToReview = route(payload.reviewEvent, (event, occasion) => {
  const said = saidByReview(occasion.reason.split(".")[1] ?? "", event);
  if (said === null) return null;
  const { number, html_url: url } = event.pull_request;
  return { ...occasion, kind: "pull-request", number, url, seen: null, said };
});

const buttonPressed = route(payload.pressEvent, jobOfPress);

const lookAtMergeGroup = route(payload.mergeGroupEvent, (event, occasion) => ({
  ...occasion,
  kind: "merge-group",
  head: event.merge_group.head_sha,
  branch: event.merge_group.base_ref.replace(/^refs\/heads\//, ""),
  ended: occasion.reason === "merge_group.destroyed",
}));

/** Every event that causes work. GitHub keeps adding events and actions: what is not here is acknowledged and ignored. */
const routes: Readonly<Record<string, Route>> = {
  "pull_request.opened": lookAtPullRequest,
  "pull_request.reopened": lookAtPullRequest,
  "pull_request.synchronize": lookAtPullRequest,
  "pull_request.ready_for_review": lookAtPullRequest,
  "pull_request.edited": lookIfRetargeted,
  "pull_request.closed": lookAtPullRequest,
  "pull_request.stacked": lookAtPullRequest,
  "pull_request_review.submitted": listenToReview,
  "pull_request_review.edited": listenToReview,
  "pull_request_review.dismissed": listenToReview,
  "issue_comment.created": listenToComment,
  "issue_comment.edited": listenToComment,
  "issue_comment.deleted": listenToComment,
  "merge_group.checks_requested": lookAtMergeGroup,
  "merge_group.destroyed": lookAtMergeGroup,
  "check_run.requested_action": buttonPressed,
  "check_run.rerequested": lookAtHeadOfRun,
  "check_suite.rerequested": lookAtHeadOfSuite,
  push: branchMoved,
};

/** What the delivered `body` (parsed JSON) asks for. `owners` are the accounts served, in lower case; null serves all. */
export function routeDelivery(
  delivery: Delivery,
  body: unknown,
  owners: ReadonlySet<string> | null = null,
): Routed {
  const common = payload.anyEvent.safeParse(body);
  if (!common.success) return { malformed: "The payload is not a JSON object as GitHub sends it." };
  const { action, installation } = common.data;
  const name = action === undefined ? delivery.event : `${delivery.event}.${action}`;
  const found = Object.hasOwn(routes, name) ? routes[name] : undefined;
  if (found === undefined) return { ignored: `nothing depends on ${name}` };
  if (installation == null) return { ignored: "not sent for an installation of the app" };
  const routed = found(body, delivery, name);
  const owner = "job" in routed ? routed.job.repository.owner.toLowerCase() : null;
  if (owner !== null && owners !== null && !owners.has(owner)) {
    return { ignored: `${owner} is not among ALLOWED_OWNERS` };
  }
  return routed;
}

function route<S extends payload.Source>(
  schema: z.ZodType<S>,
  toJob: (event: S, occasion: Occasion) => Job | null,
): Route {
  return (body, delivery, reason) => {
    const event = schema.safeParse(body);
    if (!event.success) {
      const where = event.error.issues[0]?.path.join(".") ?? "";
      return { malformed: `The payload is not that of a ${reason} event (see \`${where}\`).` };
    }
    const occasion: Occasion = {
      installation: event.data.installation.id,
      repository: repositoryOf(event.data),
      delivery: delivery.id,
      reason,
    };
    const job = toJob(event.data, occasion);
    return job === null ? { ignored: "nothing hangs on it" } : { job };
  };
}

function repositoryOf({ repository }: payload.Source): RepositoryRef {
  return { id: repository.id, owner: repository.owner.login, name: repository.name };
}
