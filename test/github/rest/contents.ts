import type { TreeEntry } from "../git/tree.ts";
import { type Answer, notFound, ok, Refusal } from "../http/answer.ts";
import { type Call, repositoryOf, visibleCommit } from "../http/call.ts";
import { serverLimits } from "../limits.ts";
import type { Repository } from "../repository.ts";
import { accountJson, permissionOf } from "../represent/account.ts";
import { repositoryJson, repositoryPage, repositoryUrl } from "../represent/repository.ts";

/** `GET /repos/{owner}/{repo}` */
export function getRepository(call: Call): Answer {
  return ok(repositoryJson(call.links, repositoryOf(call)));
}

/** `GET /repos/{owner}/{repo}/git/trees/{tree_sha}`: any value of `recursive` means yes, `0` and `false` too (git/get-tree). */
export async function getTree(call: Call): Promise<Answer> {
  const repository = repositoryOf(call);
  const { git } = repository;
  const name = call.parameters.tree_sha ?? "";
  const object = await git.object(`${name}^{tree}`);
  const commit = await git.resolve(name);
  if (object === null || (commit !== null && !call.services.visibility.shows(call, commit))) throw notFound();
  const all = call.query.has("recursive")
    ? await git.trees.recursive(object.oid)
    : await git.trees.entries(object.oid);
  const entries = all.slice(0, call.services.treeEntries());
  const sizes = await git.trees.sizes(entries.filter(({ type }) => type === "blob").map(({ oid }) => oid));
  const url = `${repositoryUrl(call.links, repository)}/git`;
  return ok({
    sha: commit ?? object.oid,
    url: `${url}/trees/${object.oid}`,
    tree: entries.map(({ path, mode, type, oid }) => ({
      path,
      mode,
      type,
      sha: oid,
      ...(type === "blob" ? { size: sizes.get(oid) } : {}),
      ...(type === "commit" ? {} : { url: `${url}/${type}s/${oid}` }),
    })),
    truncated: entries.length < all.length,
  });
}

/** `GET /repos/{owner}/{repo}/git/blobs/{file_sha}` */
export async function getBlob(call: Call): Promise<Answer> {
  const repository = repositoryOf(call);
  const sha = call.parameters.file_sha ?? "";
  const bytes = /^[0-9a-f]{40}$/.test(sha) ? await repository.git.blob(sha) : null;
  if (bytes === null) throw notFound();
  if (wantsRaw(call)) return raw(bytes);
  return ok({
    sha,
    node_id: `B_${sha}`,
    size: bytes.length,
    url: `${repositoryUrl(call.links, repository)}/git/blobs/${sha}`,
    content: base64Lines(bytes),
    encoding: "base64",
  });
}

/** `GET /repos/{owner}/{repo}/contents/{path}`: follows symbolic links, as GitHub does. */
export async function getContent(call: Call): Promise<Answer> {
  const repository = repositoryOf(call);
  const revision = call.query.get("ref") ?? repository.defaultBranch;
  const commit = await visibleCommit(call, repository, revision);
  if (commit === null) throw new Refusal(404, `No commit found for the ref ${revision}`);
  const entry = await followed(repository, commit, call.parameters.path ?? "");
  if (entry === null) throw notFound();
  if (entry.type === "tree") return listFolder(call, repository, commit, entry);
  if (entry.mode === "120000") return danglingLink(call, repository, commit, entry);
  if (entry.type === "commit") throw notFound(); // GitHub answers with a pointer to the submodule's repository; none is emulated
  const bytes = (await repository.git.blob(entry.oid)) ?? Buffer.alloc(0);
  if (wantsRaw(call)) return raw(bytes);
  const whole = bytes.length <= serverLimits.contentsBytes;
  return ok({
    ...entryJson(call, repository, commit, entry, bytes.length),
    content: whole ? base64Lines(bytes) : "",
    encoding: whole ? "base64" : "none",
  });
}

/** `GET /repos/{owner}/{repo}/collaborators/{username}/permission` */
export function getCollaboratorPermission(call: Call): Answer {
  const repository = repositoryOf(call);
  const account = call.world.accounts.get((call.parameters.username ?? "").toLowerCase());
  if (account === undefined) throw notFound();
  const role = repository.roles.get(account.login) ?? (repository.private ? undefined : "read");
  return ok({
    permission: permissionOf(role),
    role_name: role ?? "none",
    user: { ...accountJson(call.links, account), role_name: role ?? "none" },
  });
}

async function followed(repository: Repository, commit: string, path: string): Promise<TreeEntry | null> {
  const entry = await repository.git.entry(commit, path);
  if (entry?.mode !== "120000") return entry;
  const target = (await repository.git.blob(entry.oid))?.toString() ?? "";
  const resolved = new URL(target, `file:///${path}`).pathname.slice(1);
  return (await repository.git.entry(commit, resolved)) ?? entry;
}

/** A link that leads to no file of the repository is shown as itself. */
async function danglingLink(
  call: Call,
  repository: Repository,
  commit: string,
  entry: TreeEntry,
): Promise<Answer> {
  const target = (await repository.git.blob(entry.oid)) ?? Buffer.alloc(0);
  const json = entryJson(call, repository, commit, entry, target.length);
  return ok({ ...json, type: "symlink", target: target.toString() });
}

async function listFolder(
  call: Call,
  repository: Repository,
  commit: string,
  folder: TreeEntry,
): Promise<Answer> {
  const entries = await repository.git.trees.entries(folder.oid);
  const sizes = await repository.git.trees.sizes(
    entries.filter(({ type }) => type === "blob").map(({ oid }) => oid),
  );
  const below = folder.path === "" ? "" : `${folder.path}/`;
  return ok(
    entries.map((entry) =>
      entryJson(call, repository, commit, { ...entry, path: below + entry.path }, sizes.get(entry.oid) ?? 0),
    ),
  );
}

function entryJson(call: Call, repository: Repository, commit: string, entry: TreeEntry, size: number) {
  const path = entry.path.split("/").map(encodeURIComponent).join("/");
  const api = repositoryUrl(call.links, repository);
  const page = repositoryPage(call.links, repository);
  const self = `${api}/contents/${path}?ref=${commit}`;
  const git = `${api}/git/${entry.type === "tree" ? "trees" : "blobs"}/${entry.oid}`;
  const html = `${page}/blob/${commit}/${path}`;
  return {
    type: entry.type === "tree" ? "dir" : "file",
    name: entry.path.split("/").at(-1),
    path: entry.path,
    sha: entry.oid,
    size,
    url: self,
    git_url: git,
    html_url: html,
    download_url: entry.type === "tree" ? null : `${page}/raw/${commit}/${path}`,
    _links: { self, git, html },
  };
}

const wantsRaw = ({ accept }: Call) => /application\/vnd\.github\.(v3\.)?raw/.test(accept);
const raw = (bytes: Buffer): Answer => ({
  status: 200,
  bytes,
  contentType: "application/vnd.github.raw+json; charset=utf-8",
});
/** GitHub breaks base64 into lines of 60 characters. */
const base64Lines = (bytes: Buffer) => bytes.toString("base64").replace(/.{60}/g, "$&\n");
