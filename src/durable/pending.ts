import type { PullRequestJob } from "../event/job.ts";
import { type Fault, nextAttempt } from "./backoff.ts";

/** What the house itself asks a pull request for: another look, though no event of its own came. */
export interface Nudge
  extends Pick<PullRequestJob, "installation" | "repository" | "delivery" | "number" | "reason"> {
  /** Null where only the number is known. */
  readonly url: string | null;
  /** The head commit whose object waits for this pull request's verdict. */
  readonly awaitedBy: string | null;
  /** Milliseconds to wait, so that many pull requests do not ask GitHub at one time. */
  readonly delay: number;
}

/** The look that is due. Later events are merged into it, because a look reads everything anew. Times are milliseconds since 1970. */
export interface Pending {
  readonly job: Pick<Nudge, "installation" | "repository" | "delivery" | "number" | "reason" | "url">;
  /** The newest state that an event has seen. */
  readonly seen: PullRequestJob["seen"];
  /** Grows with every event, and so tells whether one came during a look. */
  readonly sequence: number;
  /** Start of the burst of events. */
  readonly firstAt: number;
  readonly dueAt: number;
  /** GitHub asked not to be called before. */
  readonly notBefore: number;
  readonly attempts: number;
  readonly failingSince: number | null;
  /** How often GitHub showed less than the event had seen. */
  readonly outdatedReads: number;
  /** A look is under way, or ended without any code of ours running. */
  readonly running: boolean;
  readonly crashes: number;
}

/** How often GitHub may show less than an event saw, and the platform end a look, before that counts as the answer. */
export const patience = { outdatedReads: 5, crashes: 3 } as const;

/** A burst is over after one debounce without an event, and at the latest after this many. */
const longestBurst = 5;
const firstPause = 1_000;

/** The pending look after a webhook. */
export function noted(
  before: Pending | undefined,
  job: PullRequestJob,
  now: number,
  debounce: number,
): Pending {
  const burst = before?.running === false ? before.firstAt : now;
  return {
    ...restarted(before, job, now),
    seen: laterOf(before?.seen ?? null, job.seen),
    firstAt: burst,
    dueAt: Math.max(now, Math.min(now + debounce, burst + longestBurst * debounce)),
  };
}

/** The pending look after a nudge, which neither breaks a burst off nor ends a wait. */
export function nudged(before: Pending | undefined, nudge: Nudge, now: number): Pending {
  const dueAt = now + nudge.delay;
  if (!before || before.running) return { ...restarted(before, nudge, now), firstAt: dueAt, dueAt };
  return {
    ...before,
    sequence: before.sequence + 1,
    dueAt: before.attempts > 0 ? before.dueAt : Math.min(before.dueAt, dueAt),
  };
}

/** The pending look after one that failed. */
export function postponed(pending: Pending, fault: Fault, now: number, chance: number): Pending {
  const attempts = pending.attempts + 1;
  return {
    ...pending,
    attempts,
    failingSince: pending.failingSince ?? now,
    dueAt: nextAttempt(fault, attempts, now, chance),
    notBefore: fault.retryAt ?? pending.notBefore,
    running: false,
    crashes: 0,
  };
}

/** The pending look after one that found GitHub's answers older than the event. */
export function outdated(pending: Pending, now: number): Pending {
  const pause = firstPause * 2 ** pending.outdatedReads;
  return { ...pending, outdatedReads: pending.outdatedReads + 1, dueAt: now + pause, running: false };
}

/** When the alarm is to ring. */
export function alarmTime({ dueAt, notBefore }: Pending): number {
  return Math.max(dueAt, notBefore);
}

/** A new event deserves new patience, but no earlier call than GitHub allows. */
function restarted(
  before: Pending | undefined,
  { installation, repository, delivery, number, reason, url }: Pending["job"],
  now: number,
): Pending {
  return {
    job: { installation, repository, delivery, number, reason, url },
    seen: before?.seen ?? null,
    sequence: (before?.sequence ?? 0) + 1,
    firstAt: now,
    dueAt: now,
    notBefore: before?.notBefore ?? 0,
    attempts: 0,
    failingSince: null,
    outdatedReads: 0,
    running: false,
    crashes: 0,
  };
}

function laterOf(a: Pending["seen"], b: Pending["seen"]): Pending["seen"] {
  return a && b ? (a.updatedAt > b.updatedAt ? a : b) : (a ?? b);
}
