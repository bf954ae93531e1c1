import type { Elsewhere, Problem, Range } from "../manifest/source.ts";
import type { Finding } from "../rules/finding.ts";
import type { TrafficChange } from "../traffic/change.ts";
import { alikeChanges, alikeFindings, alikeShifts, toldObjects, toldTitle } from "./alike.ts";
import { waysToApprove, withinCeiling } from "./approvals/terms.ts";
import type { EffectivePolicy } from "./effective.ts";
import { blocks } from "./findings.ts";

/** A changed file, or a part of one, that could not be evaluated. */
export interface NotEvaluated {
  readonly file: string;
  readonly reason: string;
  /** Whether it stands in the way (semantics.md "Conclusion of the check"). */
  readonly blocks: boolean;
  readonly range?: Range;
  readonly fix?: string;
}

/** What was looked at, before anybody judges it. */
export interface Evidence {
  /** Whether the change touches any object of the mesh at all. */
  readonly meshAffected: boolean;
  readonly traffic: TrafficChange;
  readonly findings: readonly Finding[];
  readonly notEvaluated: readonly NotEvaluated[];
  /** The repositories that complete the mesh, as far as they were read. */
  readonly inventory: readonly Elsewhere[];
  /** What people should know about the policy itself: settings without effect, exceptions that end. */
  readonly notices: readonly Problem[];
}

/** The verdict, in the words of the check and of the command line. */
export interface Decision {
  readonly conclusion: "success" | "failure" | "action_required";
  readonly exit: 0 | 1 | 2;
  readonly title: string;
  readonly blocking: readonly Finding[];
}

/** Findings → conclusion, as the table in semantics.md has it. `enforce` overrides a policy that observes. */
export function decide(evidence: Evidence, policy: EffectivePolicy, enforce = false): Decision {
  const blocking = evidence.findings.filter(blocks);
  const unread = evidence.notEvaluated.filter((file) => file.blocks);
  // A policy that cannot be read may say anything: what is left of it cannot switch the gate off.
  if (policy.mode === "off" && policy.unreadable.length === 0 && !enforce) {
    const title = policy.excludedBy === null ? "Switched off by policy" : "Not enrolled by policy";
    return { conclusion: "success", exit: 0, title, blocking: [] };
  }
  if (unread.length > 0) {
    const first = unread[0]!;
    return {
      conclusion: "failure",
      exit: 2,
      title: `Could not evaluate: ${first.file}${unread.length > 1 ? ` and ${unread.length - 1} more` : ""}`,
      blocking,
    };
  }
  if (blocking.length > 0) {
    const enforced = blocking.filter((finding) => finding.enforced || enforce);
    const headline = headlineOf(enforced.length > 0 ? enforced : blocking);
    if (enforced.length === 0)
      return { conclusion: "success", exit: 0, title: `Would block: ${headline}`, blocking };
    const approvable = enforced.every((finding) => approversOf(finding, policy).length > 0);
    return {
      conclusion: approvable ? "action_required" : "failure",
      exit: 1,
      title: `Blocked: ${headline}`,
      blocking,
    };
  }
  return { conclusion: "success", exit: 0, title: passingTitle(evidence), blocking };
}

/** Who may let a finding through, as policy writes them; empty when nobody may. */
export function approversOf(finding: Finding, { approvals }: EffectivePolicy): readonly string[] {
  const open = waysToApprove(finding, approvals).filter(
    ({ terms, breakGlass }) => breakGlass || withinCeiling(finding, terms.ceiling),
  );
  return [...new Set(open.flatMap(({ terms }) => terms.approvers))];
}

/** When all that blocks is over by itself, in milliseconds since 1970; null where nothing blocks, or people have to act. */
export function openingOf({ blocking }: Decision): number | null {
  const ends = blocking.map(({ opensAt }) => opensAt ?? Number.POSITIVE_INFINITY);
  const last = Math.max(...ends);
  return Number.isFinite(last) ? last : null;
}

function headlineOf(blocking: readonly Finding[]): string {
  const [first, ...others] = alikeFindings(blocking);
  const more = others.length > 0 ? ` (and ${others.length} more)` : "";
  return `${toldObjects(first!)}: ${toldTitle(first!)}${more}`;
}

function passingTitle({ meshAffected, traffic, findings }: Evidence): string {
  if (!meshAffected) return "No mesh change";
  const { shifts, changes, incomplete } = traffic;
  const warnings = findings.filter(
    (finding) => finding.severity !== "info" && finding.state !== "existing" && finding.state !== "approved",
  );
  const letThrough = findings.filter(({ state }) => state === "approved");
  const told = [alikeShifts(shifts, new Set()), alikeChanges(changes), alikeFindings(warnings)] as const;
  const parts = [
    count(told[0].length, "traffic shift"),
    count(told[1].length, "changed setting"),
    count(told[2].length, "warning"),
    count(letThrough.length, "approved finding"),
    count(incomplete.length, "host that may differ further", "hosts that may differ further"),
  ].filter((part) => part !== null);
  if (parts.length === 0) return "No traffic change";
  const overlays = new Set(
    told.flat().flatMap((effect) => (effect.overlays.length > 1 ? effect.overlays : [])),
  );
  const where = overlays.size > 1 ? ` in ${overlays.size} overlays` : "";
  return `${parts.join(", ").replace(/^./, (letter) => letter.toUpperCase())}${where}`;
}

function count(number: number, noun: string, plural = `${noun}s`): string | null {
  return number === 0 ? null : `${number} ${number === 1 ? noun : plural}`;
}
