import type { Fact, Question, Role } from "../policy/approvals/facts.ts";
import type { GitHubApp } from "./app.ts";
import type { Connection } from "./connection.ts";
import { limits } from "./limits.ts";
import { memberPermissions } from "./manifest.ts";
import { GitHubFault, type RepositoryRef } from "./port.ts";

/** Where GitHub looks for CODEOWNERS, in this order (github/docs, about-code-owners.md). */
const codeownersPaths = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];
/** GitHub lists no more commits of a pull request (pulls/list-commits). */
const commitsListed = 250;
const coAuthor = /^co-authored-by:.*<(?:(\d+)\+)?([\w-]+(?:\[bot\])?)@users\.noreply\./gim;

/** Asks GitHub who somebody is to a team, a repository and a change. */
export class Authority {
  readonly #app: GitHubApp;
  readonly #connection: Connection;
  readonly #installation: number;
  readonly #repository: RepositoryRef;

  constructor(app: GitHubApp, connection: Connection, installation: number, repository: RepositoryRef) {
    this.#app = app;
    this.#connection = connection;
    this.#installation = installation;
    this.#repository = repository;
  }

  answer(question: Question): Promise<Fact> {
    switch (question.kind) {
      case "team":
        return this.#isMember(question.organisation, question.slug, question.login);
      case "role":
        return this.#role(question.login);
      case "codeowners":
        return this.#codeowners();
      case "contributors":
        return this.#contributors(question.pull);
    }
  }

  /** Members of child teams are members; whoever was invited and has not answered is not (teams/get-membership-for-user-in-org). */
  async #isMember(org: string, team_slug: string, username: string): Promise<boolean> {
    // A token of its own: an installation that has not accepted the permission can do everything else all the same.
    const connection = this.#app.connect(this.#installation, {
      repositories: { repository_ids: [this.#repository.id] },
      permissions: memberPermissions,
    });
    const route = "GET /orgs/{org}/teams/{team_slug}/memberships/{username}";
    const found = await orNull(connection.request(route, { org, team_slug, username }));
    return found?.data.state === "active";
  }

  /** `role_name` can be an organisation's own; `permission` then says what it amounts to. */
  async #role(username: string): Promise<Role> {
    const { owner, name } = this.#repository;
    const route = "GET /repos/{owner}/{repo}/collaborators/{username}/permission";
    const found = await orNull(this.#connection.request(route, { owner, repo: name, username }));
    const { role_name = "none", permission = "none" } = found?.data ?? {};
    return [role_name, permission].find(isRole) ?? "none";
  }

  async #codeowners(): Promise<string | null> {
    const { owner, name } = this.#repository;
    const fields = codeownersPaths.map(
      (path, index) =>
        `file${index}: object(expression: "HEAD:${path}") { ... on Blob { text isTruncated } }`,
    );
    const query = `query Owners($owner: String!, $name: String!) {\n  repository(owner: $owner, name: $name) {\n    ${fields.join("\n    ")}\n  }\n}`;
    type Files = Readonly<
      Record<string, { readonly text?: string | null; readonly isTruncated?: boolean } | null>
    >;
    const { data } = await this.#connection.graphql<{ repository: Files | null }>(query, { owner, name });
    const file = codeownersPaths
      .map((_, index) => data?.repository?.[`file${index}`])
      .find((one) => one != null);
    if (file?.isTruncated) throw new GitHubFault("CODEOWNERS is larger than GitHub shows in one piece", 422);
    return file?.text ?? null;
  }

  async #contributors(pull: number): Promise<readonly string[]> {
    const { owner, name } = this.#repository;
    const found = new Set<string>();
    for (let page = 1, commits = 0; ; page++) {
      const { data } = await this.#connection.request(
        "GET /repos/{owner}/{repo}/pulls/{pull_number}/commits",
        {
          owner,
          repo: name,
          pull_number: pull,
          per_page: limits.pageSize,
          page,
        },
      );
      for (const { author, committer, commit } of data) {
        for (const account of [author, committer]) if (account?.id !== undefined) found.add(`#${account.id}`);
        for (const [, id, login] of commit.message.matchAll(coAuthor)) {
          found.add(id === undefined ? login!.toLowerCase() : `#${id}`);
        }
      }
      commits += data.length;
      if (commits >= commitsListed)
        throw new GitHubFault("GitHub does not list all commits of so long a change", 422);
      if (data.length < limits.pageSize) return [...found];
    }
  }
}

const roles: readonly string[] = ["admin", "maintain", "write", "triage", "read", "none"];
const isRole = (name: string): name is Role => roles.includes(name);

/** GitHub says 404 of what is not, and of what we may not see: both are a no. */
async function orNull<T>(request: Promise<T>): Promise<T | null> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof GitHubFault && error.status === 404) return null;
    throw error;
  }
}
