import type { Connection } from "./connection.ts";
import type { FileVersion, RepositoryName } from "./port.ts";

/** Versions of a file that are looked at: further back lies another release. */
const mostVersions = 20;

const query = `query FileHistory($owner: String!, $name: String!, $path: String!, $most: Int!) {
  repository(owner: $owner, name: $name) {
    object(expression: "HEAD") {
      ... on Commit {
        history(first: $most, path: $path) {
          nodes { oid committedDate file(path: $path) { object { ... on Blob { text isTruncated } } } }
        }
      }
    }
  }
}`;

interface HistoryData {
  readonly repository: {
    readonly object: {
      readonly history?: {
        readonly nodes: readonly ({
          readonly oid: string;
          readonly committedDate: string;
          readonly file: {
            readonly object: { readonly text?: string | null; readonly isTruncated?: boolean } | null;
          } | null;
        } | null)[];
      };
    } | null;
  } | null;
}

/** The newest versions of a file on the default branch, newest first, in one request. Unreadable ones are left out. */
export async function readFileHistory(
  connection: Connection,
  { owner, name }: RepositoryName,
  path: string,
  most = mostVersions,
): Promise<readonly FileVersion[]> {
  const { data } = await connection.graphql<HistoryData>(query, { owner, name, path, most });
  return (data?.repository?.object?.history?.nodes ?? []).flatMap((node) => {
    const blob = node?.file?.object;
    if (!node || typeof blob?.text !== "string" || blob.isTruncated) return [];
    return [{ text: blob.text, commit: node.oid, at: Date.parse(node.committedDate) }];
  });
}
