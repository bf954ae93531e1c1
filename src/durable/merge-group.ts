import { DurableObject } from "cloudflare:workers";
import type { MergeGroupJob } from "../event/job.ts";
import { judgeGroup, type Member } from "../merge-group.ts";
import { faultReport } from "../report/fault.ts";
import { describeFault, type Fault, isFinal, nextAttempt } from "./backoff.ts";
import { type Bindings, neighboursOf, objectName } from "./bindings.ts";
import { CachedGitHub } from "./cached-github.ts";
import { groupNumber, type HeadTarget } from "./head-commit.ts";
import { settled } from "./look.ts";
import { configurationOf, openOffice } from "./office.ts";
import { PolicyMemories } from "./policy-memory.ts";
import { Waiting } from "./waiting.ts";

/** The look that is due. Times are milliseconds since 1970. */
interface Due {
  readonly job: MergeGroupJob;
  readonly attempts: number;
  readonly since: number;
}

/** One per merge group: evaluates what its branch would become, and publishes through the head commit's object. */
export class MergeGroup extends DurableObject<Bindings> {
  readonly #waiting = new Waiting<MergeGroupJob>(this.ctx.storage.kv);

  /** Milliseconds since 1970. */
  protected now(): number {
    return Date.now();
  }

  /** GitHub asks for checks, or has done away with the group. */
  async note(job: MergeGroupJob): Promise<"noted"> {
    this.ctx.storage.kv.put("due", { job, attempts: 0, since: Date.now() } satisfies Due);
    await this.ctx.storage.setAlarm(Date.now());
    return "noted";
  }

  /** Looks again on behalf of the head commit's object. */
  async nudge(): Promise<void> {
    const job = this.ctx.storage.kv.get<MergeGroupJob>("job");
    if (job) await this.note(job);
  }

  override async alarm(): Promise<void> {
    const due = this.ctx.storage.kv.get<Due>("due") ?? this.#turned();
    if (!due) return this.#waiting.rest(this.ctx.storage, this.now());
    try {
      await this.#look(due.job);
    } catch (error) {
      if (!(await this.#giveUp(due, describeFault(error)))) return;
    }
    if (due.job.ended) return this.ctx.storage.deleteAll();
    const latest = this.ctx.storage.kv.get<Due>("due");
    if (latest && latest.since !== due.since) return this.ctx.storage.setAlarm(Date.now());
    this.ctx.storage.kv.delete("due");
    this.ctx.storage.kv.put("job", due.job);
    await this.#waiting.rest(this.ctx.storage, this.now());
  }

  /** The look that is due because time alone may have turned the verdict. */
  #turned(): Due | null {
    const turned = this.#waiting.due(this.now());
    if (!turned) return null;
    const due = { job: turned.job, attempts: 0, since: Date.now() };
    this.ctx.storage.kv.put("due", due satisfies Due);
    return due;
  }

  async #look(job: MergeGroupJob): Promise<void> {
    const { repository, head, branch, delivery } = job;
    const target = targetOf(job);
    const publication = this.env.HEAD_COMMIT.getByName(objectName.headCommit(repository.id, head));
    if (job.ended) return void settled(await publication.withdraw(target, groupNumber));
    settled(await publication.begin(target, groupNumber, [groupNumber]));
    const { client } = openOffice(this.env, job);
    const group = await client.mergeGroup(branch, head);
    const members: Member[] = [];
    for (const number of group.members) {
      const name = objectName.pullRequest(repository.id, number);
      const remembered = await this.env.PULL_REQUEST.getByName(name).remembered();
      members.push({ pull: await client.pullRequest(number), ...remembered });
    }
    const cache = this.env.REPOSITORY.getByName(objectName.repository(repository.id));
    const github = new CachedGitHub(client, cache, neighboursOf(this.env, job));
    const keys = configurationOf(this.env).signingKeys;
    // What the group sees of the policies its pull requests have seen and kept.
    const policies = await new PolicyMemories(this.env, job).read();
    const { report, turn } = await judgeGroup(github, group, members, { policies, keys }, this.now());
    this.#waiting.keep(turn, job);
    settled(await publication.publish(target, { number: groupNumber, url: "", report }, [groupNumber]));
    const { conclusion } = report;
    console.log(
      JSON.stringify({
        message: "evaluated merge group",
        delivery,
        head,
        members: group.members,
        conclusion,
      }),
    );
  }

  /** Tells whether no further attempt is worth it; the check says so then. */
  async #giveUp(due: Due, fault: Fault): Promise<boolean> {
    const now = Date.now();
    const attempts = due.attempts + 1;
    const { job } = due;
    console.error(
      JSON.stringify({
        message: "merge group failed",
        delivery: job.delivery,
        attempts,
        fault: fault.message,
      }),
    );
    if (!isFinal(fault, attempts, due.since, now)) {
      this.ctx.storage.kv.put("due", { ...due, attempts } satisfies Due);
      await this.ctx.storage.setAlarm(nextAttempt(fault, attempts, now, Math.random()));
      return false;
    }
    const report = faultReport(new Error(fault.message), job.delivery);
    const publication = this.env.HEAD_COMMIT.getByName(objectName.headCommit(job.repository.id, job.head));
    await publication.publish(targetOf(job), { number: groupNumber, url: "", report }, [groupNumber]);
    return true;
  }
}

function targetOf({ installation, repository, delivery, head }: MergeGroupJob): HeadTarget {
  return { installation, repository, delivery, head };
}
