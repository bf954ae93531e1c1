import { type PolicyVersion, policyPath } from "../policy/layers.ts";
import type { Connection } from "./connection.ts";
import { limits } from "./limits.ts";
import type { RepositoryName } from "./port.ts";

const query = `query PolicyVersions($owner: String!, $name: String!, $path: String!) {
  repository(owner: $owner, name: $name) {
    object(expression: "HEAD") {
      ... on Commit {
        history(first: ${limits.pageSize}, path: $path) {
          nodes { oid file(path: $path) { object { ... on Blob { text isTruncated } } } }
        }
      }
    }
  }
}`;

interface VersionsData {
  readonly repository: {
    readonly object: {
      readonly history?: {
        readonly nodes: readonly ({
          readonly oid: string;
          readonly file: {
            readonly object: { readonly text?: string | null; readonly isTruncated?: boolean } | null;
          } | null;
        } | null)[];
      };
    } | null;
  } | null;
}

/** The newest versions of a repository's policy on its default branch, newest first, in one request. */
export async function readPolicyVersions(
  connection: Connection,
  { owner, name }: RepositoryName,
): Promise<readonly PolicyVersion[]> {
  const { data } = await connection.graphql<VersionsData>(query, { owner, name, path: policyPath });
  return (data?.repository?.object?.history?.nodes ?? []).flatMap((node) => {
    const blob = node?.file?.object;
    if (!node || typeof blob?.text !== "string" || blob.isTruncated) return [];
    return [{ text: blob.text, commit: node.oid }];
  });
}
