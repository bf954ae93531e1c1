import { mayPass } from "../github/fault.ts";
import { GitHubFault } from "../github/port.ts";

/** A failure as a value: thrown errors lose their class on the way between Durable Objects. */
export interface Fault {
  readonly message: string;
  readonly status: number | null;
  /** Milliseconds since 1970 before which GitHub asked not to be called again. */
  readonly retryAt: number | null;
  /** The same may well succeed later without anybody doing anything. */
  readonly mayPass: boolean;
}

const firstDelay = 2_000;
const longestDelay = 60 * 60_000;
/** Faults that will not pass by themselves are repeated this often: a commit may not have reached every GitHub server yet. */
const attemptsAtStubbornFaults = 4;
const longestPatience = 24 * 60 * 60_000;

/** A fault that happened in another Durable Object. */
export class RemoteFault extends Error {
  readonly fault: Fault;
  constructor(fault: Fault) {
    super(fault.message);
    this.fault = fault;
  }
}

/** Describes anything thrown. Errors of the platform itself (`retryable`, `remote`) pass; our own mistakes do not. */
export function describeFault(error: unknown): Fault {
  if (error instanceof RemoteFault) return error.fault;
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof GitHubFault) {
    return { message, status: error.status, retryAt: error.retryAt, mayPass: mayPass(error) };
  }
  const platform =
    error instanceof Error &&
    (("retryable" in error && error.retryable) || ("remote" in error && error.remote));
  return { message, status: null, retryAt: null, mayPass: platform === true };
}

/**
 * When to try again (milliseconds since 1970) after `attempts` failed ones, doubling from 2 s to an hour with up to a
 * quarter of jitter (`chance` between 0 and 1), never before GitHub allows it.
 */
export function nextAttempt(fault: Fault, attempts: number, now: number, chance: number): number {
  const delay = Math.min(firstDelay * 2 ** (attempts - 1), longestDelay);
  return Math.max(now + delay * (1 + chance / 4), (fault.retryAt ?? 0) + chance * firstDelay);
}

/** Whether waiting longer serves nobody, so that the fault must be shown. */
export function isFinal(fault: Fault, attempts: number, failingSince: number, now: number): boolean {
  return fault.mayPass ? now - failingSince >= longestPatience : attempts >= attemptsAtStubbornFaults;
}
