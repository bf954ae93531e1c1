import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Changes } from "./changes.ts";
import type { CheckRun, CheckSuite } from "./checks.ts";
import { changeComment, removeComment, writeComment } from "./conversation.ts";
import type { Faults } from "./faults.ts";
import type { GitHubServer } from "./http/server.ts";
import type { Ledger, LoggedRequest } from "./ledger.ts";
import { dequeue, enqueue } from "./people/merge-queue.ts";
import * as pullRequests from "./people/pull-requests.ts";
import { announceMove, type Move, type Pushed, pushFiles, type Scene } from "./people/pushes.ts";
import { dismissReview, type NewReview, submitReview } from "./people/reviews.ts";
import { setTeam } from "./people/teams.ts";
import type { IssueComment, PullRequest, Review } from "./pull-request.ts";
import { type MergeGroup, Repository } from "./repository.ts";
import { askForRunAgain, askForSuiteAgain } from "./rest/rerequests.ts";
import type { LocalServices } from "./services.ts";
import type { Visibility } from "./visibility.ts";
import { neededToHear } from "./webhooks/events.ts";
import type { Delivery, Webhooks, WebhookTarget } from "./webhooks/webhooks.ts";
import type { App, Membership, World } from "./world.ts";

export interface Knobs {
  /** Milliseconds every request takes longer. Benchmarks only: no story waits for a clock. */
  latencyMs: number;
  /** Entries `git/trees` lists before it cuts. */
  treeEntries: number;
}

export interface LocalGitHubParts {
  readonly world: World;
  readonly services: LocalServices;
  readonly faults: Faults;
  readonly changes: Changes;
  readonly server: GitHubServer;
  readonly knobs: Knobs;
  readonly folder: string;
  readonly url: string;
}

/** A GitHub of one's own: what people do on it are methods, what the app does comes in over HTTP. */
export class LocalGitHub {
  /** Where REST is; GraphQL is at `/graphql`, and both again as GitHub Enterprise Server has them, under `/api`. */
  readonly url: string;
  readonly knobs: Knobs;
  readonly faults: Faults;
  readonly webhooks: Webhooks;
  readonly visibility: Visibility;
  readonly world: World;
  readonly #parts: LocalGitHubParts;
  readonly #scene: Scene;

  constructor(parts: LocalGitHubParts) {
    this.#parts = parts;
    this.url = parts.url;
    this.knobs = parts.knobs;
    this.faults = parts.faults;
    this.webhooks = parts.services.webhooks;
    this.visibility = parts.services.visibility;
    this.world = parts.world;
    this.#scene = { world: parts.world, events: parts.services.events };
  }

  get app(): App {
    return this.world.app;
  }

  /** Every request so far, oldest first. */
  get requests(): readonly LoggedRequest[] {
    return this.#ledger.requests;
  }

  /** What GitHub's own description does not allow, in requests to us and in answers of ours. */
  get violations(): readonly string[] {
    return this.#ledger.violations;
  }

  /** What requests needed, and what it took to hear of the events that were delivered. */
  permissionsUsed(): string[] {
    const heard = this.eventsDelivered().flatMap((event) => neededToHear[event.split(".")[0] ?? ""] ?? []);
    return [...new Set([...this.#ledger.permissionsUsed(), ...heard])].sort();
  }

  eventsDelivered(): string[] {
    return this.#ledger.eventsDelivered();
  }

  /** A repository by its full name. Throws when there is none. */
  repository(fullName: string): Repository {
    const [owner = "", name = ""] = fullName.split("/");
    const repository = this.world.repository(owner, name);
    if (repository === null) throw new Error(`there is no repository ${fullName}`);
    return repository;
  }

  /** Sends webhooks to a URL or a function from now on. */
  webhookTarget(deliverTo: WebhookTarget["deliverTo"], secret: string): void {
    this.webhooks.target = { deliverTo, secret };
  }

  /** Copies a repository into somebody's account; both share their objects. */
  async fork(repo: Repository, owner: string): Promise<Repository> {
    const { world, folder } = this.#parts;
    const id = world.nextId();
    const git = await repo.git.fork(join(folder, `${id}.git`), repo.defaultBranch);
    const { name, defaultBranch } = repo;
    const fields = { id, owner: world.account(owner), name, private: repo.private, defaultBranch, git };
    const fork = new Repository({ ...fields, parent: repo, roles: new Map([[owner, "admin"]]) });
    world.repositories.push(fork);
    return fork;
  }

  /** Gives a repository another name. Its old one redirects. */
  rename(repo: Repository, name: string): void {
    repo.formerNames.push(repo.name);
    repo.name = name;
  }

  /** Deletes a repository: nobody sees it any more. */
  remove(repo: Repository): void {
    const { repositories } = this.#parts.world;
    repositories.splice(repositories.indexOf(repo), 1);
  }

  openPullRequest(asked: pullRequests.NewPullRequest): Promise<PullRequest> {
    return this.#acted(pullRequests.openPullRequest(this.#scene, asked));
  }

  /** Commits onto a branch and pushes it. Answers with the new tip. */
  push(pushed: Pushed): Promise<string> {
    return this.#acted(pushFiles(this.#scene, pushed));
  }

  /** Commits onto `onto` instead of the branch's tip (null: onto nothing) and pushes by force. */
  forcePush(pushed: Pushed & { readonly onto: string | null }): Promise<string> {
    return this.push(pushed);
  }

  /** Announces a branch that moved by other means than `push`: real Git in the repository's folder. */
  moved(repo: Repository, move: Move, by = "alice"): Promise<void> {
    return this.#acted(announceMove(this.#scene, repo, move, this.world.account(by)));
  }

  retarget(pull: PullRequest, base: string, by = pull.author.login): Promise<void> {
    return this.#acted(pullRequests.retarget(this.#scene, pull, base, this.world.account(by)));
  }

  close(pull: PullRequest, by = pull.author.login): Promise<void> {
    return this.#acted(pullRequests.close(this.#scene, pull, this.world.account(by)));
  }

  reopen(pull: PullRequest, by = pull.author.login): Promise<void> {
    return this.#acted(pullRequests.reopen(this.#scene, pull, this.world.account(by)));
  }

  merge(pull: PullRequest, by = pull.author.login): Promise<void> {
    return this.#acted(pullRequests.merge(this.#scene, pull, this.world.account(by)));
  }

  /** A person's comment on a pull request's timeline. */
  comment(pull: PullRequest, by: string, body: string): IssueComment {
    return this.#did(() => writeComment(this.#parts, pull, this.world.account(by), body));
  }

  editComment(pull: PullRequest, comment: IssueComment, by: string, body: string): void {
    this.#did(() => changeComment(this.#parts, pull, comment, this.world.account(by), body));
  }

  deleteComment(pull: PullRequest, comment: IssueComment, by: string): void {
    this.#did(() => removeComment(this.#parts, pull, comment, this.world.account(by)));
  }

  /** A person's review. */
  review(pull: PullRequest, by: string, review: NewReview): Promise<Review> {
    return this.#acted(submitReview(this.#scene, pull, this.world.account(by), review));
  }

  /** Takes a review's force away. */
  dismissReview(pull: PullRequest, review: Review, by: string): Promise<void> {
    return this.#acted(dismissReview(this.#scene, pull, review, this.world.account(by)));
  }

  /** Makes a team, or gives it other members: active, or pending while they have not answered the invitation. */
  team(name: string, members: Readonly<Record<string, Membership>>, parent: string | null = null): void {
    this.#did(() => setTeam(this.world, name, members, parent));
  }

  /** Queues pull requests for merging, one behind the other; checks are requested for all of them together. */
  enqueue(pulls: readonly PullRequest[], by = "alice"): Promise<MergeGroup> {
    return this.#acted(enqueue(this.#scene, pulls, this.world.account(by)));
  }

  dequeue(group: MergeGroup, by = "alice"): Promise<void> {
    return this.#acted(dequeue(this.#scene, group, this.world.account(by)));
  }

  /** Presses a button of a check. */
  press(check: CheckRun, identifier: string, by: string): void {
    const sender = this.world.account(by);
    const requested_action = { identifier };
    this.#did(() => this.#scene.events.checkRun("requested_action", check, sender, { requested_action }));
  }

  /** Presses "Re-run" on one check, or "Re-run all checks" on a suite. */
  async rerequest(check: CheckRun | CheckSuite, by = "alice"): Promise<void> {
    const sender = this.world.account(by);
    const { world, events } = this.#scene;
    if ("suite" in check) askForRunAgain(world, events, check, sender);
    else await askForSuiteAgain(world, events, check, sender);
    this.#parts.changes.announce();
  }

  /** Presses "Redeliver" in the app's settings. */
  redeliver(delivery: Delivery): void {
    this.webhooks.redeliver(delivery);
  }

  /** Check runs on a commit, in any repository, oldest first. */
  checkRuns(sha: string): CheckRun[] {
    return this.world.repositories.flatMap(({ runs }) => runs).filter(({ headSha }) => headSha === sha);
  }

  /** A pull request of the first repository. Throws when there is none. */
  pull(number: number, repo: Repository | undefined = this.world.repositories[0]): PullRequest {
    const pull = repo === undefined ? null : this.world.pull(repo, number);
    if (pull === null) throw new Error(`there is no pull request ${number}`);
    return pull;
  }

  comments(number: number, repo?: Repository): readonly IssueComment[] {
    return this.pull(number, repo).comments;
  }

  reviews(number: number, repo?: Repository): readonly Review[] {
    return this.pull(number, repo).reviews;
  }

  /** Resolves when the condition holds, looked at after every request, delivery and deed. Rejects after `failAfterMs`. */
  until(condition: () => boolean | Promise<boolean>, failAfterMs = 5000): Promise<void> {
    const recent = () =>
      `Last requests: ${this.requests
        .slice(-8)
        .map(({ method, path, status }) => `${method} ${path} ${status}`)
        .join(", ")}. Violations: ${this.violations.join("; ") || "none"}.`;
    return this.#parts.changes.until(condition, failAfterMs, recent);
  }

  /** Resolves when every webhook so far was answered. */
  settled(): Promise<void> {
    return this.webhooks.settled();
  }

  /** Stops listening, ends Git's processes and removes the repositories. */
  async stop(): Promise<void> {
    await this.#parts.server.close();
    const directories = this.world.repositories.map(({ git }) => {
      git.close();
      return git.directory;
    });
    for (const folder of [...directories, this.#parts.folder])
      await rm(folder, { recursive: true, force: true });
  }

  get #ledger(): Ledger {
    return this.#parts.services.ledger;
  }

  async #acted<T>(deed: Promise<T>): Promise<T> {
    const result = await deed;
    this.#parts.changes.announce();
    return result;
  }

  #did<T>(deed: () => T): T {
    const result = deed();
    this.#parts.changes.announce();
    return result;
  }
}
