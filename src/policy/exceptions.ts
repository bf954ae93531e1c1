import type { Problem } from "../manifest/source.ts";
import type { Finding } from "../rules/finding.ts";
import type { Moment } from "../rules/moment.ts";
import type { EffectivePolicy } from "./effective.ts";

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

/** What people should know about the exceptions that this change leans on: expired, or soon to be. */
export function exceptionNotices(
  findings: readonly Finding[],
  policy: EffectivePolicy,
  moment: Moment,
): Problem[] {
  return policy.exceptions
    .filter((exception) => findings.some((finding) => covers(exception, finding)))
    .filter((exception) => !moment.isBefore(endOf(exception) - warningDays * day, "an exception ends soon"))
    .map((exception) => {
      const [, file = exception.source, line = "1"] = /^(.*):(\d+)$/.exec(exception.source) ?? [];
      const verb = stands(exception, moment) ? "expires" : "expired";
      return {
        code: "policy-exception",
        message: `the exception of ${exception.rule} for ${exception.object} ${verb} on ${exception.expires}`,
        range: { file, line: Number(line), column: 1, endLine: Number(line), endColumn: 1 },
        fix: `ask ${exception.owner}`,
      };
    });
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
