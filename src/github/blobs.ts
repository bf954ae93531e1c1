import { maxManifestBytes } from "../manifest/paths.ts";
import type { Connection } from "./connection.ts";
import { limits } from "./limits.ts";
import { type Blob, GitHubFault, type RepositoryName } from "./port.ts";

/** What a query must ask of a Git object for `blobOf`. */
export const blobFields = "... on Blob { oid byteSize isTruncated text }";

/** A Git object as GraphQL answers; without these fields it is not a blob. */
export interface BlobNode {
  readonly oid?: string;
  readonly byteSize?: number;
  readonly isTruncated?: boolean;
  readonly text?: string | null;
}

/** Contents by SHA, in queries of up to 100; what GraphQL does not tell exactly is read as bytes. Every SHA is answered. */
export async function readBlobs(
  connection: Connection,
  repository: RepositoryName,
  shas: readonly string[],
): Promise<Map<string, Blob>> {
  const blobs = new Map<string, Blob>();
  const wanted = [...new Set(shas)];
  for (let start = 0; start < wanted.length; start += limits.blobsPerQuery) {
    const batch = wanted.slice(start, start + limits.blobsPerQuery);
    const nodes = await queryBlobs(connection, repository, batch);
    for (const sha of batch) blobs.set(sha, await blobOf(connection, repository, sha, nodes.get(sha)));
  }
  return blobs;
}

/**
 * A blob from its GraphQL node. GraphQL cuts texts, calls some encodings binary and converts others, so a text counts
 * only when it has exactly the blob's bytes; otherwise, and when the node failed (`undefined`), the bytes are read.
 */
export async function blobOf(
  connection: Connection,
  repository: RepositoryName,
  sha: string,
  node: BlobNode | null | undefined,
): Promise<Blob> {
  if (node === null || (node && node.byteSize === undefined)) return { unreadable: "missing" };
  if (node?.byteSize !== undefined && node.byteSize > maxManifestBytes) return { unreadable: "too-large" };
  if (typeof node?.text === "string" && !node.isTruncated) {
    if (new TextEncoder().encode(node.text).length === node.byteSize) return { text: node.text };
  }
  return readBytes(connection, repository, sha);
}

/** Nodes by SHA: null where the object does not exist, absent where GraphQL failed on it alone. */
async function queryBlobs(
  connection: Connection,
  { owner, name }: RepositoryName,
  shas: readonly string[],
): Promise<Map<string, BlobNode | null>> {
  const aliases = shas.map(
    (sha, index) => `b${index}: object(oid: ${JSON.stringify(sha)}) { ${blobFields} }`,
  );
  const query = `query Blobs($owner: String!, $name: String!) {
  repository(owner: $owner, name: $name) {
    ${aliases.join("\n    ")}
  }
}`;
  const { data, errors } = await connection.graphql<{ repository: Record<string, BlobNode | null> | null }>(
    query,
    {
      owner,
      name,
    },
  );
  if (!data?.repository) throw new GitHubFault(`GitHub shows no repository ${owner}/${name}`, 404);
  const failed = new Set(errors.map(({ path }) => path?.[1]));
  const nodes = new Map<string, BlobNode | null>();
  for (const [index, sha] of shas.entries()) {
    if (!failed.has(`b${index}`)) nodes.set(sha, data.repository[`b${index}`] ?? null);
  }
  return nodes;
}

async function readBytes(
  connection: Connection,
  { owner, name }: RepositoryName,
  sha: string,
): Promise<Blob> {
  try {
    const route = "GET /repos/{owner}/{repo}/git/blobs/{file_sha}";
    const { data } = await connection.request(route, { owner, repo: name, file_sha: sha });
    if ((data.size ?? 0) > maxManifestBytes) return { unreadable: "too-large" };
    return decode(
      Uint8Array.from(atob(data.content.replace(/\s/g, "")), (character) => character.charCodeAt(0)),
    );
  } catch (error) {
    if (error instanceof GitHubFault && error.status === 404) return { unreadable: "missing" };
    throw error;
  }
}

/** Git itself calls a file binary when it holds a NUL. */
function decode(bytes: Uint8Array): Blob {
  if (bytes.includes(0)) return { unreadable: "binary" };
  try {
    return { text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { unreadable: "not-utf8" };
  }
}
