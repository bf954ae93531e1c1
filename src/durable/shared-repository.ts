import { DurableObject } from "cloudflare:workers";
import type { PushJob } from "../event/job.ts";
import { describeFault, isFinal, nextAttempt } from "./backoff.ts";
import { effectOfPush, type Touches } from "./base-push.ts";
import { type Bindings, objectName } from "./bindings.ts";
import { CachedGitHub } from "./cached-github.ts";
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
 * to Sluice. Knows who reads the policy there, and whose mesh it completes, and asks their pull requests to look again when
 * that changes.
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

  /** A repository is about to read what completes its mesh here: it will hear of changes. */
  completes(place: Place): void {
    const { kv } = this.ctx.storage;
    const key = completedKey(place.repository.id);
    if (JSON.stringify(kv.get<Place>(key)) !== JSON.stringify(place)) kv.put(key, place);
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
    if (this.#dependants().length + this.#completed().length === 0) return;
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
      const { job } = moved;
      if (await this.#changedPolicy(job)) await this.#tell(this.#dependants(), job, null);
      if (this.#completed().length > 0) await this.#tell(this.#completed(), job, await this.#touchedBy(job));
    } catch (error) {
      const fault = describeFault(error);
      const attempts = moved.attempts + 1;
      const { delivery } = moved.job;
      console.error(
        JSON.stringify({ message: "shared push not understood", delivery, fault: fault.message }),
      );
      if (!isFinal(fault, attempts, moved.since, now)) {
        kv.put("moved", { ...moved, attempts } satisfies Moved);
        return this.ctx.storage.setAlarm(nextAttempt(fault, attempts, now, Math.random()));
      }
      await this.#tell([...this.#dependants(), ...this.#completed()], moved.job, null);
    }
    if (kv.get<Moved>("moved")?.job.after === moved.job.after) kv.delete("moved");
    else await this.ctx.storage.setAlarm(Date.now());
  }

  async #changedPolicy(job: PushJob): Promise<boolean> {
    if (this.#dependants().length === 0) return false;
    if (job.before === null) return true;
    return openOffice(this.env, job).client.policyDiffers(job.before, job.after);
  }

  /** Every repository that is known to read its policy here. */
  dependants(): Place[] {
    return this.#dependants().map(({ installation, repository }) => ({ installation, repository }));
  }

  /** What a push says about the mesh; null: it could be anything. */
  async #touchedBy(job: PushJob): Promise<Touches> {
    if (job.before === null) return null;
    const cache = this.env.REPOSITORY.getByName(objectName.repository(job.repository.id));
    const github = new CachedGitHub(openOffice(this.env, job).client, cache);
    return (await effectOfPush(github, job.before, job.after)).touches;
  }

  /** The open pull requests of these repositories that are about the same look again, one after the other. */
  async #tell(places: readonly Place[], { delivery }: PushJob, touches: Touches): Promise<void> {
    const spread = Math.min((places.length - 1) * spreadPerRepository, longestSpread);
    for (const { installation, repository } of places) {
      const stub = this.env.REPOSITORY.getByName(objectName.repository(repository.id));
      await stub.judgedOtherwise({ installation, repository }, delivery, touches, spread);
    }
  }

  #completed(): Place[] {
    return [...this.ctx.storage.kv.list<Place>({ prefix: completedKey("") })].map(([, place]) => place);
  }

  #dependants(): Dependant[] {
    return [...this.ctx.storage.kv.list<Dependant>({ prefix: dependantKey("") })].map(([, known]) => known);
  }
}

const dependantKey = (repository: number | "") => `dependant:${repository}`;
const completedKey = (repository: number | "") => `completed:${repository}`;
