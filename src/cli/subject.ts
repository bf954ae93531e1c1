import type { Subject } from "../policy/subject.ts";
import { UsageError } from "./command.ts";
import { GitRepository } from "./git.ts";

/** Options of commands that judge by policy: which repository and branch this is, where Git here does not say. */
export const subjectOptions = { repository: { type: "string" }, branch: { type: "string" } } as const;

/** What policy may tell the change by: as named, else as the Git repository here has it. */
export async function subjectHere(
  folder: string,
  named: { readonly repository?: string | undefined; readonly branch?: string | undefined },
): Promise<Subject> {
  if (named.repository !== undefined && !/^[^/]+\/[^/]+$/.test(named.repository)) {
    throw new UsageError("--repository is written owner/name");
  }
  const git = await GitRepository.containing(folder);
  const branch = await git?.defaultBranch();
  return {
    repository: named.repository ?? (await git?.hostedName()) ?? null,
    branch: named.branch ?? branch?.replace(/^origin\//, "") ?? null,
  };
}
