import { isoTime } from "../git/commit.ts";
import type { ObjectInfo } from "../git/object-reader.ts";
import type { TreeEntry } from "../git/tree.ts";
import type { Call } from "../http/call.ts";
import { serverLimits } from "../limits.ts";
import type { Repository } from "../repository.ts";
import { repositoryPage } from "../represent/repository.ts";
import { associatedPullRequests } from "./associated.ts";
import { type ConnectionArguments, connection } from "./connection.ts";

/** GraphQL's `Ref` of a branch, at the commit `shown` or else at its tip; null when there is no such branch. */
export async function ref(call: Call, repository: Repository, branch: string, shown?: string) {
  const tip = shown ?? (await repository.git.tip(branch));
  if (tip === null) return null;
  return {
    __typename: "Ref",
    id: `REF_${repository.id}_${branch}`,
    name: branch,
    prefix: "refs/heads/",
    target: () => gitObject(call, repository, { oid: tip, type: "commit", size: 0 }),
  };
}

/** GraphQL's `GitObject`: a blob, a commit or a tree. */
export async function gitObject(call: Call, repository: Repository, object: ObjectInfo) {
  const common = {
    id: `GO_${object.oid}`,
    oid: object.oid,
    abbreviatedOid: object.oid.slice(0, 7),
    commitUrl: `${repositoryPage(call.links, repository)}/commit/${object.oid}`,
  };
  if (object.type === "blob") return { ...common, ...(await blobFields(repository, object.oid)) };
  if (object.type === "commit") return { ...common, ...(await commitFields(call, repository, object.oid)) };
  return { ...common, __typename: "Tree", entries: () => treeEntries(call, repository, object.oid) };
}

async function blobFields(repository: Repository, oid: string) {
  const bytes = (await repository.git.blob(oid)) ?? Buffer.alloc(0);
  const isBinary = bytes.subarray(0, 8000).includes(0); // as Git itself decides
  return {
    __typename: "Blob",
    byteSize: bytes.length,
    isBinary,
    isTruncated: bytes.length > serverLimits.graphqlTextBytes,
    text: isBinary ? null : bytes.subarray(0, serverLimits.graphqlTextBytes).toString(),
  };
}

async function commitFields(call: Call, repository: Repository, oid: string) {
  const commit = await repository.git.commit(oid);
  return {
    __typename: "Commit",
    url: `${repositoryPage(call.links, repository)}/commit/${oid}`,
    message: commit.message,
    messageHeadline: commit.message.split("\n")[0],
    authoredDate: isoTime(commit.author.timestamp),
    committedDate: isoTime(commit.committer.timestamp),
    parents: (args: ConnectionArguments) =>
      connection(
        "parents",
        commit.parents.map((id) => ({ id })),
        args,
        ({ id }) => gitObject(call, repository, { oid: id, type: "commit", size: 0 }),
      ),
    file: async ({ path }: { readonly path: string }) =>
      fileEntry(call, repository, await repository.git.entry(oid, path)),
    associatedPullRequests: (args: ConnectionArguments) =>
      associatedPullRequests(call, repository, oid, args),
    history: async ({ path, ...args }: ConnectionArguments & { readonly path?: string | null }) =>
      connection("history", await historyOf(repository, oid, path ?? null), args, ({ id }) =>
        gitObject(call, repository, { oid: id, type: "commit", size: 0 }),
      ),
    tree: () => gitObject(call, repository, { oid: commit.tree, type: "tree", size: 0 }),
  };
}

async function historyOf(repository: Repository, oid: string, path: string | null) {
  const commits = await repository.git.commitsTouching(oid, path);
  return commits.map((id) => ({ id }));
}

function fileEntry(call: Call, repository: Repository, entry: TreeEntry | null) {
  if (entry === null) return null;
  const { path, mode, type, oid } = entry;
  return {
    name: path.split("/").at(-1),
    path,
    mode: Number.parseInt(mode, 8),
    type,
    oid,
    object: () => (type === "commit" ? null : gitObject(call, repository, { oid, type, size: 0 })),
  };
}

async function treeEntries(call: Call, repository: Repository, oid: string) {
  const entries = await repository.git.trees.entries(oid);
  return entries.map(({ path, mode, type, oid: entry }) => ({
    name: path,
    mode: Number.parseInt(mode, 8),
    type,
    oid: entry,
    object: () => (type === "commit" ? null : gitObject(call, repository, { oid: entry, type, size: 0 })),
  }));
}
