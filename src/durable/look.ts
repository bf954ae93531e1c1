import type { Verdict } from "../gate.ts";
import { faultReport } from "../report/fault.ts";
import { describeFault, type Fault, RemoteFault } from "./backoff.ts";
import type { HeadTarget, Outcome } from "./head-commit.ts";
import type { Office } from "./office.ts";
import type { Pending } from "./pending.ts";

/** What the last look found. */
export interface Known {
  readonly head: string;
  readonly url: string;
  readonly siblings: readonly number[];
  /** Milliseconds since 1970. */
  readonly updatedAt: number;
}

/** The look ended again and again without any code of ours running. */
export const tooHeavy: Fault = {
  message: "the evaluation takes more time or memory than the platform allows",
  status: null,
  retryAt: null,
  mayPass: false,
};
/** A look that stands, and may say more in a moment. */
export const unsettled: Fault = {
  message: "approvals are to be looked at again",
  status: null,
  retryAt: null,
  mayPass: true,
};

/** The check says everything; comments that cannot be posted (a locked conversation) must not turn it red. */
export async function postComments(
  { pull, comment, reviewComments }: Verdict,
  { publisher }: Office,
): Promise<Fault | null> {
  try {
    if (comment !== null) await publisher.upsertReportComment(pull, comment);
    await publisher.review(pull, reviewComments);
    return null;
  } catch (error) {
    const fault = describeFault(error);
    console.error(JSON.stringify({ message: "comment not posted", pr: pull.number, fault: fault.message }));
    return fault;
  }
}

/** Tells whoever wrote a command that it was seen. Only a courtesy: the answer comes in any case. */
export async function acknowledge({ publisher }: Office, command: number): Promise<void> {
  try {
    await publisher.react(command);
  } catch (error) {
    const fault = describeFault(error).message;
    console.error(JSON.stringify({ message: "command not acknowledged", comment: command, fault }));
  }
}

/** The head commit that a job's verdict is published on. */
export function targetOf({ installation, repository, delivery }: Pending["job"], head: string): HeadTarget {
  return { installation, repository, delivery, head };
}

/** Where a fault that will not pass is shown, and how; null where nobody ever saw a head commit. */
export function shownFault({ job, seen }: Pending, read: Known | null, { message }: Fault) {
  const known = read && (seen === null || read.updatedAt >= seen.updatedAt) ? read : null;
  const head = known?.head ?? seen?.head;
  if (head === undefined) return null;
  const report = faultReport(new Error(message), job.delivery);
  return {
    target: targetOf(job, head),
    verdict: { number: job.number, url: known?.url ?? job.url ?? "", report },
    siblings: known?.siblings ?? [job.number],
  };
}

/** The requests that a call cost; throws the fault it ended with. */
export function settled({ requests, fault }: Outcome): number {
  if (fault) throw new RemoteFault(fault);
  return requests;
}

/** One line per look, for whoever searches the logs for a delivery or a pull request. */
export function log(message: string, { job }: Pending, details: Record<string, unknown>): void {
  const { delivery, reason, repository, number } = job;
  console.log(
    JSON.stringify({
      message,
      delivery,
      reason,
      repository: `${repository.owner}/${repository.name}`,
      pr: number,
      ...details,
    }),
  );
}
