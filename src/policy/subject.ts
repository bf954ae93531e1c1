import { matchesAny } from "../rules/glob.ts";

/** What is judged, as far as policy may tell by it; null where nobody knows. */
export interface Subject {
  /** `owner/name`. */
  readonly repository: string | null;
  /** The branch that the change is for. */
  readonly branch: string | null;
}

/** What policy may tell a pull request by: the repository in its address, and the branch that it is for. */
export function subjectOf(pull: { readonly url: string; readonly baseRef: string }): Subject {
  const [, repository = null] = /([^/]+\/[^/]+)\/pull\/\d+$/.exec(pull.url) ?? [];
  return { repository, branch: pull.baseRef };
}

export const unknownSubject: Subject = { repository: null, branch: null };

/** Whether a repository or a branch is one of those that the globs name; no globs mean every one, known or not. */
export function isNamed(globs: string | readonly string[] | undefined, name: string | null): boolean {
  if (globs === undefined) return true;
  return name !== null && matchesAny([globs].flat(), name);
}
