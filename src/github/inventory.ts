import type { Connection } from "./connection.ts";
import { GitHubFault, type RepositoryName, type RepositoryRef } from "./port.ts";

/** A repository and the tip of its default branch, null while it is empty. */
export interface DefaultBranch {
  readonly repository: RepositoryRef;
  readonly commit: string | null;
}

interface Answer {
  readonly repository: {
    readonly databaseId: number;
    readonly defaultBranchRef: { readonly target: { readonly oid: string } } | null;
  } | null;
}

const query = `query Inventory($owner: String!, $name: String!) {
  repository(owner: $owner, name: $name) {
    databaseId
    defaultBranchRef { target { oid } }
  }
}`;

/** Null where the installation does not see the repository: GitHub then refuses the token itself, with 404 or 422. */
export async function readDefaultBranch(
  connection: Connection,
  { owner, name }: RepositoryName,
): Promise<DefaultBranch | null> {
  try {
    const { data } = await connection.graphql<Answer>(query, { owner, name });
    if (!data?.repository) return null;
    const { databaseId, defaultBranchRef } = data.repository;
    return { repository: { id: databaseId, owner, name }, commit: defaultBranchRef?.target.oid ?? null };
  } catch (error) {
    if (error instanceof GitHubFault && (error.status === 404 || error.status === 422)) return null;
    throw error;
  }
}
