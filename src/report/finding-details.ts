import { type Told, toldMessage, toldObjects } from "../policy/alike.ts";
import { approversOf } from "../policy/decide.ts";
import type { EffectivePolicy } from "../policy/effective.ts";
import type { Finding } from "../rules/finding.ts";
import type { ReportContext } from "./context.ts";
import { place } from "./context.ts";
import { code, plain } from "./escape.ts";
import { sentence } from "./sentence.ts";

const stateText = {
  new: "new in this change",
  worse: "worse than on the base branch",
  existing: "already on the base branch, does not block",
  approved: "approved",
  excepted: "excepted by policy",
} as const;

const certaintyText = {
  certain: "",
  "needs-inventory": " Git alone cannot tell for sure, so it does not block.",
  undecided: " The analysis reached its budget, so it does not block.",
} as const;

/** One finding in full: what, where, why, what to do, who may approve, and the fingerprints that approvals name. */
export function findingDetails(
  told: Told<Finding>,
  policy: EffectivePolicy,
  context: ReportContext | null,
): string {
  const { first: finding, all, overlays } = told;
  const fingerprints = [...new Set(all.map(({ fingerprint }) => fingerprint))];
  const approvers = approversOf(finding, policy);
  return [
    `#### ${code(finding.rule)} ${code(toldObjects(told))}`,
    "",
    `${plain(toldMessage(told))}, at ${place(finding.range, context)}; ${finding.severity}, ${stateText[finding.state]}.${certaintyText[finding.certainty]}`,
    "",
    `- Why: ${finding.why}.`,
    `- What to do: ${plain(sentence(finding.fix))}`,
    ...(finding.before === undefined ? [] : [`- Before: ${code(finding.before)}`]),
    ...(finding.after === undefined ? [] : [`- After: ${code(finding.after)}`]),
    ...(finding.limit ? [`- Limit: ${code(finding.limit.value)}, set in ${code(finding.limit.source)}`] : []),
    ...(approvers.length > 0 ? [`- May be approved by ${approvers.map(code).join(", ")}`] : []),
    ...(all.length > 1 ? [`- In ${overlays.map(code).join(", ")}`] : []),
    `- Fingerprint: ${fingerprints.map((fingerprint) => `\`${fingerprint}\``).join(", ")}`,
  ].join("\n");
}
