import type { Evaluation } from "../evaluation.ts";
import type { ReviewComment } from "../github/port.ts";
import { alikeFindings, toldMessage } from "../policy/alike.ts";
import { diffLines } from "./annotations.ts";
import type { ReportContext } from "./context.ts";
import { code, plain } from "./escape.ts";
import { sentence } from "./sentence.ts";

/** Inline comments notify people: only what blocks, and never so many that the page suffers. */
const maxComments = 20;

/** Inline comments on blocking findings whose line the diff shows and that have none yet, keyed by fingerprint. */
export function reviewComments({ decision }: Evaluation, context: ReportContext): ReviewComment[] {
  const onDiff = diffLines(context);
  const open = decision.blocking.filter(
    ({ range, fingerprint }) => onDiff(range) && !context.pull.commentedFingerprints.has(fingerprint),
  );
  return alikeFindings(open)
    .slice(0, maxComments)
    .map((told) => ({
      path: told.first.range.file,
      line: told.first.range.line,
      fingerprint: told.first.fingerprint,
      body: [
        ...told.all.map(({ fingerprint }) => fingerprintMarker(fingerprint)),
        `**${code(told.first.rule)}** ${plain(sentence(toldMessage(told)))}`,
        "",
        `Why: ${told.first.why}.`,
        `What to do: ${plain(sentence(told.first.fix))}`,
      ].join("\n"),
    }));
}

/** Marks an inline comment of ours with the finding it belongs to. */
export function fingerprintMarker(fingerprint: string): string {
  return `<!-- sluice:finding ${fingerprint} -->`;
}
