import type { Problem } from "../manifest/source.ts";
import type { Finding } from "../rules/finding.ts";
import type { EffectivePolicy } from "./effective.ts";

type Exception = EffectivePolicy["exceptions"][number];

const day = 24 * 60 * 60 * 1_000;
/** An exception that ends within this many days is mentioned, so that nobody is surprised by the day after. */
const warningDays = 14;

/** Marks what policy excepts at `now` (milliseconds since 1970). An expired exception excepts nothing. */
export function excepted(findings: readonly Finding[], policy: EffectivePolicy, now: number): Finding[] {
  const standing = policy.exceptions.filter((exception) => now < endOf(exception));
  return findings.map((finding) =>
    (finding.state === "new" || finding.state === "worse") &&
    standing.some((exception) => covers(exception, finding))
      ? { ...finding, state: "excepted" }
      : finding,
  );
}

/** What people should know about the exceptions that this change leans on: expired, or soon to be. */
export function exceptionNotices(
  findings: readonly Finding[],
  policy: EffectivePolicy,
  now: number,
): Problem[] {
  return policy.exceptions
    .filter((exception) => findings.some((finding) => covers(exception, finding)))
    .filter((exception) => now > endOf(exception) - warningDays * day)
    .map((exception) => {
      const [, file = exception.source, line = "1"] = /^(.*):(\d+)$/.exec(exception.source) ?? [];
      const verb = now < endOf(exception) ? "expires" : "expired";
      return {
        code: "policy-exception",
        message: `the exception of ${exception.rule} for ${exception.object} ${verb} on ${exception.expires}`,
        range: { file, line: Number(line), column: 1, endLine: Number(line), endColumn: 1 },
        fix: `ask ${exception.owner}`,
      };
    });
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
