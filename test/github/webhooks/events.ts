import type { CheckRun, CheckSuite } from "../checks.ts";
import type { Contract } from "../contract/contract.ts";
import { isoTime } from "../git/commit.ts";
import { grants, type Permission } from "../http/permission.ts";
import type { IssueComment, PullRequest, Review } from "../pull-request.ts";
import type { MergeGroup, Repository } from "../repository.ts";
import { accountJson, organisationJson } from "../represent/account.ts";
import { runInEventJson, suiteJson } from "../represent/check.ts";
import { simpleCommitJson } from "../represent/commit.ts";
import { commentJson, issueJson, reviewJson } from "../represent/conversation.ts";
import type { Links } from "../represent/links.ts";
import { knownState, pullJson } from "../represent/pull-request.ts";
import { repositoryJson, repositoryPage, repositoryUrl } from "../represent/repository.ts";
import type { Account, App, World } from "../world.ts";
import { newGuid, type Webhooks } from "./webhooks.ts";

/** The permission an app needs to hear of an event (the event's description in GitHub's OpenAPI). */
export const neededToHear: Readonly<Record<string, Permission>> = {
  check_run: "checks:read",
  check_suite: "checks:read",
  issue_comment: "issues:read",
  merge_group: "merge_queues:read",
  pull_request: "pull_requests:read",
  pull_request_review: "pull_requests:read",
  pull_request_review_comment: "pull_requests:read",
  push: "contents:read",
};

/** What every app that may write checks hears without subscribing. */
const checkRequests = new Set([
  "check_run.rerequested",
  "check_run.requested_action",
  "check_suite.requested",
  "check_suite.rerequested",
]);

/** Throws when the app subscribes to an event its permissions do not allow: GitHub refuses such a manifest. */
export function assertSubscriptions(app: App): void {
  for (const event of app.events) {
    const needed = neededToHear[event];
    if (needed === undefined) throw new Error(`the local GitHub does not send the event ${event}`);
    if (!grants(app.permissions, needed))
      throw new Error(`the event ${event} needs the permission ${needed}`);
  }
}

const noCommit = "0".repeat(40);

/** Tells the app what happened, where it is installed and subscribed. Payloads are made at once: they show the moment. */
export class Events {
  readonly #world: World;
  readonly #links: Links;
  readonly #webhooks: Webhooks;
  readonly #contract: Contract;

  constructor(world: World, links: Links, webhooks: Webhooks, contract: Contract) {
    this.#world = world;
    this.#links = links;
    this.#webhooks = webhooks;
    this.#contract = contract;
  }

  /** `pull_request`: opened, edited, synchronize, closed, reopened … */
  async pullRequest(
    action: string,
    pull: PullRequest,
    sender: Account,
    more: Readonly<Record<string, unknown>> = {},
  ): Promise<void> {
    const pull_request = await pullJson(this.#links, pull, knownState(pull));
    this.#send("pull_request", action, pull.repository, sender, {
      number: pull.number,
      pull_request,
      ...more,
    });
  }

  /** `push`: a branch moved. A null commit means that the branch was made or removed. */
  async push(
    repository: Repository,
    branch: string,
    move: { readonly before: string | null; readonly after: string | null; readonly forced: boolean },
    sender: Account,
  ): Promise<void> {
    const { before, after, forced } = move;
    const git = repository.git;
    const listed = after === null || before === null ? [] : await git.commitsBetween(before, after);
    const commits = await Promise.all(listed.map((oid) => this.#commitInPush(repository, oid)));
    this.#send("push", null, repository, sender, {
      ref: `refs/heads/${branch}`,
      before: before ?? noCommit,
      after: after ?? noCommit,
      created: before === null,
      deleted: after === null,
      forced,
      base_ref: null,
      compare: `${repositoryPage(this.#links, repository)}/compare/${before ?? noCommit}...${after ?? noCommit}`,
      commits,
      head_commit: after === null ? null : await this.#commitInPush(repository, after),
      pusher: { name: sender.login, email: `${sender.login}@users.noreply.github.local` },
    });
  }

  /** `check_suite`: requested after a push, rerequested by a person. */
  async checkSuite(action: "requested" | "rerequested", suite: CheckSuite, sender: Account): Promise<void> {
    const check_suite = await suiteJson(this.#world, this.#links, suite);
    this.#send("check_suite", action, suite.repository, sender, { check_suite });
  }

  /** `check_run`: created, completed, rerequested, requested_action. */
  checkRun(
    action: string,
    run: CheckRun,
    sender: Account,
    more: Readonly<Record<string, unknown>> = {},
  ): void {
    const check_run = runInEventJson(this.#world, this.#links, run);
    this.#send("check_run", action, run.suite.repository, sender, { check_run, ...more });
  }

  /** `issue_comment`: created, edited, deleted. */
  issueComment(
    action: string,
    pull: PullRequest,
    comment: IssueComment,
    sender: Account,
    more: Readonly<Record<string, unknown>> = {},
  ): void {
    this.#send("issue_comment", action, pull.repository, sender, {
      issue: issueJson(this.#links, pull),
      comment: commentJson(this.#world, this.#links, pull, comment),
      ...more,
    });
  }

  /** `merge_group`: checks_requested, destroyed. */
  async mergeGroup(
    action: "checks_requested" | "destroyed",
    group: MergeGroup,
    sender: Account,
    more: Readonly<Record<string, unknown>> = {},
  ): Promise<void> {
    const { repository, head, base, branch, ref } = group;
    const merge_group = {
      head_sha: head,
      head_ref: ref,
      base_sha: base,
      base_ref: `refs/heads/${branch}`,
      head_commit: simpleCommitJson(await repository.git.commit(head)),
    };
    this.#send("merge_group", action, repository, sender, { merge_group, ...more });
  }

  /** `pull_request_review`: submitted, dismissed. */
  async review(action: string, pull: PullRequest, review: Review, sender: Account): Promise<void> {
    const pull_request = await pullJson(this.#links, pull, knownState(pull));
    const shown = reviewJson(this.#links, pull, review);
    this.#send("pull_request_review", action, pull.repository, sender, {
      review: { ...shown, state: review.state.toLowerCase() },
      pull_request,
    });
  }

  #send(
    event: string,
    action: string | null,
    repository: Repository,
    sender: Account,
    about: Readonly<Record<string, unknown>>,
  ): void {
    const installation = this.#world.installation(repository);
    if (installation === null || !this.#hears(event, action)) return;
    const payload = {
      ...(action === null ? {} : { action }),
      ...about,
      repository: repositoryJson(this.#links, repository),
      ...(repository.owner.type === "Organization"
        ? { organization: organisationJson(this.#links, repository.owner) }
        : {}),
      sender: accountJson(this.#links, sender),
      installation: { id: installation.id, node_id: `I_${installation.id}` },
    };
    this.#contract.checkPayload(event, action, payload);
    this.#webhooks.send({
      guid: newGuid(),
      event,
      action,
      installationId: installation.id,
      repositoryId: repository.id,
      body: JSON.stringify(payload),
      redelivery: false,
    });
  }

  #hears(event: string, action: string | null): boolean {
    const { app } = this.#world;
    if (app.events.includes(event)) return true;
    return grants(app.permissions, "checks:write") && checkRequests.has(`${event}.${action}`);
  }

  async #commitInPush(repository: Repository, oid: string) {
    const commit = await repository.git.commit(oid);
    return {
      id: oid,
      tree_id: commit.tree,
      distinct: true,
      message: commit.message,
      timestamp: isoTime(commit.committer.timestamp),
      url: `${repositoryUrl(this.#links, repository)}/commit/${oid}`,
      author: { name: commit.author.name, email: commit.author.email },
      committer: { name: commit.committer.name, email: commit.committer.email },
    };
  }
}
