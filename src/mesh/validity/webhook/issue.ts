import type { Path } from "../../../manifest/source.ts";
import type { Violation } from "../violation.ts";

/** What the webhook says: errors refuse the object, warnings are shown beside its acceptance. */
export interface Issue extends Violation {
  readonly severity: "error" | "warning";
}

/** A check of one part of an object: says what it finds, in the order in which it looks. */
export type Issues = Generator<Issue, void, undefined>;

/** An error at `path`. */
export function error(code: string, path: Path, message: string, fix?: string | null): Issue {
  return { severity: "error", code, path, message, ...(fix ? { fix } : {}) };
}

/** A warning at `path`. */
export function warning(code: string, path: Path, message: string, fix?: string | null): Issue {
  return { severity: "warning", code, path, message, ...(fix ? { fix } : {}) };
}

/** The errors alone: where Istio passes findings on as plain `error`, nested warnings are lost (`appendErrors`). */
export function* errorsOf(issues: Iterable<Issue>): Issues {
  for (const issue of issues) if (issue.severity === "error") yield issue;
}
