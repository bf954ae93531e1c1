import type { Problem } from "../manifest/source.ts";
import type { Finding } from "../rules/finding.ts";
import type { Moment } from "../rules/moment.ts";
import type { EffectivePolicy } from "./effective.ts";
import { rangeOfSource } from "./source-line.ts";
import type { Standing } from "./standing.ts";

type Exception = EffectivePolicy["exceptions"][number];

const day = 24 * 60 * 60 * 1_000;
/** An exception that ends within this many days is mentioned, so that nobody is surprised by the day after. */
const warningDays = 14;

/** Marks what policy excepts at a moment. An expired exception excepts nothing. */
export function excepted(findings: readonly Finding[], policy: EffectivePolicy, moment: Moment): Finding[] {
  return findings.map((finding) =>
    (finding.state === "new" || finding.state === "worse") &&
    policy.exceptions.some((exception) => covers(exception, finding) && stands(exception, moment))
      ? { ...finding, state: "excepted" }
      : finding,
  );
}

/**
 * What people should know about the exceptions of this repository's objects: expired or soon to be, or of no use any more.
 * `standing` is what the rules say of head as it stands, changed or not (`exceptedFindings`).
 */
export function exceptionNotices(
  found: readonly Finding[],
  standing: Standing,
  policy: EffectivePolicy,
  moment: Moment,
): Problem[] {
  return policy.exceptions.flatMap((exception) => {
    const isUsed = [...found, ...standing.findings].some((finding) => covers(exception, finding));
    const message = isUsed ? expiryText(exception, moment) : uselessText(exception, standing);
    return message === null ? [] : [notice(exception, message)];
  });
}

/** What is to be said of an exception by itself, whatever the mesh: that it has expired, or soon will. */
export function expiryNotices(policy: EffectivePolicy, moment: Moment): Problem[] {
  return policy.exceptions.flatMap((exception) => {
    const message = expiryText(exception, moment);
    return message === null ? [] : [notice(exception, message)];
  });
}

function expiryText(exception: Exception, moment: Moment): string | null {
  if (moment.isBefore(endOf(exception) - warningDays * day, "an exception ends soon")) return null;
  const verb = stands(exception, moment) ? "expires" : "expired";
  return `the exception of ${exception.rule} for ${exception.object} ${verb} on ${exception.expires}`;
}

/** Of an object in another repository nobody here can tell; nor of a rule that only speaks of changes. */
function uselessText({ rule, object, own }: Exception, { objects, judges }: Standing): string | null {
  const unused = `the exception of ${rule} for ${object} is not used`;
  if (!objects.has(object)) return own ? `${unused}: there is no such object` : null;
  return judges(rule) ? `${unused}: the rule has nothing to say of it` : null;
}

function notice({ owner, source }: Exception, message: string): Problem {
  return { code: "policy-exception", message, range: rangeOfSource(source), fix: `ask ${owner}` };
}

function stands(exception: Exception, moment: Moment): boolean {
  return moment.isBefore(endOf(exception), "an exception ends");
}

function covers({ rule, object, ceiling }: Exception, finding: Finding): boolean {
  return (
    finding.rule === rule &&
    finding.object === object &&
    (ceiling === undefined || (finding.measure !== undefined && finding.measure <= ceiling))
  );
}

/** The first moment after the last day on which an exception holds, in UTC. */
function endOf({ expires }: Exception): number {
  return Date.parse(`${expires}T00:00:00Z`) + day;
}
