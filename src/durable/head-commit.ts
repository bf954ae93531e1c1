import { DurableObject } from "cloudflare:workers";
import type { HeadJob } from "../event/job.ts";
import type { CheckReport, CheckRunId, Publisher } from "../github/port.ts";
import { combineReports, type PullRequestReport } from "../report/combine.ts";
import { describeFault, type Fault, isFinal, nextAttempt } from "./backoff.ts";
import { type Bindings, objectName } from "./bindings.ts";
import { openOffice, type Place } from "./office.ts";

/** Which commit, where, and on whose occasion. */
export interface HeadTarget extends Place {
  readonly head: string;
  /** `X-GitHub-Delivery` of the event behind it, for the log. */
  readonly delivery: string;
}

/** What a call cost, and the fault it ended with, if any. */
export interface Outcome {
  readonly requests: number;
  readonly fault: Fault | null;
}

/** The open check run. `unsure`: something was sent whose answer we do not have. */
interface Run {
  readonly externalId: string;
  readonly id: CheckRunId | null;
  readonly unsure: boolean;
}

/** A pull request whose head is this commit: asked for its verdict since (milliseconds since 1970), or with one. */
interface Member {
  readonly askedAt: number | null;
  readonly verdict: PullRequestReport | null;
}

interface Rerun {
  readonly job: HeadJob;
  readonly attempts: number;
  readonly since: number;
}

/** Stands for a merge group where otherwise a pull request's number stands. */
export const groupNumber = 0;

/** A member that stays silent for so long is asked again. */
const silence = 10 * 60_000;

/**
 * One per head commit: owns the commit's check run. A check belongs to a commit, so every open pull request with this
 * head has to be judged before it completes, and the worst verdict is published.
 */
export class HeadCommit extends DurableObject<Bindings> {
  #last: Promise<unknown> = Promise.resolve();

  /** An evaluation of pull request `number` starts: its old verdict ends, and the check shows that it is being judged. */
  begin(target: HeadTarget, number: number, siblings: readonly number[]): Promise<Outcome> {
    return this.#alone(target, async (publisher) => {
      this.#remember(number, { askedAt: Date.now(), verdict: null });
      await this.#ask(target, this.#missing(siblings));
      await this.#openRun(publisher, target.head, number);
    });
  }

  /**
   * An evaluation ended with `verdict`. The check completes when nobody's verdict is missing; `siblings` are the open pull
   * requests that were seen to have this head.
   */
  publish(target: HeadTarget, verdict: PullRequestReport, siblings: readonly number[]): Promise<Outcome> {
    return this.#alone(target, async (publisher) => {
      this.#remember(verdict.number, { askedAt: null, verdict });
      const gone = [...this.#members().keys()].filter((number) => !siblings.includes(number));
      await this.#ask(target, gone);
      const missing = this.#missing([...siblings, ...this.#members().keys()]);
      await this.#ask(target, missing);
      if (missing.length > 0) return;
      const verdicts = [...this.#members().values()].flatMap((member) => member.verdict ?? []);
      await this.#complete(publisher, target.head, verdict.number, combineReports(verdicts));
    });
  }

  /** Pull request `number` was closed or has another head now: those that remain are judged again without it. */
  withdraw(target: HeadTarget, number: number): Promise<Outcome> {
    return this.#alone(target, async (publisher) => {
      const wasMember = this.ctx.storage.kv.delete(memberKey(number));
      const remaining = [...this.#members().keys()];
      if (wasMember) await this.#ask(target, remaining);
      if (remaining.length > 0) return;
      if (this.#run()) await this.#complete(publisher, target.head, number, notEvaluated);
      if (!this.ctx.storage.kv.get("rerun")) await this.ctx.storage.deleteAll();
    });
  }

  /** Somebody pressed "Re-run" on this commit. */
  async rerequested(job: HeadJob): Promise<void> {
    this.ctx.storage.kv.put("rerun", { job, attempts: 0, since: Date.now() } satisfies Rerun);
    await this.ctx.storage.setAlarm(Date.now());
  }

  override async alarm(): Promise<void> {
    const rerun = this.ctx.storage.kv.get<Rerun>("rerun");
    if (!rerun) return;
    try {
      const open = await openOffice(this.env, rerun.job).client.openPullRequestsAt(rerun.job.head);
      for (const { number, url } of open) await this.#nudge(rerun.job, number, url);
      if (this.#member(groupNumber)) await this.#nudge(rerun.job, groupNumber, null);
      this.ctx.storage.kv.delete("rerun");
    } catch (error) {
      await this.#postpone({ ...rerun, attempts: rerun.attempts + 1 }, describeFault(error));
    }
  }

  async #postpone(rerun: Rerun, fault: Fault): Promise<void> {
    const now = Date.now();
    const given = isFinal(fault, rerun.attempts, rerun.since, now);
    const message = given ? "re-run given up" : "re-run postponed";
    console.error(
      JSON.stringify({ message, delivery: rerun.job.delivery, head: rerun.job.head, fault: fault.message }),
    );
    if (given) return void this.ctx.storage.kv.delete("rerun");
    this.ctx.storage.kv.put("rerun", rerun);
    await this.ctx.storage.setAlarm(nextAttempt(fault, rerun.attempts, now, Math.random()));
  }

  /** One task after the other: the steps of two pull requests must not mix while GitHub is being asked. */
  #alone(target: HeadTarget, task: (publisher: Publisher) => Promise<void>): Promise<Outcome> {
    const turn = this.#last.then(async () => {
      let requests = () => 0;
      try {
        const office = openOffice(this.env, target);
        requests = office.requests;
        await task(office.publisher);
        return { requests: requests(), fault: null };
      } catch (error) {
        return { requests: requests(), fault: describeFault(error) };
      }
    });
    this.#last = turn;
    return turn;
  }

  async #openRun(publisher: Publisher, head: string, number: number): Promise<CheckRunId> {
    const run = this.#run();
    if (run?.id != null && !run.unsure) return run.id;
    const found = run && (await publisher.findCheck(head, run.externalId));
    if (found && !found.completed) return this.#keepRun(run.externalId, found.id);
    const generation = (this.ctx.storage.kv.get<number>("generation") ?? 0) + 1;
    const externalId = `v1:${number}:${generation}`;
    this.ctx.storage.kv.put("generation", generation);
    this.ctx.storage.kv.put("run", { externalId, id: null, unsure: true } satisfies Run);
    return this.#keepRun(externalId, await publisher.beginCheck(head, externalId));
  }

  #keepRun(externalId: string, id: CheckRunId): CheckRunId {
    this.ctx.storage.kv.put("run", { externalId, id, unsure: false } satisfies Run);
    return id;
  }

  /** Every evaluation completes a run of its own: GitHub keeps showing the old conclusion of a run that is opened again. */
  async #complete(publisher: Publisher, head: string, number: number, report: CheckReport): Promise<void> {
    const id = await this.#openRun(publisher, head, number);
    const { externalId } = this.#run() ?? { externalId: "" };
    this.ctx.storage.kv.put("run", { externalId, id, unsure: true } satisfies Run);
    await publisher.completeCheck(id, report);
    this.ctx.storage.kv.delete("run");
  }

  /** Asks pull requests to look at themselves, unless they were asked a moment ago. */
  async #ask(target: HeadTarget, numbers: readonly number[]): Promise<void> {
    const now = Date.now();
    for (const number of new Set(numbers)) {
      const member = this.#member(number);
      if (member?.askedAt != null && now - member.askedAt < silence) continue;
      this.#remember(number, { askedAt: now, verdict: null });
      await this.#nudge(target, number, member?.verdict?.url ?? null);
    }
  }

  async #nudge({ installation, repository, head, delivery }: HeadTarget, number: number, url: string | null) {
    if (number === groupNumber) {
      return this.env.MERGE_GROUP.getByName(objectName.headCommit(repository.id, head)).nudge();
    }
    const stub = this.env.PULL_REQUEST.getByName(objectName.pullRequest(repository.id, number));
    const origin = { installation, repository, delivery, reason: "same head commit" };
    await stub.nudge({ ...origin, number, url, awaitedBy: head, delay: 0 });
  }

  #missing(numbers: readonly number[]): number[] {
    return [...new Set(numbers)].filter((number) => !this.#member(number)?.verdict);
  }

  #members(): Map<number, Member> {
    const entries = this.ctx.storage.kv.list<Member>({ prefix: memberKey("") });
    return new Map([...entries].map(([key, member]) => [Number(key.slice(memberKey("").length)), member]));
  }

  #member(number: number): Member | undefined {
    return this.ctx.storage.kv.get<Member>(memberKey(number));
  }

  #remember(number: number, member: Member): void {
    this.ctx.storage.kv.put(memberKey(number), member);
  }

  #run(): Run | undefined {
    return this.ctx.storage.kv.get<Run>("run");
  }
}

const memberKey = (number: number | "") => `pull:${number}`;

/** For a run that was begun and whose pull requests all went away. */
const notEvaluated: CheckReport = {
  conclusion: "failure",
  title: "Not evaluated: no open pull request has this commit any more",
  summary: "The pull request was closed or moved on to another commit while Sluice was evaluating it.",
  text: "",
  annotations: [],
};
