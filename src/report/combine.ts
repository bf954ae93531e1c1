import { limits } from "../github/limits.ts";
import type { CheckReport, Conclusion } from "../github/port.ts";
import { withinBudget } from "./budget.ts";

/** The report on one of several pull requests that share a head commit. */
export interface PullRequestReport {
  readonly number: number;
  readonly url: string;
  readonly report: CheckReport;
}

const severity: Record<Conclusion, number> = { success: 0, action_required: 1, failure: 2 };

/** One check for all open pull requests of a commit: the worst verdict speaks, and every pull request is named. */
export function combineReports(verdicts: readonly PullRequestReport[]): CheckReport {
  const ordered = [...verdicts].sort(
    (a, b) => severity[b.report.conclusion] - severity[a.report.conclusion] || a.number - b.number,
  );
  const [worst] = ordered;
  if (!worst) throw new Error("a check needs at least one pull request");
  if (ordered.length === 1) return worst.report;
  const sections = ordered.flatMap(({ number, url, report }) => [
    `## ${number === 0 ? "Merge group" : `[#${number}](${url})`}: ${report.title}`,
    report.summary,
  ]);
  return {
    conclusion: worst.report.conclusion,
    title: `#${worst.number}: ${worst.report.title}`,
    summary: withinBudget(
      [
        `This commit is the head of ${ordered.length} open pull requests; the worst verdict counts.`,
        ...sections,
      ],
      limits.checkOutputCharacters,
      () => "The pull requests have the rest.",
    ),
    text: worst.report.text,
    annotations: worst.report.annotations,
    // An approval is given on one pull request: which one a button would mean, nobody could tell.
    actions: (worst.report.actions ?? []).filter(({ identifier }) => identifier === "recheck"),
  };
}
