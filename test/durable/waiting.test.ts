import { describe, expect, it } from "vitest";
import { Waiting } from "../../src/durable/waiting.ts";

const minute = 60_000;
const now = Date.parse("2026-11-22T12:00:00Z");
const freeze = (at: number) => ({ at, what: "a freeze begins" });

/** What an object keeps, and its alarm. */
function object() {
  const kept = new Map<string, unknown>();
  const kv = {
    get: (key: string) => kept.get(key),
    put: (key: string, value: unknown) => kept.set(key, value),
    delete: (key: string) => kept.delete(key),
  } as unknown as SyncKvStorage;
  let alarm: number | null = null;
  const storage = {
    setAlarm: async (at: number) => {
      alarm = at;
    },
    deleteAlarm: async () => {
      alarm = null;
    },
  } as unknown as DurableObjectStorage;
  return { waiting: new Waiting<string>(kv), kv, storage, alarm: () => alarm };
}

describe("waiting for a verdict to turn", () => {
  it("rings then, hands the look out once, and says why", async () => {
    const { waiting, storage, alarm } = object();
    waiting.keep(freeze(now + 10 * minute), "look");
    await waiting.rest(storage, now);
    expect(alarm()).toBe(now + 10 * minute);
    expect(waiting.due(now + 10 * minute - 1)).toBeNull();
    expect(waiting.due(now + 10 * minute)).toEqual({ job: "look", why: "a freeze begins" });
    expect(waiting.due(now + 10 * minute)).toBeNull();
    await waiting.rest(storage, now);
    expect(alarm()).toBeNull();
  });

  it("outlives the object in memory, and is forgotten by a verdict that does not turn", () => {
    const { waiting, kv } = object();
    waiting.keep(freeze(now), "look");
    expect(new Waiting<string>(kv).due(now)).not.toBeNull();
    waiting.keep(freeze(now), "look");
    waiting.keep(null, "look");
    expect(waiting.due(now + minute)).toBeNull();
  });

  it("looks at most once a minute by itself, and at once after an event", () => {
    const { waiting } = object();
    waiting.keep(freeze(now), "look");
    expect(waiting.due(now)).not.toBeNull();
    waiting.keep(freeze(now + 1), "look");
    expect(waiting.due(now + minute - 1)).toBeNull();
    expect(waiting.due(now + minute)).not.toBeNull();
    waiting.keep(freeze(now + 5 * minute), "look");
    expect(waiting.due(now + 5 * minute)).not.toBeNull();
  });

  it("sets no alarm for a date that the platform cannot hold, and looks no sooner for that", async () => {
    const { waiting, storage, alarm } = object();
    const end = Date.parse("9999-12-31T00:00:00Z");
    waiting.keep({ at: end, what: "an exception ends" }, "look");
    await waiting.rest(storage, now);
    const first = alarm()!;
    expect(first).toBeGreaterThan(now + 300 * 24 * 60 * minute);
    expect(first).toBeLessThan(now + 2 * 366 * 24 * 60 * minute);
    expect(waiting.due(first)).toBeNull();
    expect(waiting.due(end)).not.toBeNull();
  });
});
