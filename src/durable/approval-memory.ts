import type { Said } from "../event/job.ts";
import type { NotedPress } from "../petitions.ts";
import type { Memory, Remark, Standing } from "../policy/approvals/conversation.ts";
import type { Session, Settlement } from "../settlement.ts";

/** Presses that were never answered are forgotten after as long as GitHub keeps their deliveries. */
const pressesKept = 3 * 24 * 60 * 60_000;

/**
 * What a pull request's object remembers of approvals. It may only withdraw: forgetting any of it lets nothing through,
 * but for what was revoked, edited or deleted, which therefore outlives the pull request's closing.
 */
export class ApprovalMemory {
  readonly #kv: SyncKvStorage;

  constructor(kv: SyncKvStorage) {
    this.#kv = kv;
  }

  read(): Memory {
    return {
      withdrawn: new Set(this.#names("withdrawn:")),
      answered: new Set(this.#names("answered:")),
      standing: this.#kv.get<Standing>("standing") ?? null,
    };
  }

  /** All that a look takes along. */
  session(): Pick<Session, "memory" | "presses" | "revoked"> {
    return { memory: this.read(), presses: this.presses(), revoked: this.revoked() };
  }

  presses(): NotedPress[] {
    return [...this.#kv.list<NotedPress>({ prefix: "press:" })].map(([, press]) => press);
  }

  /** Every `/revoke` that was edited or deleted, as it was. */
  revoked(): Remark[] {
    return [...this.#kv.list<Remark>({ prefix: "revoked:" })].map(([, remark]) => remark);
  }

  /** Keeps what an event said that GitHub cannot be asked for later. */
  hear({ withdrawn, revoked, pressed }: Said, now: number): void {
    if (withdrawn !== undefined) this.#kv.put(`withdrawn:${withdrawn}`, true);
    if (revoked !== undefined && !this.#kv.get(`revoked:${revoked.id}`)) {
      this.#kv.put(`revoked:${revoked.id}`, revoked);
    }
    const isNew = pressed !== undefined && !this.#kv.get(`answered:button:${pressed.delivery}`);
    if (isNew) this.#kv.put(`press:${pressed.delivery}`, { ...pressed, at: now } satisfies NotedPress);
  }

  /** Keeps what a look has settled; before its verdict is published, so that nothing withdrawn is ever published as standing. */
  settle({ answered, withdrawn }: Settlement, now: number): void {
    for (const key of answered) {
      this.#kv.put(`answered:${key}`, true);
      if (key.startsWith("button:")) this.#kv.delete(`press:${key.slice("button:".length)}`);
    }
    for (const key of withdrawn) this.#kv.put(`withdrawn:${key}`, true);
    for (const { delivery, at } of this.presses()) {
      if (at < now - pressesKept) this.#kv.delete(`press:${delivery}`);
    }
  }

  /** Keeps since when the published verdict says what it says. */
  published(head: string, fingerprints: readonly string[], now: number): void {
    const before = this.#kv.get<Standing>("standing");
    const isSame = before?.head === head && before.fingerprints.join() === fingerprints.join();
    if (!isSame) this.#kv.put("standing", { head, fingerprints, since: now } satisfies Standing);
  }

  /** Empties an object's storage but for what was withdrawn and answered: a pull request can be opened again. */
  async forgetTheRest(storage: DurableObjectStorage): Promise<void> {
    const kept = ["withdrawn:", "answered:", "revoked:"].flatMap((prefix) => [...this.#kv.list({ prefix })]);
    await storage.deleteAll();
    for (const [key, value] of kept) this.#kv.put(key, value);
  }

  #names(prefix: string): string[] {
    return [...this.#kv.list({ prefix })].map(([key]) => key.slice(prefix.length));
  }
}
