import { type Commit, isoTime, type Signature } from "../git/commit.ts";
import type { FileChange } from "../git/difference.ts";
import type { Repository } from "../repository.ts";
import type { Account, World } from "../world.ts";
import { accountJson } from "./account.ts";
import type { Links } from "./links.ts";
import { repositoryPage, repositoryUrl } from "./repository.ts";

/** The account behind a signature: GitHub matches by e-mail, and knows nobody for a foreign one. */
export function authorOf(world: World, signature: Signature): Account | null {
  const login = signature.email.endsWith("@users.noreply.github.local") ? signature.name : null;
  return login === null ? null : (world.accounts.get(login.toLowerCase()) ?? null);
}

/** A commit as GitHub's `commit`. */
export function commitJson(world: World, links: Links, repository: Repository, commit: Commit) {
  const url = `${repositoryUrl(links, repository)}/commits/${commit.oid}`;
  const git = `${repositoryUrl(links, repository)}/git`;
  const account = (signature: Signature) => {
    const author = authorOf(world, signature);
    return author === null ? null : accountJson(links, author);
  };
  return {
    sha: commit.oid,
    node_id: `C_${commit.oid}`,
    url,
    html_url: `${repositoryPage(links, repository)}/commit/${commit.oid}`,
    comments_url: `${url}/comments`,
    commit: {
      url: `${git}/commits/${commit.oid}`,
      author: signatureJson(commit.author),
      committer: signatureJson(commit.committer),
      message: commit.message,
      comment_count: 0,
      tree: { sha: commit.tree, url: `${git}/trees/${commit.tree}` },
      verification: {
        verified: false,
        reason: "unsigned",
        signature: null,
        payload: null,
        verified_at: null,
      },
    },
    author: account(commit.author),
    committer: account(commit.committer),
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${repositoryUrl(links, repository)}/commits/${sha}`,
      html_url: `${repositoryPage(links, repository)}/commit/${sha}`,
    })),
  };
}

/** A commit as check suites carry it: GitHub's `simple-commit`. */
export function simpleCommitJson(commit: Commit) {
  return {
    id: commit.oid,
    tree_id: commit.tree,
    message: commit.message,
    timestamp: isoTime(commit.committer.timestamp),
    author: { name: commit.author.name, email: commit.author.email },
    committer: { name: commit.committer.name, email: commit.committer.email },
  };
}

/** A changed file as GitHub's `diff-entry`. */
export function fileJson(links: Links, repository: Repository, head: string, file: FileChange) {
  const path = file.path.split("/").map(encodeURIComponent).join("/");
  return {
    sha: file.oid,
    filename: file.path,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: `${repositoryPage(links, repository)}/blob/${head}/${path}`,
    raw_url: `${repositoryPage(links, repository)}/raw/${head}/${path}`,
    contents_url: `${repositoryUrl(links, repository)}/contents/${path}?ref=${head}`,
    ...(file.patch === null ? {} : { patch: file.patch }),
    ...(file.previousPath === null ? {} : { previous_filename: file.previousPath }),
  };
}

function signatureJson(signature: Signature) {
  return { name: signature.name, email: signature.email, date: isoTime(signature.timestamp) };
}
