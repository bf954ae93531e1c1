import { createHmac, randomUUID } from "node:crypto";
import type { Ledger } from "../ledger.ts";
import { serverLimits } from "../limits.ts";
import type { World } from "../world.ts";

/** Where deliveries go: a URL, or a function for an app that runs in the same process. */
export interface WebhookTarget {
  readonly deliverTo: string | ((request: Request) => Response | Promise<Response>);
  readonly secret: string;
}

export interface Delivery {
  readonly id: number;
  readonly guid: string;
  readonly event: string;
  readonly action: string | null;
  readonly deliveredAt: string;
  readonly redelivery: boolean;
  /** Seconds. */
  readonly duration: number;
  readonly status: string;
  readonly statusCode: number;
  readonly installationId: number;
  readonly repositoryId: number | null;
  readonly request: { readonly headers: Readonly<Record<string, string>>; readonly body: string };
  readonly response: { readonly headers: Readonly<Record<string, string>>; readonly body: string | null };
}

/** An event on its way. `body` is the payload as it will be signed and sent. */
export interface OutgoingEvent {
  readonly guid: string;
  readonly event: string;
  readonly action: string | null;
  readonly installationId: number;
  readonly repositoryId: number | null;
  readonly body: string;
  readonly redelivery: boolean;
}

export type WebhookFault =
  /** Lost on GitHub's side: never sent, in no log. */
  | { readonly kind: "drop" }
  /** Sent twice, under the same GUID. */
  | { readonly kind: "duplicate" }
  /** Did not reach the app: the log shows a failure that can be redelivered. */
  | { readonly kind: "fail" }
  /** Sent when the promise settles; those behind it go ahead. */
  | { readonly kind: "delay"; readonly until: Promise<unknown> };

/** GitHub ends the connection after ten seconds (github/docs, best-practices-for-using-webhooks.md). */
const timeoutMilliseconds = 10_000;

type Outcome = Pick<Delivery, "status" | "statusCode" | "response">;

/** Sends events one after the other, signs them, and remembers every delivery. */
export class Webhooks {
  target: WebhookTarget | null = null;
  /** Newest last. */
  readonly deliveries: Delivery[] = [];
  readonly #world: World;
  readonly #ledger: Ledger;
  readonly #changed: () => void;
  readonly #faults: { readonly fault: WebhookFault; readonly event: string | null }[] = [];
  #queue: Promise<unknown> = Promise.resolve();
  #held: OutgoingEvent[] = [];
  #reorder = 0;

  constructor(world: World, ledger: Ledger, changed: () => void) {
    this.#world = world;
    this.#ledger = ledger;
    this.#changed = changed;
  }

  /** Plans a fault for the next delivery, or the next one of this event (`pull_request`, `pull_request.synchronize`). */
  plan(fault: WebhookFault, event: string | null = null): void {
    this.#faults.push({ fault, event });
  }

  /** Holds the next `count` events back until all are there, then sends them in reverse. */
  reorderNext(count: number): void {
    this.#reorder = count;
  }

  /** Puts an event into the line. */
  send(outgoing: OutgoingEvent): void {
    if (Buffer.byteLength(outgoing.body) > serverLimits.webhookBytes) return; // GitHub does not fire it at all
    if (this.#reorder === 0) {
      this.#line(outgoing);
      return;
    }
    this.#held.push(outgoing);
    if (this.#held.length < this.#reorder) return;
    const held = this.#held.reverse();
    this.#held = [];
    this.#reorder = 0;
    for (const event of held) this.#line(event);
  }

  /** Sends a past delivery again, under its GUID. Takes the place at the end of the line. */
  redeliver(delivery: Delivery): void {
    const { guid, event, action, installationId, repositoryId, request } = delivery;
    this.#line({ guid, event, action, installationId, repositoryId, body: request.body, redelivery: true });
  }

  /** Resolves when the line is empty. Events that are delayed by a fault are not waited for. */
  async settled(): Promise<void> {
    for (let seen: Promise<unknown> | null = null; seen !== this.#queue; ) {
      seen = this.#queue;
      await seen;
    }
  }

  #line(outgoing: OutgoingEvent): void {
    const fault = this.#takeFault(outgoing);
    if (fault?.kind === "drop") return;
    if (fault?.kind === "delay") {
      void fault.until.then(() => this.#enqueue(outgoing));
      return;
    }
    this.#enqueue(outgoing, fault?.kind === "fail");
    if (fault?.kind === "duplicate") this.#enqueue(outgoing);
  }

  #takeFault(outgoing: OutgoingEvent): WebhookFault | null {
    const name = `${outgoing.event}.${outgoing.action}`;
    const at = this.#faults.findIndex(
      ({ event }) => event === null || event === outgoing.event || event === name,
    );
    return at < 0 ? null : (this.#faults.splice(at, 1)[0]?.fault ?? null);
  }

  #enqueue(outgoing: OutgoingEvent, fails = false): void {
    this.#queue = this.#queue.then(() => this.#deliver(outgoing, fails));
  }

  async #deliver(outgoing: OutgoingEvent, fails: boolean): Promise<void> {
    if (this.target === null) return;
    const headers = this.#headers(outgoing, this.target.secret);
    const started = performance.now();
    const outcome = fails ? unreachable : await post(this.target.deliverTo, headers, outgoing.body);
    const { guid, event, action, installationId, repositoryId, redelivery } = outgoing;
    this.deliveries.push({
      ...outcome,
      id: this.#world.nextId(),
      guid,
      event,
      action,
      installationId,
      repositoryId,
      redelivery,
      deliveredAt: this.#world.now(),
      duration: Math.round(performance.now() - started) / 1000,
      request: { headers, body: outgoing.body },
    });
    this.#ledger.delivered(action === null ? event : `${event}.${action}`);
    this.#changed();
  }

  #headers(outgoing: OutgoingEvent, secret: string): Record<string, string> {
    const digest = (algorithm: string) => createHmac(algorithm, secret).update(outgoing.body).digest("hex");
    return {
      accept: "*/*",
      "content-type": "application/json",
      "user-agent": "GitHub-Hookshot/local",
      "x-github-delivery": outgoing.guid,
      "x-github-event": outgoing.event,
      "x-github-hook-id": String(this.#world.app.id),
      "x-github-hook-installation-target-id": String(this.#world.app.id),
      "x-github-hook-installation-target-type": "integration",
      "x-hub-signature": `sha1=${digest("sha1")}`,
      "x-hub-signature-256": `sha256=${digest("sha256")}`,
    };
  }
}

/** A delivery id as GitHub makes them. */
export const newGuid = (): string => randomUUID();

const unreachable: Outcome = {
  status: "failed to connect to host",
  statusCode: 502,
  response: { headers: {}, body: null },
};

async function post(
  deliverTo: WebhookTarget["deliverTo"],
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<Outcome> {
  try {
    const signal = AbortSignal.timeout(timeoutMilliseconds);
    const init = { method: "POST", headers, body, signal };
    const response =
      typeof deliverTo === "string"
        ? await fetch(deliverTo, init)
        : await deliverTo(new Request("http://app.local/webhook", init));
    return {
      status: response.ok ? "OK" : `Invalid HTTP Response: ${response.status}`,
      statusCode: response.status,
      response: { headers: Object.fromEntries(response.headers), body: await response.text() },
    };
  } catch (error) {
    const timedOut = error instanceof Error && error.name === "TimeoutError";
    return timedOut ? { ...unreachable, status: "timed out", statusCode: 504 } : unreachable;
  }
}
