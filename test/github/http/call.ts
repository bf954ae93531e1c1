import { serverLimits } from "../limits.ts";
import type { PullRequest } from "../pull-request.ts";
import type { Repository } from "../repository.ts";
import type { Links } from "../represent/links.ts";
import type { LocalServices } from "../services.ts";
import type { World } from "../world.ts";
import { type Answer, notFound, ok } from "./answer.ts";
import type { InstallationToken } from "./permission.ts";

/** One request on its way through the local GitHub, after its caller was identified. */
export interface Call {
  readonly world: World;
  readonly services: LocalServices;
  /** URLs as this caller sees them: under `/api/v3` for one who came through it. */
  readonly links: Links;
  readonly method: string;
  /** Path without the Enterprise prefix, still percent-encoded. */
  readonly path: string;
  /** Full URL of the request. */
  readonly url: URL;
  readonly accept: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: unknown;
  /** Null for a caller who is the app itself. */
  readonly token: InstallationToken | null;
}

/** The repository the path names. The server has already made sure that the caller may know of it. */
export function repositoryOf(call: Call): Repository {
  const { owner = "", repo = "" } = call.parameters;
  const repository = call.world.repository(owner, repo);
  if (repository === null) throw notFound();
  return repository;
}

/** The pull request the path names, by `pull_number` or `issue_number`. */
export function pullOf(call: Call): PullRequest {
  const number = Number(call.parameters.pull_number ?? call.parameters.issue_number);
  const pull = call.world.pull(repositoryOf(call), number);
  if (pull === null) throw notFound();
  return pull;
}

/** The commit a revision names in a repository, unless GitHub has not caught up with it yet. */
export async function visibleCommit(
  call: Call,
  repository: Repository,
  revision: string,
): Promise<string | null> {
  const commit = await repository.git.resolve(revision);
  return commit !== null && call.services.visibility.shows(call, commit) ? commit : null;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly headers: Readonly<Record<string, string>>;
}

/** One page of a list, with the `Link` header that leads to the others. */
export function paginate<T>(call: Call, all: readonly T[]): Page<T> {
  const size = clamp(
    Number(call.query.get("per_page") ?? serverLimits.defaultPageSize),
    1,
    serverLimits.pageSize,
  );
  const last = Math.max(1, Math.ceil(all.length / size));
  const page = Math.max(1, Number(call.query.get("page") ?? 1));
  const link = (to: number, relation: string) => {
    const url = new URL(call.url);
    url.searchParams.set("page", String(to));
    return `<${url}>; rel="${relation}"`;
  };
  const links = [
    ...(page > 1 ? [link(page - 1, "prev")] : []),
    ...(page < last ? [link(page + 1, "next"), link(last, "last")] : []),
    ...(page > 1 ? [link(1, "first")] : []),
  ];
  return {
    items: all.slice((page - 1) * size, page * size),
    headers: links.length > 0 ? { link: links.join(", ") } : {},
  };
}

/** A page of a list as GitHub answers it; only the page's items are represented. */
export async function listAnswer<T>(
  call: Call,
  all: readonly T[],
  represent: (item: T) => unknown,
): Promise<Answer> {
  const { items, headers } = paginate(call, all);
  return { ...ok(await Promise.all(items.map(represent))), headers };
}

const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));
