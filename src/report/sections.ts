import type { Evaluation } from "../evaluation.ts";
import {
  alikeChanges,
  alikeFindings,
  alikeShifts,
  someOf,
  toldMessage,
  toldObjects,
} from "../policy/alike.ts";
import { approversOf, openingOf } from "../policy/decide.ts";
import { clockText } from "../rules/wall-clock.ts";
import type { ReportContext } from "./context.ts";
import { place } from "./context.ts";
import { code, plain } from "./escape.ts";
import { sentence } from "./sentence.ts";
import { movementText, sharesText } from "./shares.ts";

/** Rows of a table before the rest is only counted. */
const maxRows = 30;

/** What stands in the way: what, where, why the limit, what to do, who may let it through. */
export function blockingSection(
  { decision, policy }: Evaluation,
  context: ReportContext | null,
): string | null {
  if (decision.blocking.length === 0) return null;
  const blocking = alikeFindings(decision.blocking);
  const items = blocking.slice(0, maxRows).map((told) => {
    const finding = told.first;
    const approvers = approversOf(finding, policy);
    const who = approvers.length > 0 ? ` It may be approved by ${approvers.map(code).join(", ")}.` : "";
    const limit = finding.limit
      ? ` Limit ${code(finding.limit.value)} is set in ${code(finding.limit.source)}.`
      : "";
    return `- **${code(toldObjects(told))}** ${plain(toldMessage(told))} (${place(finding.range, context)}). ${plain(sentence(finding.fix))}${limit}${who}`;
  });
  const heading = policy.mode === "observe" ? "### What would block" : "### What blocks";
  const opening = openingOf(decision);
  const end = opening === null ? [] : ["", `All of this is over by itself at ${clockText(opening, "UTC")}.`];
  return [heading, ...items, ...more(blocking.length, "finding"), ...end].join("\n");
}

/** When time alone may change what the check says. */
export function turnSection({ turn }: Evaluation): string | null {
  if (turn === null) return null;
  return `Time alone may change this verdict: ${turn.what} at ${clockText(turn.at, "UTC")}. Sluice looks again then.`;
}

/** Files, or parts of files, that nobody looked at: never silence. */
export function notEvaluatedSection({ evidence }: Evaluation, context: ReportContext | null): string | null {
  if (evidence.notEvaluated.length === 0) return null;
  const items = evidence.notEvaluated.slice(0, maxRows).map(({ file, range, reason, fix }) => {
    const where = range ? place(range, context) : code(file);
    return `- ${where}: ${plain(sentence(reason))}${fix ? ` ${plain(sentence(fix))}` : ""}`;
  });
  return ["### Could not be evaluated", ...items, ...more(evidence.notEvaluated.length, "file")].join("\n");
}

/** The table of shifts: who answers which requests before and after. */
export function shiftsSection({ evidence, rollbacks }: Evaluation): string | null {
  const { shifts, incomplete } = evidence.traffic;
  if (shifts.length === 0 && incomplete.length === 0) return null;
  const effects = alikeShifts(shifts, rollbacks);
  const rows = effects.slice(0, maxRows).map(({ first: shift, all, overlays }) => {
    const hosts = someOf([...new Set(all.map(({ host }) => host))]);
    const through = shift.gateway === "mesh" ? "" : ` through ${code(shift.gateway)}`;
    const requests = `${code(hosts)} ${code(shift.class)}${through}${within(overlays)}`;
    const example = shift.example ? `<br>${code(shift.example.curl)}` : "";
    const before = code(sharesText(shift.before, shift));
    const after = code(sharesText(shift.after, shift));
    return `| ${requests}${example} | ${before} | ${after} | ${movementText(shift, rollbacks.has(shift))} |`;
  });
  const doubts = incomplete.map(
    ({ host, reason }) => `- ${code(host)} may differ further: ${plain(reason)}.`,
  );
  return [
    "### What happens to traffic",
    "",
    "| requests | before | after | moved |",
    "|---|---|---|---|",
    ...rows,
    "",
    ...more(effects.length, "shift"),
    ...doubts,
  ].join("\n");
}

/** The table of changed settings: timeouts, retries, egress and the like. */
export function settingsSection({ evidence }: Evaluation, context: ReportContext | null): string | null {
  const { changes } = evidence.traffic;
  if (changes.length === 0) return null;
  const effects = alikeChanges(changes);
  const rows = effects.slice(0, maxRows).map((told) => {
    const { path, before, after, direction, range } = told.first;
    const setting = `${code(toldObjects(told))} ${code(path)} (${place(range, context)})${within(told.overlays)}`;
    return `| ${setting} | ${code(before ?? "none")} | ${code(after ?? "none")} | ${direction === "other" ? "" : direction} |`;
  });
  return [
    "### Settings",
    "",
    "| setting | before | after | |",
    "|---|---|---|---|",
    ...rows,
    "",
    ...more(effects.length, "setting"),
  ].join("\n");
}

/** Whose rules these are, what else counts as part of the mesh, and how to enforce when nobody does. */
export function policySection({ policy, evidence }: Evaluation): string {
  const names = policy.sources.map(({ source, sha }) => code(sha ? `${source}@${sha.slice(0, 7)}` : source));
  const inventory = evidence.inventory.map(({ repository, commit }) =>
    code(commit ? `${repository}@${commit.slice(0, 7)}` : repository),
  );
  const completedBy = inventory.length > 0 ? [`The mesh is completed by ${inventory.join(", ")}.`, ""] : [];
  const notices = evidence.notices.map(
    ({ message, range, fix }) =>
      `- ${code(`${range.file}:${range.line}`)}: ${plain(sentence(message))}${fix ? ` ${plain(sentence(fix))}` : ""}`,
  );
  return [...completedBy, policyText(policy, names), ...notices].join("\n");
}

function policyText({ mode, excludedBy }: Evaluation["policy"], names: readonly string[]): string {
  if (mode === "off" && excludedBy !== null) return `${code(excludedBy)} does not enrol this repository.`;
  if (names.length > 0) {
    return `Policy: ${names.join(", then ")}${mode === "observe" ? ", which observes and blocks nothing" : ""}.`;
  }
  return mode === "observe"
    ? "No policy was found, so Sluice observes with `recommended@1` and blocks nothing. To enforce, commit `.github/sluice.yaml` with `mode: enforce` to the organisation's `.github` repository."
    : "No policy was found, so `recommended@1` is in force.";
}

/** What was compared with what, so that a report can be quoted. */
export function comparedSection({ pull, comparison }: ReportContext): string {
  const short = (commit: string) => code(commit.slice(0, 7));
  return `Compared ${code(pull.baseRef)} at ${short(pull.baseTip)} with what it becomes by merging ${short(pull.head)} (merge base ${short(comparison.mergeBase)}).`;
}

/** The overlays that something happens in: all of them, as long as a reader can be expected to read them. */
function within(overlays: readonly string[]): string {
  if (overlays.length === 0) return "";
  const rest = overlays.length - maxRows;
  const named = overlays.slice(0, maxRows).map(code).join(", ");
  return `<br>in ${named}${rest > 0 ? ` and ${rest} more` : ""}`;
}

function more(total: number, noun: string): string[] {
  return total > maxRows ? [`…and ${total - maxRows} more ${noun}s.`] : [];
}
