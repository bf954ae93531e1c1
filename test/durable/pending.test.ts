import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { describeFault, type Fault, isFinal, nextAttempt } from "../../src/durable/backoff.ts";
import {
  alarmTime,
  type Nudge,
  noted,
  nudged,
  outdated,
  type Pending,
  postponed,
} from "../../src/durable/pending.ts";
import type { PullRequestJob } from "../../src/event/job.ts";
import { GitHubFault } from "../../src/github/port.ts";

const debounce = 1_500;
const job: PullRequestJob = {
  kind: "pull-request",
  installation: 7,
  repository: { id: 42, owner: "acme", name: "mesh" },
  delivery: "guid",
  reason: "pull_request.synchronize",
  number: 3,
  url: "https://github.com/acme/mesh/pull/3",
  seen: { head: "a".repeat(40), updatedAt: 100 },
};
const nudge: Nudge = { ...job, awaitedBy: null, delay: 0 };
const passing: Fault = { message: "502", status: 502, retryAt: null, mayPass: true };
const running = (pending: Pending): Pending => ({ ...pending, running: true });

describe("a burst of webhooks", () => {
  test("is over one debounce after its last event", () => {
    const first = noted(undefined, job, 10_000, debounce);
    expect(alarmTime(first)).toBe(11_500);
    expect(alarmTime(noted(first, job, 11_000, debounce))).toBe(12_500);
  });

  test("that does not end is looked at all the same, five debounces after its first event", () => {
    let pending = noted(undefined, job, 0, debounce);
    for (let now = 1_000; now <= 20_000; now += 1_000) {
      const next = noted(pending, job, now, debounce);
      expect(alarmTime(next)).toBeLessThanOrEqual(Math.max(5 * debounce, now));
      pending = next;
    }
  });

  test("that starts during a look is a burst of its own", () => {
    const old = running(noted(undefined, job, 0, debounce));
    expect(alarmTime(noted(old, job, 60_000, debounce))).toBe(61_500);
  });

  test("keeps the newest state that an event saw, in whatever order they came", () => {
    const newer = { ...job, seen: { head: "b".repeat(40), updatedAt: 200 } };
    for (const [one, other] of [
      [job, newer],
      [newer, job],
    ] as const) {
      expect(noted(noted(undefined, one, 0, debounce), other, 1, debounce).seen).toEqual(newer.seen);
    }
  });
});

describe("a nudge", () => {
  test("looks when its delay is over", () => {
    expect(alarmTime(nudged(undefined, { ...nudge, delay: 40_000 }, 1_000))).toBe(41_000);
  });

  test("brings a later look forward and does not put an earlier one off", () => {
    const pending = noted(undefined, job, 0, debounce);
    expect(alarmTime(nudged(pending, nudge, 100))).toBe(100);
    expect(alarmTime(nudged(pending, { ...nudge, delay: 60_000 }, 100))).toBe(1_500);
  });

  test("does not end the wait after a failure", () => {
    const pending = postponed(noted(undefined, job, 0, debounce), passing, 10_000, 0);
    expect(alarmTime(nudged(pending, nudge, 10_001))).toBe(alarmTime(pending));
  });
});

test("every event during a look is told apart from the look", () => {
  const events = fc.array(fc.boolean(), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(events, (webhooks) => {
      const started = running(noted(undefined, job, 0, debounce));
      const latest = webhooks.reduce<Pending>(
        (pending, isWebhook, index) =>
          isWebhook ? noted(pending, job, index, debounce) : nudged(pending, nudge, index),
        started,
      );
      expect(latest.sequence).not.toBe(started.sequence);
      expect(latest.running).toBe(false);
    }),
  );
});

describe("waiting after a failure", () => {
  test("doubles from two seconds to an hour", () => {
    const delays = [1, 2, 3, 4, 8, 12, 20, 100].map(
      (attempts) => nextAttempt(passing, attempts, 0, 0) / 1000,
    );
    expect(delays).toEqual([2, 4, 8, 16, 256, 3600, 3600, 3600]);
  });

  test("never calls before GitHub allows it, and is spread by chance", () => {
    const anything = {
      chance: fc.double({ min: 0, max: 1, noNaN: true }),
      attempts: fc.integer({ min: 1, max: 50 }),
    };
    fc.assert(
      fc.property(
        fc.record(anything),
        fc.integer({ min: 0, max: 10_000_000 }),
        ({ chance, attempts }, retryAt) => {
          const at = nextAttempt({ ...passing, retryAt }, attempts, 1_000, chance);
          expect(at).toBeGreaterThanOrEqual(retryAt);
          expect(at).toBeGreaterThanOrEqual(3_000);
        },
      ),
    );
  });

  test("an event brings new patience, but no call before GitHub's time", () => {
    const limited = { ...passing, status: 403, retryAt: 900_000 };
    const waiting = postponed(noted(undefined, job, 0, debounce), limited, 10_000, 0.5);
    const next = noted(waiting, job, 20_000, debounce);
    expect(next).toMatchObject({ attempts: 0, failingSince: null });
    expect(alarmTime(next)).toBeGreaterThanOrEqual(900_000);
  });

  test("for a state that GitHub does not show yet is short and no failure", () => {
    let pending = noted(undefined, job, 0, debounce);
    const waits = Array.from({ length: 5 }, () => {
      pending = outdated(running(pending), 0);
      return pending.dueAt;
    });
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000]);
    expect(pending).toMatchObject({ attempts: 0, outdatedReads: 5, running: false });
  });
});

describe("a fault", () => {
  const day = 24 * 60 * 60_000;

  test.each([
    ["of the network", new GitHubFault("reset"), true],
    ["of GitHub's servers", new GitHubFault("oops", 503), true],
    ["of a limit", new GitHubFault("slow down", 403, 5), true],
    ["of a missing permission", new GitHubFault("no", 403), false],
    ["of a commit that is not there", new GitHubFault("no", 422), false],
    ["of our own", new TypeError("x is undefined"), false],
    ["of the platform", Object.assign(new Error("Network connection lost"), { retryable: true }), true],
    ["of nobody knows whom", "thrown text", false],
  ])("%s: it may pass by itself: %#", (_, error, mayPass) => {
    expect(describeFault(error).mayPass).toBe(mayPass);
  });

  test("that may pass is waited out for a day; any other is shown after four attempts", () => {
    expect(isFinal(passing, 1_000, 0, day - 1)).toBe(false);
    expect(isFinal(passing, 1, 0, day)).toBe(true);
    const stubborn = { ...passing, mayPass: false };
    expect([1, 2, 3, 4].map((attempts) => isFinal(stubborn, attempts, 0, 1))).toEqual([
      false,
      false,
      false,
      true,
    ]);
  });
});
