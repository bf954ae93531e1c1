import { DurableObject } from "cloudflare:workers";
import type { PushJob } from "../event/job.ts";
import { describeFault, type Fault, isFinal, nextAttempt } from "./backoff.ts";
import { concerns, effectOfPush, type Touches } from "./base-push.ts";
import { type Bindings, objectName } from "./bindings.ts";
import { BlobCache, type CachedTexts } from "./blob-cache.ts";
import { CachedGitHub } from "./cached-github.ts";
import { openOffice, type Place } from "./office.ts";

/** An open pull request that was looked at. */
export interface Watch {
  readonly number: number;
  readonly url: string;
  /** The branch it goes into. */
  readonly base: string;
  /** What it is about; null while a look is under way. */
  readonly touches: Touches;
}

/** Pushes to one branch that wait to be looked at: those that came in between are one. */
interface Moved {
  readonly job: PushJob;
  readonly attempts: number;
  readonly since: number;
}

/** Pull requests that a push concerns are looked at spread over this time each, so that GitHub's limits hold. */
const spreadPerPullRequest = 2_000;
const longestSpread = 60_000;
/** A stored value has at most 2 MB. */
const longestTouches = 5_000;

/** One per repository: what blobs say, and which open pull requests a push to their base concerns. */
export class Repository extends DurableObject<Bindings> {
  readonly #blobs: BlobCache;

  constructor(context: DurableObjectState, bindings: Bindings) {
    super(context, bindings);
    this.#blobs = new BlobCache(context.storage.sql, bindings.VERSION?.id ?? "");
  }

  /** The texts that are known, as many as one answer holds. */
  texts(shas: readonly string[], whole: boolean): CachedTexts {
    return this.#blobs.texts(shas, whole, Date.now());
  }

  /** Remembers texts by blob SHA. */
  keep(texts: ReadonlyMap<string, string>, whole: boolean): void {
    this.#blobs.keep(texts, whole, Date.now());
  }

  /** Remembers what a pull request is about. One that is about very much is concerned by everything. */
  watch(watch: Watch): void {
    const size = (watch.touches?.objects.length ?? 0) + (watch.touches?.hosts.length ?? 0);
    const touches = size > longestTouches ? null : watch.touches;
    this.ctx.storage.kv.put(watchKey(watch.number), { ...watch, touches } satisfies Watch);
  }

  forget(number: number): void {
    this.ctx.storage.kv.delete(watchKey(number));
  }

  /** Numbers of the open pull requests that may be about the mesh. */
  aboutMesh(): number[] {
    const isAbout = ({ touches }: Watch) =>
      touches === null || touches.objects.length > 0 || touches.hosts.length > 0;
    return this.#watches()
      .filter(isAbout)
      .map(({ number }) => number);
  }

  /** The commit at which the repository's own policy was last seen to enforce; null where it did not. */
  enforcedAt(): string | null {
    return this.ctx.storage.kv.get<string>("enforcedAt") ?? null;
  }

  /** Keeps that the repository's own policy enforced. It may only make verdicts stricter. */
  rememberEnforced(commit: string | null): void {
    this.ctx.storage.kv.put("enforcedAt", commit);
  }

  /** What this repository is judged by elsewhere changed: pull requests about the same look again, within `spread` ms. */
  async judgedOtherwise(place: Place, delivery: string, touches: Touches, spread: number): Promise<void> {
    const concerned = this.#watches().filter((watch) => concerns(touches, watch.touches));
    await this.#nudge({ ...place, delivery }, concerned, { reason: "policy or inventory moved", spread });
  }

  /** A branch moved. Most are nobody's base: they cost nothing. */
  async pushed(job: PushJob): Promise<void> {
    if (this.#watching(job).length === 0) return;
    const earlier = this.ctx.storage.kv.get<Moved>(movedKey(job.branch));
    const merged = earlier ? { ...job, before: earlier.job.before } : job;
    this.ctx.storage.kv.put(movedKey(job.branch), {
      job: merged,
      attempts: 0,
      since: Date.now(),
    } satisfies Moved);
    await this.ctx.storage.setAlarm(Date.now());
  }

  override async alarm(): Promise<void> {
    const [next] = this.#moved();
    if (!next) return;
    const [key, moved] = next;
    let ringAt = Date.now();
    try {
      await this.#nudge(moved.job, await this.#concernedBy(moved.job));
      if (this.ctx.storage.kv.get<Moved>(key)?.job.after === moved.job.after) this.ctx.storage.kv.delete(key);
    } catch (error) {
      ringAt = await this.#postpone(key, { ...moved, attempts: moved.attempts + 1 }, describeFault(error));
    }
    if (this.#moved().length > 0) await this.ctx.storage.setAlarm(ringAt);
  }

  #moved(): [string, Moved][] {
    return [...this.ctx.storage.kv.list<Moved>({ prefix: movedKey("") })];
  }

  /** When to try again. What will not pass makes every pull request look for itself. */
  async #postpone(key: string, moved: Moved, fault: Fault): Promise<number> {
    const now = Date.now();
    console.error(
      JSON.stringify({ message: "push not understood", delivery: moved.job.delivery, fault: fault.message }),
    );
    if (isFinal(fault, moved.attempts, moved.since, now)) {
      await this.#nudge(moved.job, this.#watching(moved.job));
      this.ctx.storage.kv.delete(key);
      return now;
    }
    this.ctx.storage.kv.put(key, moved);
    return nextAttempt(fault, moved.attempts, now, Math.random());
  }

  /** Pull requests whose verdict the push may have changed. */
  async #concernedBy(job: PushJob): Promise<Watch[]> {
    const watching = this.#watching(job);
    if (watching.length === 0 || job.before === null) return watching;
    const github = new CachedGitHub(openOffice(this.env, job).client, this);
    const { touches, policyChanged } = await effectOfPush(github, job.before, job.after);
    if (policyChanged && job.branch === job.defaultBranch) return watching;
    return watching.filter((watch) => watch.base === job.branch && concerns(touches, watch.touches));
  }

  /** Pull requests that a push to this branch might concern: those into it, and all where the policy is read. */
  #watching({ branch, defaultBranch }: PushJob): Watch[] {
    return this.#watches().filter(({ base }) => base === branch || branch === defaultBranch);
  }

  #watches(): Watch[] {
    return [...this.ctx.storage.kv.list<Watch>({ prefix: watchKey("") })].map(([, watch]) => watch);
  }

  /** Asks pull requests to look, some time within what is good for GitHub's limits and the `spread` that is asked for. */
  async #nudge(
    { installation, repository, delivery }: Place & { readonly delivery: string },
    concerned: readonly Watch[],
    { reason = "base moved", spread: wanted = 0 } = {},
  ): Promise<void> {
    const own = concerned.length > 1 ? Math.min(concerned.length * spreadPerPullRequest, longestSpread) : 0;
    const spread = Math.max(own, wanted);
    for (const { number, url } of concerned) {
      const stub = this.env.PULL_REQUEST.getByName(objectName.pullRequest(repository.id, number));
      const origin = { installation, repository, delivery, reason };
      await stub.nudge({ ...origin, number, url, awaitedBy: null, delay: Math.random() * spread });
    }
  }
}

const watchKey = (number: number | "") => `watch:${number}`;
const movedKey = (branch: string) => `moved:${branch}`;
