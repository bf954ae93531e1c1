import picomatch from "picomatch/posix.js";
import type { PolicyLayer } from "./read.ts";

/** Whom the organisation's policy governs; everybody where it does not say. */
export interface Enrolment {
  /** The wording of the list that enrols the repository, for whoever remembers; null: nobody was asked to enrol. */
  readonly by: string | null;
  readonly isEnrolled: boolean;
}

/**
 * Whether a policy enrols a repository, by its name of today (`acme/shop`) or because it did so under an earlier name:
 * `rememberedAs` is the wording of the list that enrolled this very repository (by its numeric id). A rename or a transfer
 * therefore changes nothing until policy does. The last pattern that fits decides; `!acme/playground` takes out again.
 */
export function enrolmentOf(
  { document }: PolicyLayer,
  repository: string,
  rememberedAs: string | null,
): Enrolment {
  const patterns = document.enrolment?.repositories;
  if (patterns === undefined) return { by: null, isEnrolled: true };
  const by = JSON.stringify(patterns);
  return { by, isEnrolled: namesIt(patterns, repository) || rememberedAs === by };
}

function namesIt(patterns: readonly string[], repository: string): boolean {
  const last = patterns.findLast((pattern) => matches(pattern.replace(/^!/, ""), repository));
  return last !== undefined && !last.startsWith("!");
}

/** GitHub's names differ in case only in how they are shown. */
function matches(pattern: string, repository: string): boolean {
  return picomatch.isMatch(repository, pattern, { dot: true, nocase: true });
}
