import type { Repository } from "../repository.ts";
import { accountJson } from "./account.ts";
import type { Links } from "./links.ts";

/** The `…_url` fields of a repository and the path or template each adds to the repository's own. */
const urlFields = {
  archive_url: "/{archive_format}{/ref}",
  assignees_url: "/assignees{/user}",
  blobs_url: "/git/blobs{/sha}",
  branches_url: "/branches{/branch}",
  collaborators_url: "/collaborators{/collaborator}",
  comments_url: "/comments{/number}",
  commits_url: "/commits{/sha}",
  compare_url: "/compare/{base}...{head}",
  contents_url: "/contents/{+path}",
  contributors_url: "/contributors",
  deployments_url: "/deployments",
  downloads_url: "/downloads",
  events_url: "/events",
  forks_url: "/forks",
  git_commits_url: "/git/commits{/sha}",
  git_refs_url: "/git/refs{/sha}",
  git_tags_url: "/git/tags{/sha}",
  hooks_url: "/hooks",
  issue_comment_url: "/issues/comments{/number}",
  issue_events_url: "/issues/events{/number}",
  issues_url: "/issues{/number}",
  keys_url: "/keys{/key_id}",
  labels_url: "/labels{/name}",
  languages_url: "/languages",
  merges_url: "/merges",
  milestones_url: "/milestones{/number}",
  notifications_url: "/notifications{?since,all,participating}",
  pulls_url: "/pulls{/number}",
  releases_url: "/releases{/id}",
  stargazers_url: "/stargazers",
  statuses_url: "/statuses/{sha}",
  subscribers_url: "/subscribers",
  subscription_url: "/subscription",
  tags_url: "/tags",
  teams_url: "/teams",
  trees_url: "/git/trees{/sha}",
} as const;

/** Facts about a repository that no check app reads and every answer must have. */
const plainFields = {
  description: null,
  homepage: null,
  language: null,
  license: null,
  mirror_url: null,
  archived: false,
  disabled: false,
  forks: 0,
  forks_count: 0,
  open_issues: 0,
  open_issues_count: 0,
  size: 0,
  stargazers_count: 0,
  watchers: 0,
  watchers_count: 0,
  network_count: 0,
  subscribers_count: 0,
  has_issues: true,
  has_projects: false,
  has_wiki: false,
  has_pages: false,
  has_downloads: false,
  has_discussions: false,
  is_template: false,
  allow_forking: true,
  web_commit_signoff_required: false,
  topics: [],
  created_at: "2026-01-01T00:00:00Z",
  updated_at: "2026-01-01T00:00:00Z",
  pushed_at: "2026-01-01T00:00:00Z",
};

export const fullName = (repository: Repository) => `${repository.owner.login}/${repository.name}`;
export const repositoryUrl = (links: Links, repository: Repository) =>
  `${links.api}/repos/${fullName(repository)}`;
export const repositoryPage = (links: Links, repository: Repository) =>
  `${links.web}/${fullName(repository)}`;

/** A repository as GitHub's `full-repository`, which includes every smaller form. */
export function repositoryJson(links: Links, repository: Repository) {
  const url = repositoryUrl(links, repository);
  const page = repositoryPage(links, repository);
  const urls = Object.entries(urlFields).map(([field, suffix]) => [field, url + suffix]);
  return {
    ...plainFields,
    ...Object.fromEntries(urls),
    id: repository.id,
    node_id: `R_${repository.id}`,
    name: repository.name,
    full_name: fullName(repository),
    owner: accountJson(links, repository.owner),
    private: repository.private,
    visibility: repository.private ? "private" : "public",
    fork: repository.parent !== null,
    default_branch: repository.defaultBranch,
    url,
    html_url: page,
    clone_url: `${page}.git`,
    git_url: `${page.replace(/^\w+/, "git")}.git`,
    ssh_url: `git@${page.replace(/^\w+:\/\//, "")}.git`,
    svn_url: page,
  };
}
