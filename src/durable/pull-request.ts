import { DurableObject } from "cloudflare:workers";
import type { PullRequestJob } from "../event/job.ts";
import type { Judge } from "../gate.ts";
import type { PullRequestSnapshot } from "../github/snapshot.ts";
import type { Session } from "../settlement.ts";
import { ApprovalMemory } from "./approval-memory.ts";
import { describeFault, type Fault, isFinal } from "./backoff.ts";
import { type Bindings, neighboursOf, objectName } from "./bindings.ts";
import { CachedGitHub } from "./cached-github.ts";
import { DeliveryLog } from "./delivery-log.ts";
import { HeadList } from "./head-list.ts";
import {
  acknowledge,
  type Known,
  log,
  postComments,
  settled,
  shownFault,
  targetOf,
  tooHeavy,
  unsettled,
} from "./look.ts";
import { configurationOf, type Office, openOffice } from "./office.ts";
import {
  alarmTime,
  type Nudge,
  noted,
  nudged,
  outdated,
  type Pending,
  patience,
  postponed,
} from "./pending.ts";
import { policyFileOf } from "./policy-file.ts";
import { PolicyMemories } from "./policy-memory.ts";
import { Waiting } from "./waiting.ts";

/** How a look ends: there is no more to do, the pull request is closed, or it has to be repeated. */
type Ending = "done" | "closed" | Pending;

/** Repetitions of a look whose verdict stands and whose comments do not. */
const attemptsToComment = 5;
/** The platform ends a handler that takes too much without running any code of ours: then this alarm rings. */
const watchdog = 5 * 60_000;

/** One per pull request: one look at a time, bursts coalesced, failures repeated until they have to be shown. */
export abstract class PullRequest extends DurableObject<Bindings> {
  /** The story; the Worker's door puts it in. */
  protected abstract readonly judge: Judge;
  /** While a look has still to publish, who waits for its verdict need not ask for another. */
  #verdictToCome = false;
  readonly #deliveries = new DeliveryLog(this.ctx.storage.kv);
  readonly #heads = new HeadList(this.ctx.storage.kv);
  readonly #approvals = new ApprovalMemory(this.ctx.storage.kv);
  readonly #waiting = new Waiting<Pending["job"]>(this.ctx.storage.kv);

  /** Milliseconds since 1970. */
  protected now(): number {
    return Date.now();
  }

  /** Remembers a webhook's job; the look follows when the burst it belongs to is over. */
  async note(job: PullRequestJob): Promise<"noted" | "duplicate"> {
    if (this.#deliveries.isDone(job.delivery)) return "duplicate";
    const now = Date.now();
    this.#deliveries.note(job.delivery, now);
    // A verdict about another base must not stand a moment longer than it has to.
    const isUrgent = job.reason === "pull_request.edited" || job.said !== undefined;
    if (job.said !== undefined) this.#approvals.hear(job.said, this.now());
    if (job.said?.command !== undefined)
      this.ctx.waitUntil(acknowledge(openOffice(this.env, job), job.said.command));
    const debounce = isUrgent ? 0 : configurationOf(this.env).debounceMilliseconds;
    await this.#arm(noted(this.#pending(), job, now, debounce));
    return "noted";
  }

  /** Looks again on behalf of another object. */
  async nudge(nudge: Nudge): Promise<void> {
    if (nudge.awaitedBy !== null) {
      this.#heads.add(nudge.awaitedBy);
      if (this.#verdictToCome) return;
    }
    await this.#arm(nudged(this.#pending(), nudge, Date.now()));
  }

  /** What is remembered of approvals, for its merge group. */
  remembered(): Pick<Session, "memory" | "presses" | "revoked"> {
    return this.#approvals.session();
  }

  override async alarm(): Promise<void> {
    const pending = this.#pending() ?? this.#turned();
    if (!pending) return this.#waiting.rest(this.ctx.storage, this.now());
    const started = { ...pending, running: true, crashes: pending.crashes + (pending.running ? 1 : 0) };
    this.ctx.storage.kv.put("pending", started);
    await this.ctx.storage.setAlarm(Date.now() + watchdog);
    try {
      this.#verdictToCome = true;
      if (started.crashes >= patience.crashes) return await this.#giveUp(started, tooHeavy);
      await this.#end(started, await this.#look(started));
    } catch (error) {
      await this.#fail(started, describeFault(error));
    } finally {
      this.#verdictToCome = false;
    }
  }

  async #look(pending: Pending): Promise<Ending> {
    const startedAt = Date.now();
    const { job, seen } = pending;
    const office = openOffice(this.env, job);
    const pull = await office.client.pullRequest(job.number);
    if (pull.state !== "open") return this.#leave(pull, pending);
    const isBehind = seen !== null && seen.head !== pull.head && pull.updatedAt <= seen.updatedAt;
    if (isBehind && pending.outdatedReads < patience.outdatedReads) return outdated(pending, Date.now());
    this.#heads.add(pull.head);
    const { head, url, sameHead, updatedAt } = pull;
    this.ctx.storage.kv.put("known", { head, url, siblings: sameHead, updatedAt } satisfies Known);
    const { verdict, mergeBase, requests } = await this.#judge(pull, pending, office);
    await this.#withdraw(
      job,
      this.#heads.all().filter((other) => other !== head),
    );
    const unsaid =
      (await postComments(verdict, office)) ?? (verdict.settlement?.unsettled ? unsettled : null);
    this.#deliveries.cover(startedAt);
    log("evaluated", pending, {
      base: pull.baseTip,
      mergeBase,
      head,
      conclusion: verdict.report.conclusion,
      requests: office.requests() + requests,
      ms: Date.now() - startedAt,
    });
    return unsaid?.mayPass && pending.attempts < attemptsToComment
      ? postponed(pending, unsaid, Date.now(), Math.random())
      : "done";
  }

  /** Judges and publishes. The base is watched before the verdict is known, so that no push is missed meanwhile. */
  async #judge(pull: PullRequestSnapshot, pending: Pending, office: Office) {
    const { job } = pending;
    const repository = this.env.REPOSITORY.getByName(objectName.repository(job.repository.id));
    const head = this.env.HEAD_COMMIT.getByName(objectName.headCommit(job.repository.id, pull.head));
    const target = targetOf(job, pull.head);
    const watch = { number: pull.number, url: pull.url, base: pull.baseRef };
    await repository.watch({ ...watch, touches: null });
    const begun = settled(await head.begin(target, pull.number, pull.sameHead));
    const github = new CachedGitHub(office.client, repository, neighboursOf(this.env, job));
    const policies = new PolicyMemories(this.env, job);
    const verdict = await this.judge(github, pull, this.now(), {
      ...this.#approvals.session(),
      policies: await policies.read(),
      policyFile: policyFileOf(this.env, job, pull.number),
      keys: configurationOf(this.env).signingKeys,
      reply: (body) => office.publisher.reply(pull.number, body),
    });
    if (verdict.settlement) this.#approvals.settle(verdict.settlement, this.now());
    if (verdict.policies) await policies.keep(verdict.policies);
    this.#waiting.keep(verdict.turn, job);
    await repository.watch({ ...watch, touches: verdict.touches });
    this.#verdictToCome = false;
    const report = { number: pull.number, url: pull.url, report: verdict.report };
    const published = settled(await head.publish(target, report, pull.sameHead));
    for (const line of verdict.settlement?.audit ?? []) log("approval", pending, line);
    this.#approvals.published(pull.head, verdict.settlement?.fingerprints ?? [], this.now());
    return { verdict, mergeBase: github.mergeBase, requests: begun + published };
  }

  async #leave(pull: PullRequestSnapshot, { job }: Pending): Promise<"closed"> {
    this.#verdictToCome = false;
    await this.#withdraw(job, [...new Set([...this.#heads.all(), pull.head])]);
    await this.env.REPOSITORY.getByName(objectName.repository(job.repository.id)).forget(pull.number);
    return "closed";
  }

  async #withdraw(job: Pending["job"], heads: readonly string[]): Promise<void> {
    for (const head of heads) {
      const stub = this.env.HEAD_COMMIT.getByName(objectName.headCommit(job.repository.id, head));
      settled(await stub.withdraw(targetOf(job, head), job.number));
      this.#heads.remove(head);
    }
  }

  async #end(started: Pending, ending: Ending): Promise<void> {
    const latest = this.#pending();
    if (latest && latest.sequence !== started.sequence) return this.#arm(latest);
    if (ending === "closed") return this.#approvals.forgetTheRest(this.ctx.storage);
    if (ending !== "done") return this.#arm(ending);
    this.ctx.storage.kv.delete("pending");
    await this.#waiting.rest(this.ctx.storage, this.now());
  }

  /** The look that is due because time alone may have turned the verdict. */
  #turned(): Pending | null {
    const due = this.#waiting.due(this.now());
    return due && nudged(undefined, { ...due.job, reason: due.why, awaitedBy: null, delay: 0 }, Date.now());
  }

  async #fail(started: Pending, fault: Fault): Promise<void> {
    const now = Date.now();
    const latest = this.#pending();
    const again = postponed(started, fault, now, Math.random());
    log("evaluation failed", started, {
      fault: fault.message,
      status: fault.status,
      attempts: again.attempts,
    });
    if (latest && latest.sequence !== started.sequence) {
      return this.#arm({ ...latest, notBefore: Math.max(latest.notBefore, again.notBefore) });
    }
    if (!isFinal(fault, again.attempts, again.failingSince ?? now, now)) return this.#arm(again);
    await this.#giveUp(started, fault);
  }

  async #giveUp(started: Pending, fault: Fault): Promise<void> {
    await this.#show(started, fault);
    await this.#end(started, "done");
  }

  /** The fault will not pass: the check says so, and "Re-run" or any event tries again. */
  async #show(pending: Pending, fault: Fault): Promise<void> {
    const shown = shownFault(pending, this.ctx.storage.kv.get<Known>("known") ?? null, fault);
    if (shown === null) return;
    const { target, verdict, siblings } = shown;
    const stub = this.env.HEAD_COMMIT.getByName(objectName.headCommit(target.repository.id, target.head));
    const unshown = (await stub.publish(target, verdict, siblings)).fault?.message;
    if (unshown)
      console.error(JSON.stringify({ message: "fault not shown", pr: verdict.number, fault: unshown }));
  }

  async #arm(pending: Pending): Promise<void> {
    this.ctx.storage.kv.put("pending", pending);
    await this.ctx.storage.setAlarm(alarmTime(pending));
  }

  #pending(): Pending | undefined {
    return this.ctx.storage.kv.get<Pending>("pending");
  }
}
