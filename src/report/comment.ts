import type { Evaluation } from "../evaluation.ts";
import { limits } from "../github/limits.ts";
import { approvalsSection } from "./approvals.ts";
import { withinBudget } from "./budget.ts";
import type { ReportContext } from "./context.ts";
import { plain } from "./escape.ts";
import {
  blockingSection,
  comparedSection,
  notEvaluatedSection,
  policySection,
  settingsSection,
  shiftsSection,
} from "./sections.ts";

/** Marks the one report comment of ours; it counts only together with our app as its author. */
export const reportMarker = "<!-- sluice:report v1 -->";

/** The report comment, or null when the check alone says it all: nothing changed and nothing was said before. */
export function reportComment(evaluation: Evaluation, context: ReportContext): string | null {
  const { evidence, decision } = evaluation;
  const silent =
    evidence.traffic.shifts.length === 0 &&
    evidence.traffic.changes.length === 0 &&
    decision.blocking.length === 0 &&
    evidence.notEvaluated.length === 0;
  const spokeBefore = context.pull.ownComments.some(({ body }) => body.includes(reportMarker));
  if ((silent || evaluation.policy.mode === "off") && !spokeBefore) return null;
  const sections = [
    `${reportMarker}\n## Sluice: ${plain(decision.title)}`,
    blockingSection(evaluation, context),
    approvalsSection(evaluation),
    notEvaluatedSection(evaluation, context),
    shiftsSection(evaluation),
    settingsSection(evaluation, context),
    policySection(evaluation),
    comparedSection(context),
  ].filter((section) => section !== null);
  return withinBudget(sections, limits.commentCharacters, () => "The check has the rest.");
}
