import type { Turn } from "../rules/moment.ts";

/** Verdicts that turn again and again are looked at no more often than this. */
const shortestPause = 60_000;
/** People write dates that no alarm can be set to: for those further away it is set again on the way. */
const longestAlarm = 365 * 24 * 60 * 60_000;

interface Wait<Job> {
  readonly turn: Turn;
  readonly job: Job;
}

/** What an object waits for when nothing is due: the moment at which its verdict may turn without any event. */
export class Waiting<Job> {
  readonly #kv: SyncKvStorage;

  constructor(kv: SyncKvStorage) {
    this.#kv = kv;
  }

  /** Keeps when to look again, and for which job; a verdict that does not turn leaves nothing to wait for. */
  keep(turn: Turn | null, job: Job): void {
    if (turn === null) return void this.#kv.delete("waiting");
    const turned = this.#kv.get<number>("turned") ?? Number.NEGATIVE_INFINITY;
    const at = Math.max(turn.at, turned + shortestPause);
    this.#kv.put("waiting", { turn: { ...turn, at }, job } satisfies Wait<Job>);
  }

  /** Sets the object's alarm, which rings for nothing else now. */
  async rest(storage: DurableObjectStorage, now: number): Promise<void> {
    const wait = this.#kv.get<Wait<Job>>("waiting");
    if (wait) await storage.setAlarm(Math.min(wait.turn.at, now + longestAlarm));
    else await storage.deleteAlarm();
  }

  /** The look that is due at `now` (milliseconds since 1970), once, and why. */
  due(now: number): { readonly job: Job; readonly why: string } | null {
    const wait = this.#kv.get<Wait<Job>>("waiting");
    if (!wait || now < wait.turn.at) return null;
    this.#kv.delete("waiting");
    this.#kv.put("turned", now);
    return { job: wait.job, why: wait.turn.what };
  }
}
