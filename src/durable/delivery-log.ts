/** A webhook that was noted (milliseconds since 1970); `done` once a look after it has ended well. */
interface Noted {
  readonly at: number;
  readonly done: boolean;
}

/** GitHub keeps deliveries for 3 days; what is older cannot come again. */
const memory = 7 * 24 * 60 * 60_000;

/** Which webhooks were worked off. A redelivery of one that was not is work, not a duplicate. */
export class DeliveryLog {
  readonly #kv: SyncKvStorage;

  constructor(kv: SyncKvStorage) {
    this.#kv = kv;
  }

  isDone(id: string): boolean {
    return this.#kv.get<Noted>(key(id))?.done === true;
  }

  note(id: string, now: number): void {
    this.#kv.put(key(id), { at: now, done: false } satisfies Noted);
  }

  /** A look that began at `lookedAt` has ended well: it covers every webhook noted before. */
  cover(lookedAt: number): void {
    for (const [name, noted] of [...this.#kv.list<Noted>({ prefix: key("") })]) {
      if (noted.at < lookedAt - memory) this.#kv.delete(name);
      else if (!noted.done && noted.at <= lookedAt)
        this.#kv.put(name, { ...noted, done: true } satisfies Noted);
    }
  }
}

const key = (id: string) => `delivery:${id}`;
