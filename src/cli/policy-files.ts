import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { type PolicyText, policyPath } from "../policy/layers.ts";
import { UsageError } from "./command.ts";

const none = { kind: "absent", source: policyPath } as const;

/**
 * The policies named on a command line, the organisation's first, else the repository's own as `own` knows it. A file that
 * cannot be read is a mistake of the command line.
 */
export async function policyTexts(
  named: readonly string[],
  own: string | undefined,
  folder: string,
): Promise<[PolicyText, PolicyText]> {
  if (named.length > 2)
    throw new UsageError("at most two policy layers: the organisation's, the repository's");
  if (named.length === 0) {
    return [none, own === undefined ? none : { kind: "file", source: policyPath, commit: null, text: own }];
  }
  const [organisation, repository] = await Promise.all(named.map((name) => policyText(name, folder)));
  return [organisation ?? none, repository ?? none];
}

/** One policy file by its path. */
export async function policyText(
  source: string,
  folder: string,
): Promise<PolicyText & { readonly kind: "file" }> {
  const text = await readFile(resolve(folder, source), "utf8").catch(() => {
    throw new UsageError(`the policy ${source} cannot be read`);
  });
  return { kind: "file", source, commit: null, text };
}
