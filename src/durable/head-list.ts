/** Head commits whose objects may count on a pull request. */
export class HeadList {
  readonly #kv: SyncKvStorage;

  constructor(kv: SyncKvStorage) {
    this.#kv = kv;
  }

  all(): string[] {
    return this.#kv.get<string[]>("heads") ?? [];
  }

  add(head: string): void {
    this.#kv.put("heads", [...new Set([...this.all(), head])]);
  }

  remove(head: string): void {
    this.#kv.put(
      "heads",
      this.all().filter((other) => other !== head),
    );
  }
}
