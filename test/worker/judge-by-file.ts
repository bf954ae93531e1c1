import type { Judge } from "../../src/gate.ts";
import type { Conclusion, ReviewComment } from "../../src/github/port.ts";

/** What the file `verdict.json` of a pull request's head makes the judge say. */
export interface VerdictFile {
  readonly conclusion?: Conclusion;
  readonly title?: string;
  readonly comment?: string;
  readonly reviewComments?: readonly ReviewComment[];
  readonly annotations?: number;
  readonly objects?: readonly string[];
  readonly hosts?: readonly string[];
  /** When the verdict turns by itself. */
  readonly turnsAt?: string;
  /** Branch into which the change fails, whatever else is said. */
  readonly failInto?: string;
  /** The judge fails with this message instead. */
  readonly throws?: string;
}

/** A judge that asks GitHub what the real one asks, and obeys the file. */
export const judgeByFile: Judge = async (github, pull) => {
  const [policy, comparison, tree] = await Promise.all([
    github.organisationPolicy(),
    github.compare(pull.baseTip, pull.head),
    github.tree(pull.head),
  ]);
  const entry = tree.entries.find(({ path }) => path === "verdict.json");
  const blob = entry && (await github.blobs([entry.sha])).get(entry.sha);
  const file: VerdictFile = blob && "text" in blob && blob.text !== "" ? JSON.parse(blob.text) : {};
  if (file.throws) throw new Error(file.throws);
  const annotation = {
    path: "verdict.json",
    startLine: 1,
    endLine: 1,
    level: "notice",
    title: "T",
    message: "M",
  } as const;
  return {
    pull,
    report: {
      conclusion: file.failInto === pull.baseRef ? "failure" : (file.conclusion ?? "success"),
      title: file.title ?? "Judged",
      summary: `policy ${policy.kind} ${policy.source}, merge base ${comparison.mergeBase}`,
      text: "",
      annotations: Array.from({ length: file.annotations ?? 0 }, () => annotation),
    },
    comment: file.comment ?? null,
    reviewComments: file.reviewComments ?? [],
    turn: file.turnsAt === undefined ? null : { at: Date.parse(file.turnsAt), what: "its time has come" },
    touches: { objects: file.objects ?? [], hosts: file.hosts ?? [] },
  };
};
