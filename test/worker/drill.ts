/** A Durable Object's alarm in the hands of a test: rung when the test wants, and never twice at one time. */
export class AlarmDrill {
  readonly #storage: DurableObjectStorage;
  readonly #alarm: () => Promise<void>;
  #last: Promise<void> = Promise.resolve();
  #runs = 0;
  #runsSeen = 0;

  constructor(storage: DurableObjectStorage, alarm: () => Promise<void>) {
    this.#storage = storage;
    this.#alarm = alarm;
  }

  /** The platform's own call: waits for the one before. */
  run(): Promise<void> {
    this.#runs += 1;
    this.#last = this.#last.then(this.#alarm);
    return this.#last;
  }

  /** Rings an alarm that is set, as if its time had come. Tells whether anything rang since it was last asked. */
  async ring(isTime = true): Promise<boolean> {
    await this.#last;
    if (isTime && (await this.#storage.getAlarm()) !== null) {
      await this.#storage.deleteAlarm();
      await this.run();
    }
    await this.#last;
    const rang = this.#runs > this.#runsSeen;
    this.#runsSeen = this.#runs;
    return rang;
  }

  /** Milliseconds from now until the alarm; null when there is none. */
  async due(): Promise<number | null> {
    const at = await this.#storage.getAlarm();
    return at === null ? null : at - Date.now();
  }
}

/** What tests may do to every Durable Object. */
export interface Drilled extends Rpc.DurableObjectBranded {
  ring(): Promise<boolean>;
  due(): Promise<number | null>;
  kill(times: number): Promise<void>;
}

/** What the Worker takes for the time, in milliseconds ahead of the machine's. */
export const clock = { ahead: 0 };

type DrilledNamespace = DurableObjectNamespace<Drilled>;

/**
 * Doors for the test beside the Worker's own: `POST /drill/BINDING/ring?name=…`, `…/due`, `…/kill`, and `…/ring-all` with
 * the ids in the body. Null for everything else.
 */
export async function answerDrill(request: Request, env: object): Promise<Response | null> {
  const { pathname, searchParams } = new URL(request.url);
  const [, door, binding = "", deed] = pathname.split("/");
  if (door !== "drill") return null;
  if (binding === "clock") {
    clock.ahead = await request.json();
    return Response.json(true);
  }
  const namespace = (env as Record<string, DrilledNamespace>)[binding];
  if (!namespace) return new Response("no such binding", { status: 404 });
  if (deed === "ring-all") {
    const ids: string[] = await request.json();
    const rung = await Promise.all(ids.map((id) => namespace.get(namespace.idFromString(id)).ring()));
    return Response.json(rung.some((rang) => rang));
  }
  const stub = namespace.getByName(searchParams.get("name") ?? "");
  if (deed === "kill") return Response.json((await stub.kill(await request.json())) ?? null);
  return Response.json(deed === "ring" ? await stub.ring() : await stub.due());
}
