import type { Connection } from "./connection.ts";
import type { FileVersion, RepositoryRef } from "./port.ts";

/** Versions of a file that are looked at: further back lies another release. */
const mostVersions = 20;
/** Pull requests that brought one commit to one branch or another. */
const mostPullRequests = 10;

/** Files that one request asks about. */
const filesAtOnce = 10;

function queryFor(paths: readonly string[]): string {
  const variables = paths.map((_, index) => `, $path${index}: String!`).join("");
  const histories = paths.map((_, index) => historyOf(index)).join("\n");
  return `query FileHistories($owner: String!, $name: String!${variables}) {
  repository(owner: $owner, name: $name) {
    nameWithOwner
    defaultBranchRef { name }
    object(expression: "HEAD") { ... on Commit {
${histories}
    } }
  }
}`;
}

function historyOf(index: number): string {
  return `      file${index}: history(first: ${mostVersions}, path: $path${index}) {
        nodes {
          committedDate
          file(path: $path${index}) { object { ... on Blob { text isTruncated } } }
          associatedPullRequests(first: ${mostPullRequests}) {
            nodes { mergedAt baseRefName repository { nameWithOwner } }
          }
        }
      }`;
}

interface HistoryData {
  readonly repository: {
    readonly nameWithOwner: string;
    readonly defaultBranchRef: { readonly name: string } | null;
    readonly object: Readonly<Record<string, { readonly nodes: readonly (CommitNode | null)[] }>> | null;
  } | null;
}

interface CommitNode {
  readonly committedDate: string;
  readonly file: {
    readonly object: { readonly text?: string | null; readonly isTruncated?: boolean } | null;
  } | null;
  readonly associatedPullRequests: {
    readonly nodes: readonly ({
      readonly mergedAt: string | null;
      readonly baseRefName: string;
      readonly repository: { readonly nameWithOwner: string };
    } | null)[];
  } | null;
}

/**
 * The newest versions of files on the default branch, newest first, in few requests. Unreadable ones are left out, and so
 * are files that were never there.
 */
export async function readFileHistories(
  connection: Connection,
  { owner, name }: RepositoryRef,
  paths: readonly string[],
): Promise<ReadonlyMap<string, readonly FileVersion[]>> {
  const batches = Array.from({ length: Math.ceil(paths.length / filesAtOnce) }, (_, index) =>
    paths.slice(index * filesAtOnce, (index + 1) * filesAtOnce),
  );
  const read = await Promise.all(
    batches.map(async (batch) => {
      const named = Object.fromEntries(batch.map((path, index) => [`path${index}`, path]));
      const variables = { owner, name, ...named };
      const { data } = await connection.graphql<HistoryData>(queryFor(batch), variables);
      return batch.map((path, index) => [path, versionsOf(data?.repository, `file${index}`)] as const);
    }),
  );
  return new Map(read.flat().filter(([, versions]) => versions.length > 0));
}

function versionsOf(repository: HistoryData["repository"] | undefined, field: string): FileVersion[] {
  const nodes = repository?.object?.[field]?.nodes ?? [];
  const came = nodes.flatMap((node) => {
    const blob = node?.file?.object;
    if (!node || typeof blob?.text !== "string" || blob.isTruncated) return [];
    return [{ text: blob.text, at: mergedAt(node, repository) ?? Date.parse(node.committedDate) }];
  });
  return asTheyCame(came);
}

/** When a pull request brought a commit to the default branch, by GitHub's clock; null: none did. */
function mergedAt(
  { associatedPullRequests }: CommitNode,
  repository: HistoryData["repository"] | undefined,
): number | null {
  const merges = (associatedPullRequests?.nodes ?? []).flatMap((pull) =>
    pull?.mergedAt != null &&
    pull.baseRefName === repository?.defaultBranchRef?.name &&
    pull.repository.nameWithOwner === repository.nameWithOwner
      ? [Date.parse(pull.mergedAt)]
      : [],
  );
  return merges.length > 0 ? Math.min(...merges) : null;
}

/**
 * What the default branch had, and since when. The commits of a pull request came with its merge, whenever they say that
 * they were made: of those that came together only the newest was ever to be seen.
 */
function asTheyCame(versions: readonly FileVersion[]): FileVersion[] {
  const came = new Map<number, FileVersion>();
  for (const version of versions) if (!came.has(version.at)) came.set(version.at, version);
  return [...came.values()].sort((a, b) => b.at - a.at);
}
