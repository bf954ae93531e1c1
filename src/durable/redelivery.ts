import { DurableObject } from "cloudflare:workers";
import { GitHubApp } from "../github/app.ts";
import { type Delivery, deliveriesSince, redeliver } from "../github/deliveries.ts";
import type { Bindings } from "./bindings.ts";
import { configurationOf } from "./office.ts";

/** An event whose last attempt to reach us failed. Times are milliseconds since 1970. */
interface Lost {
  readonly deliveryId: string;
  readonly firstAt: number;
  readonly attempts: number;
  readonly dueAt: number;
}

/** GitHub never delivers again by itself, and keeps a delivery for 3 days (handling-failed-webhook-deliveries.md). */
const kept = 3 * 24 * 60 * 60_000;
/** Attempts of ours for one event, each after twice the time: five minutes to about two days. */
const attemptsAllowed = 10;
const firstPause = 5 * 60_000;
/** After an outage GitHub's limits matter more than haste. */
const attemptsPerSweep = 100;
/** A delivery may be listed a little after later ones. */
const overlap = 60_000;

/** One for the app: asks GitHub to deliver again what did not reach us. */
export class Redelivery extends DurableObject<Bindings> {
  /** Reads what was delivered since the last sweep and has due failures delivered again. */
  async sweep(): Promise<void> {
    const app = new GitHubApp(configurationOf(this.env).credentials);
    const now = Date.now();
    const since = Math.max(this.ctx.storage.kv.get<number>("sweptAt") ?? 0, now - kept);
    for (const delivery of await deliveriesSince(app, since - overlap)) this.#learn(delivery, now);
    this.ctx.storage.kv.put("sweptAt", now);
    const lost = [...this.ctx.storage.kv.list<Lost>({ prefix: lostKey("") })];
    const due = lost.filter(([, { dueAt }]) => dueAt <= now).slice(0, attemptsPerSweep);
    for (const [key, event] of due) await this.#redeliver(app, key, event, now);
  }

  /** The newest attempt to deliver an event decides. */
  #learn({ id, guid, succeeded, deliveredAt }: Delivery, now: number): void {
    const key = lostKey(guid);
    if (succeeded) return void this.ctx.storage.kv.delete(key);
    const known = this.ctx.storage.kv.get<Lost>(key);
    const lost = known ?? { firstAt: deliveredAt, attempts: 0, dueAt: now };
    this.ctx.storage.kv.put(key, { ...lost, deliveryId: id } satisfies Lost);
  }

  async #redeliver(app: GitHubApp, key: string, lost: Lost, now: number): Promise<void> {
    const { deliveryId, firstAt, attempts } = lost;
    if (attempts >= attemptsAllowed || firstAt < now - kept) {
      console.error(
        JSON.stringify({ message: "webhook lost", delivery: key.slice(lostKey("").length), attempts }),
      );
      this.ctx.storage.kv.delete(key);
      return;
    }
    // Before asking: an attempt whose answer is lost counts too.
    this.ctx.storage.kv.put(key, {
      ...lost,
      attempts: attempts + 1,
      dueAt: now + firstPause * 2 ** attempts,
    } satisfies Lost);
    await redeliver(app, deliveryId);
  }
}

const lostKey = (guid: string) => `lost:${guid}`;
