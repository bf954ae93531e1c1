import { DurableObject } from "cloudflare:workers";
import type { PullRequestJob } from "../event/job.ts";
import type { Judge, Verdict } from "../gate.ts";
import type { PullRequestSnapshot } from "../github/snapshot.ts";
import { faultReport } from "../report/fault.ts";
import { describeFault, type Fault, isFinal, RemoteFault } from "./backoff.ts";
import { type Bindings, objectName } from "./bindings.ts";
import { CachedGitHub } from "./cached-github.ts";
import { DeliveryLog } from "./delivery-log.ts";
import type { HeadTarget, Outcome } from "./head-commit.ts";
import { configurationOf, type Office, openOffice } from "./office.ts";
import { alarmTime, type Nudge, noted, nudged, outdated, type Pending, postponed } from "./pending.ts";

/** What the last look found. */
interface Known {
  readonly head: string;
  readonly url: string;
  readonly siblings: readonly number[];
  /** Milliseconds since 1970. */
  readonly updatedAt: number;
}

/** How a look ends: there is no more to do, the pull request is closed, or it has to be repeated. */
type Ending = "done" | "closed" | Pending;

const outdatedReadsAllowed = 5;
const crashesAllowed = 3;
const tooHeavy: Fault = {
  message: "the evaluation takes more time or memory than the platform allows",
  status: null,
  retryAt: null,
  mayPass: false,
};
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

  /** Remembers a webhook's job; the look follows when the burst it belongs to is over. */
  async note(job: PullRequestJob): Promise<"noted" | "duplicate"> {
    if (this.#deliveries.isDone(job.delivery)) return "duplicate";
    const now = Date.now();
    this.#deliveries.note(job.delivery, now);
    // A verdict about another base must not stand a moment longer than it has to.
    const isRetargeted = job.reason === "pull_request.edited";
    const debounce = isRetargeted ? 0 : configurationOf(this.env).debounceMilliseconds;
    await this.#arm(noted(this.#pending(), job, now, debounce));
    return "noted";
  }

  /** Looks again on behalf of another object. */
  async nudge(nudge: Nudge): Promise<void> {
    if (nudge.awaitedBy !== null) {
      this.#addHead(nudge.awaitedBy);
      if (this.#verdictToCome) return;
    }
    await this.#arm(nudged(this.#pending(), nudge, Date.now()));
  }

  override async alarm(): Promise<void> {
    const pending = this.#pending();
    if (!pending) return;
    const started = { ...pending, running: true, crashes: pending.crashes + (pending.running ? 1 : 0) };
    this.ctx.storage.kv.put("pending", started);
    await this.ctx.storage.setAlarm(Date.now() + watchdog);
    try {
      this.#verdictToCome = true;
      if (started.crashes >= crashesAllowed) return await this.#giveUp(started, tooHeavy);
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
    if (isBehind && pending.outdatedReads < outdatedReadsAllowed) return outdated(pending, Date.now());
    this.#addHead(pull.head);
    const { head, url, sameHead, updatedAt } = pull;
    this.ctx.storage.kv.put("known", { head, url, siblings: sameHead, updatedAt } satisfies Known);
    const { verdict, mergeBase, requests } = await this.#judge(pull, pending, office);
    await this.#withdraw(
      job,
      this.#heads().filter((other) => other !== head),
    );
    const unsaid = await this.#comment(verdict, office);
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
  async #judge(pull: PullRequestSnapshot, { job }: Pending, office: Office) {
    const repository = this.env.REPOSITORY.getByName(objectName.repository(job.repository.id));
    const head = this.env.HEAD_COMMIT.getByName(objectName.headCommit(job.repository.id, pull.head));
    const target = targetOf(job, pull.head);
    const watch = { number: pull.number, url: pull.url, base: pull.baseRef };
    await repository.watch({ ...watch, touches: null });
    const begun = settled(await head.begin(target, pull.number, pull.sameHead));
    const github = new CachedGitHub(office.client, repository);
    const verdict = await this.judge(github, pull, Date.now());
    await repository.watch({ ...watch, touches: verdict.touches });
    this.#verdictToCome = false;
    const report = { number: pull.number, url: pull.url, report: verdict.report };
    const published = settled(await head.publish(target, report, pull.sameHead));
    return { verdict, mergeBase: github.mergeBase, requests: begun + published };
  }

  /** The check says everything; comments that cannot be posted (a locked conversation) must not turn it red. */
  async #comment({ pull, comment, reviewComments }: Verdict, { publisher }: Office): Promise<Fault | null> {
    try {
      if (comment !== null) await publisher.upsertReportComment(pull, comment);
      await publisher.review(pull, reviewComments);
      return null;
    } catch (error) {
      const fault = describeFault(error);
      console.error(JSON.stringify({ message: "comment not posted", pr: pull.number, fault: fault.message }));
      return fault;
    }
  }

  async #leave(pull: PullRequestSnapshot, { job }: Pending): Promise<"closed"> {
    this.#verdictToCome = false;
    await this.#withdraw(job, [...new Set([...this.#heads(), pull.head])]);
    await this.env.REPOSITORY.getByName(objectName.repository(job.repository.id)).forget(pull.number);
    return "closed";
  }

  async #withdraw(job: Pending["job"], heads: readonly string[]): Promise<void> {
    for (const head of heads) {
      const stub = this.env.HEAD_COMMIT.getByName(objectName.headCommit(job.repository.id, head));
      settled(await stub.withdraw(targetOf(job, head), job.number));
      this.ctx.storage.kv.put(
        "heads",
        this.#heads().filter((other) => other !== head),
      );
    }
  }

  async #end(started: Pending, ending: Ending): Promise<void> {
    const latest = this.#pending();
    if (latest && latest.sequence !== started.sequence) return this.#arm(latest);
    if (ending === "closed") return this.ctx.storage.deleteAll();
    if (ending !== "done") return this.#arm(ending);
    this.ctx.storage.kv.delete("pending");
    await this.ctx.storage.deleteAlarm();
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
  async #show({ job, seen }: Pending, { message }: Fault): Promise<void> {
    const read = this.ctx.storage.kv.get<Known>("known");
    const known = read && (seen === null || read.updatedAt >= seen.updatedAt) ? read : null;
    const head = known?.head ?? seen?.head;
    if (head === undefined) return;
    const report = faultReport(new Error(message), job.delivery);
    const verdict = { number: job.number, url: known?.url ?? job.url ?? "", report };
    const stub = this.env.HEAD_COMMIT.getByName(objectName.headCommit(job.repository.id, head));
    const { fault } = await stub.publish(targetOf(job, head), verdict, known?.siblings ?? [job.number]);
    if (fault)
      console.error(JSON.stringify({ message: "fault not shown", pr: job.number, fault: fault.message }));
  }

  async #arm(pending: Pending): Promise<void> {
    this.ctx.storage.kv.put("pending", pending);
    await this.ctx.storage.setAlarm(alarmTime(pending));
  }

  #pending(): Pending | undefined {
    return this.ctx.storage.kv.get<Pending>("pending");
  }

  /** Head commits whose objects may count on this pull request. */
  #heads(): string[] {
    return this.ctx.storage.kv.get<string[]>("heads") ?? [];
  }

  #addHead(head: string): void {
    this.ctx.storage.kv.put("heads", [...new Set([...this.#heads(), head])]);
  }
}

function targetOf({ installation, repository, delivery }: Pending["job"], head: string): HeadTarget {
  return { installation, repository, delivery, head };
}

/** The requests that a call cost; throws the fault it ended with. */
function settled({ requests, fault }: Outcome): number {
  if (fault) throw new RemoteFault(fault);
  return requests;
}

/** One line per look, for whoever searches the logs for a delivery or a pull request. */
function log(message: string, { job }: Pending, details: Record<string, unknown>): void {
  const { delivery, reason, repository, number } = job;
  console.log(
    JSON.stringify({
      message,
      delivery,
      reason,
      repository: `${repository.owner}/${repository.name}`,
      pr: number,
      ...details,
    }),
  );
}
