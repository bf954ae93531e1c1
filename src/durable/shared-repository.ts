import { DurableObject } from "cloudflare:workers";
import type { PushJob } from "../event/job.ts";
import { describeFault, isFinal, nextAttempt } from "./backoff.ts";
import { type Bindings, objectName } from "./bindings.ts";
import { openOffice, type Place } from "./office.ts";

/** What earlier looks saw of the policy here. It may only make verdicts stricter. */
export interface SeenPolicy {
  /** The commit at which it was last seen to enforce; null where it did not. */
  readonly enforcedAt: string | null;
  /** How it enrolled the repository that asks; null where it did not. */
  readonly enrolledBy: string | null;
}

/** A repository that reads its policy here, as it was last seen. */
interface Dependant extends Place {
  readonly enrolledBy: string | null;
}

/** Pushes that wait to be looked at: those that came in between are one. */
interface Moved {
  readonly job: PushJob;
  readonly attempts: number;
  readonly since: number;
}

/** Open pull requests everywhere look again: so many milliseconds for each repository, so that GitHub's limits hold. */
const spreadPerRepository = 10_000;
const longestSpread = 15 * 60_000;

/**
 * One per repository that others are judged by, under the name by which they name it: it may not exist yet, or not be shown
 * to Sluice. Knows who reads the policy there, and asks their pull requests to look again when it changes.
 */
export class SharedRepository extends DurableObject<Bindings> {
  /** A repository is about to read its policy here: it will hear of changes. */
  consult(place: Place): SeenPolicy {
    const { kv } = this.ctx.storage;
    const key = dependantKey(place.repository.id);
    const known = kv.get<Dependant>(key);
    const isKnown =
      JSON.stringify({ ...known, enrolledBy: null }) === JSON.stringify({ ...place, enrolledBy: null });
    const enrolledBy = known?.enrolledBy ?? null;
    if (!isKnown) kv.put(key, { ...place, enrolledBy } satisfies Dependant);
    return { enforcedAt: kv.get<string>("enforcedAt") ?? null, enrolledBy };
  }

  /** Keeps what a look saw here; most see what is known already. */
  remember(place: Place, { enforcedAt, enrolledBy }: SeenPolicy): void {
    const { kv } = this.ctx.storage;
    kv.put("enforcedAt", enforcedAt);
    kv.put(dependantKey(place.repository.id), { ...place, enrolledBy } satisfies Dependant);
  }

  /** The default branch moved. Where nobody depends on it, it costs nothing. */
  async pushed(job: PushJob): Promise<void> {
    const { kv } = this.ctx.storage;
    if (this.#dependants().length === 0) return;
    const earlier = kv.get<Moved>("moved");
    const merged = earlier ? { ...job, before: earlier.job.before } : job;
    kv.put("moved", { job: merged, attempts: 0, since: Date.now() } satisfies Moved);
    await this.ctx.storage.setAlarm(Date.now());
  }

  override async alarm(): Promise<void> {
    const { kv } = this.ctx.storage;
    const moved = kv.get<Moved>("moved");
    if (!moved) return;
    const now = Date.now();
    try {
      if (await this.#changedPolicy(moved.job)) await this.#tell(moved.job.delivery);
    } catch (error) {
      const fault = describeFault(error);
      const attempts = moved.attempts + 1;
      const { delivery } = moved.job;
      console.error(
        JSON.stringify({ message: "policy push not understood", delivery, fault: fault.message }),
      );
      if (!isFinal(fault, attempts, moved.since, now)) {
        kv.put("moved", { ...moved, attempts } satisfies Moved);
        return this.ctx.storage.setAlarm(nextAttempt(fault, attempts, now, Math.random()));
      }
      await this.#tell(delivery);
    }
    if (kv.get<Moved>("moved")?.job.after === moved.job.after) kv.delete("moved");
    else await this.ctx.storage.setAlarm(Date.now());
  }

  async #changedPolicy(job: PushJob): Promise<boolean> {
    if (job.before === null) return true;
    return openOffice(this.env, job).client.policyDiffers(job.before, job.after);
  }

  /** Every repository that is known to read its policy here. */
  dependants(): Place[] {
    return this.#dependants().map(({ installation, repository }) => ({ installation, repository }));
  }

  /** Every open pull request that reads its policy here looks again, one after the other. */
  async #tell(delivery: string): Promise<void> {
    const dependants = this.#dependants();
    const spread = Math.min((dependants.length - 1) * spreadPerRepository, longestSpread);
    for (const { installation, repository } of dependants) {
      const stub = this.env.REPOSITORY.getByName(objectName.repository(repository.id));
      await stub.policyMoved({ installation, repository }, delivery, spread);
    }
  }

  #dependants(): Dependant[] {
    return [...this.ctx.storage.kv.list<Dependant>({ prefix: dependantKey("") })].map(([, known]) => known);
  }
}

const dependantKey = (repository: number | "") => `dependant:${repository}`;
