import type { Evaluation } from "../evaluation.ts";
import type { CheckAction } from "../github/port.ts";
import type { Assessment } from "../policy/approvals/assess.ts";
import { digestOf } from "../policy/approvals/receipt.ts";
import { familyOf } from "../policy/approvals/terms.ts";
import { approversOf } from "../policy/decide.ts";
import { code, plain } from "./escape.ts";
import { moment } from "./replies.ts";

/** Who let what through, who tried, and what to write to approve the rest. Null when nothing blocks. */
export function approvalsSection({ assessments, approvalsOff, policy }: Evaluation): string | null {
  if (assessments.length === 0) return null;
  const off = approvalsOff
    ? ["Approvals are off: the operator of Sluice has not set `SLUICE_SIGNING_KEY`, so nobody can approve."]
    : [];
  const items = assessments.slice(0, 30).map((assessment) => itemOf(assessment));
  const open = assessments.filter(
    ({ approved, finding }) => !approved && !approvalsOff && approversOf(finding, policy).length > 0,
  );
  return ["### Approvals", ...off, ...items, ...pasteLines(open)].join("\n");
}

function itemOf({ finding, approved, counted, refused, needed, brokenGlass, until }: Assessment): string {
  const people = [...new Set(counted.map(({ approver }) => approver.login))].map(code).join(", ");
  const how = brokenGlass ? "**glass broken**" : "approved";
  const end = until === null ? "" : ` until ${moment(until)}`;
  const state = approved
    ? `${how} by ${people}${end}`
    : counted.length > 0
      ? `approved by ${people}, ${needed} needed`
      : "not approved";
  const reasons = counted.flatMap(({ reason }) => (reason === "" ? [] : [`Reason: ${plain(reason)}.`]));
  const audit = refused.map(
    ({ grant, why }) => `The approval of ${code(grant.approver.login)} does not count: ${why}.`,
  );
  return `- ${code(finding.fingerprint)} ${code(finding.rule)} ${code(finding.object)}: ${[`${state}.`, ...reasons, ...audit].join(" ")}`;
}

/** One line for each family or rule, ready to copy. */
function pasteLines(open: readonly Assessment[]): string[] {
  const lines = new Map<string, string[]>();
  for (const { finding } of open) {
    const family = familyOf(finding.rule);
    const command = family === null ? `/approve ${finding.rule}` : `/approve-${family}`;
    lines.set(command, [...(lines.get(command) ?? []), finding.fingerprint]);
  }
  if (lines.size === 0) return [];
  const commands = [...lines].map(([command, fingerprints]) => `${command} ${fingerprints.join(" ")}`);
  return ["", "To approve exactly this, comment one of:", "```", ...commands, "```"];
}

/** What the Approve button of a verdict comes back with: it names the head and the findings that it approves. */
export function approveIdentifier(head: string, fingerprints: readonly string[]): string {
  const content = JSON.stringify([head, [...new Set(fingerprints)].sort()]);
  return `a:${digestOf(content).slice(0, 18)}`;
}

/** The check's buttons: Approve where somebody may, and Re-check. */
export function buttons({ decision, approvalsOff, assessments }: Evaluation, head: string): CheckAction[] {
  const recheck = { label: "Re-check", description: "Evaluate this commit again", identifier: "recheck" };
  if (decision.conclusion !== "action_required" || approvalsOff) return [recheck];
  const fingerprints = assessments.map(({ finding }) => finding.fingerprint);
  return [
    {
      label: "Approve",
      description: "Let through exactly what blocks now",
      identifier: approveIdentifier(head, fingerprints),
    },
    recheck,
  ];
}
