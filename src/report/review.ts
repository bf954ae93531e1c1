import type { Evaluation } from "../evaluation.ts";
import type { ReviewComment } from "../github/port.ts";
import { diffLines } from "./annotations.ts";
import type { ReportContext } from "./context.ts";
import { code, plain } from "./escape.ts";
import { sentence } from "./sentence.ts";

/** Inline comments notify people: only what blocks, and never so many that the page suffers. */
const maxComments = 20;

/** Inline comments on blocking findings whose line the diff shows and that have none yet, keyed by fingerprint. */
export function reviewComments({ decision }: Evaluation, context: ReportContext): ReviewComment[] {
  const onDiff = diffLines(context);
  return decision.blocking
    .filter(({ range, fingerprint }) => onDiff(range) && !context.pull.commentedFingerprints.has(fingerprint))
    .slice(0, maxComments)
    .map((finding) => ({
      path: finding.range.file,
      line: finding.range.line,
      fingerprint: finding.fingerprint,
      body: [
        fingerprintMarker(finding.fingerprint),
        `**${code(finding.rule)}** ${plain(sentence(finding.message))}`,
        "",
        `Why: ${finding.why}.`,
        `What to do: ${plain(sentence(finding.fix))}`,
      ].join("\n"),
    }));
}

/** Marks an inline comment of ours with the finding it belongs to. */
export function fingerprintMarker(fingerprint: string): string {
  return `<!-- sluice:finding ${fingerprint} -->`;
}
