import type { Evaluation } from "../evaluation.ts";
import { limits } from "../github/limits.ts";
import type { CheckReport } from "../github/port.ts";
import { alikeFindings } from "../policy/alike.ts";
import type { Finding } from "../rules/finding.ts";
import { annotations } from "./annotations.ts";
import { approvalsSection, buttons } from "./approvals.ts";
import { withinBudget } from "./budget.ts";
import type { ReportContext } from "./context.ts";
import { line } from "./escape.ts";
import { findingDetails } from "./finding-details.ts";
import {
  blockingSection,
  comparedSection,
  notEvaluatedSection,
  policySection,
  settingsSection,
  shiftsSection,
  turnSection,
} from "./sections.ts";

/** Characters of a check's title that GitHub's lists still show. */
const titleCharacters = 140;

/** The finished check: title = the verdict, summary = what happens to traffic and what to do, text = every detail. */
export function checkReport(evaluation: Evaluation, context: ReportContext): CheckReport {
  const { decision, evidence } = evaluation;
  const summary = [
    blockingSection(evaluation, context),
    approvalsSection(evaluation),
    notEvaluatedSection(evaluation, context),
    shiftsSection(evaluation),
    settingsSection(evaluation, context),
    turnSection(evaluation),
    policySection(evaluation),
    comparedSection(context),
  ].filter((section) => section !== null);
  return {
    conclusion: decision.conclusion,
    title: line(decision.title, titleCharacters),
    summary: withinBudget(
      summary,
      limits.checkOutputCharacters,
      (omitted) => `…and ${omitted} more sections: run \`sluice check\` to see all.`,
    ),
    text: withinBudget(
      alikeFindings([...evidence.findings].sort(byNews)).map((told) =>
        findingDetails(told, evaluation.policy, context),
      ),
      limits.checkOutputCharacters,
      (omitted) => `…and ${omitted} more findings: run \`sluice check\` to see all.`,
    ),
    annotations: annotations(evaluation, context),
    actions: buttons(evaluation, context.pull.head),
  };
}

/** What this change brings comes before what the base has already. */
function byNews(a: Finding, b: Finding): number {
  return Number(a.state === "existing") - Number(b.state === "existing");
}
