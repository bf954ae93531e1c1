import type { Evaluation } from "../evaluation.ts";
import { alikeFindings } from "../policy/alike.ts";
import { plain } from "./escape.ts";
import { findingDetails } from "./finding-details.ts";
import {
  blockingSection,
  notEvaluatedSection,
  policySection,
  settingsSection,
  shiftsSection,
} from "./sections.ts";

/** The report as Markdown, for a job summary or a comment that somebody else posts. */
export function markdownReport(evaluation: Evaluation): string {
  const { decision, evidence, policy } = evaluation;
  const sections = [
    `## ${plain(decision.title)}`,
    blockingSection(evaluation, null),
    notEvaluatedSection(evaluation, null),
    shiftsSection(evaluation),
    settingsSection(evaluation, null),
    policySection(evaluation),
    ...alikeFindings(evidence.findings).map((told) => findingDetails(told, policy, null)),
  ];
  return `${sections.filter((section) => section !== null).join("\n\n")}\n`;
}
