import { policyPath } from "../policy/layers.ts";
import { type BlobNode, blobFields, blobOf } from "./blobs.ts";
import type { Connection } from "./connection.ts";
import { GitHubFault, type PolicyFile, type RepositoryName } from "./port.ts";

/** What a query must ask of a repository for `policyFileOf`. `HEAD` is the default branch. */
export const policyFields = `defaultBranchRef { name target { oid } }
    policy: object(expression: "HEAD:${policyPath}") { ${blobFields} }`;

export interface PolicyNodes {
  readonly defaultBranchRef: { readonly name: string; readonly target: { readonly oid: string } } | null;
  readonly policy: BlobNode | null;
}

/** Where the organisation's policy of a repository lies: as the operator says, else in its owner's `.github` repository. */
export function policyRepositoryOf(
  { owner }: RepositoryName,
  configured: RepositoryName | null,
): RepositoryName {
  return configured ?? { owner, name: ".github" };
}

/** How reports name a repository's policy file. */
export function policySource({ owner, name }: RepositoryName): string {
  return `${owner}/${name}/${policyPath}`;
}

/** The policy of a repository that the connection sees. One that is there and has no readable text is a fault. */
export async function policyFileOf(
  connection: Connection,
  repository: RepositoryName,
  { defaultBranchRef, policy }: PolicyNodes,
): Promise<PolicyFile> {
  const source = policySource(repository);
  if (defaultBranchRef === null || policy?.oid === undefined) return { kind: "absent", source };
  const blob = await blobOf(connection, repository, policy.oid, policy);
  if ("text" in blob) return { kind: "file", source, commit: defaultBranchRef.target.oid, text: blob.text };
  throw new GitHubFault(`the policy ${source} cannot be read: it is ${blob.unreadable}`, 422);
}
