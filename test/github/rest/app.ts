import { type Answer, created, notFound, ok, Refusal } from "../http/answer.ts";
import { type Call, listAnswer, paginate, repositoryOf } from "../http/call.ts";
import { grants, type Level, type Permission, reaches } from "../http/permission.ts";
import type { Repository } from "../repository.ts";
import { accountJson, appJson } from "../represent/account.ts";
import type { Links } from "../represent/links.ts";
import { repositoryJson } from "../represent/repository.ts";
import type { Installation, World } from "../world.ts";

/** `GET /app` */
export function getApp({ world, links }: Call): Answer {
  return ok({ ...appJson(links, world.app), installations_count: world.installations.length });
}

/** `GET /app/installations` */
export function listInstallations(call: Call): Promise<Answer> {
  return listAnswer(call, call.world.installations, (installation) =>
    installationJson(call.world, call.links, installation),
  );
}

/** `GET /repos/{owner}/{repo}/installation` */
export function getRepositoryInstallation(call: Call): Answer {
  const installation = call.world.installation(repositoryOf(call));
  if (installation === null) throw notFound();
  return ok(installationJson(call.world, call.links, installation));
}

interface TokenRequest {
  readonly repositories?: readonly string[];
  readonly repository_ids?: readonly number[];
  readonly permissions?: Readonly<Record<string, Level>>;
}

/** `POST /app/installations/{installation_id}/access_tokens`: repositories and permissions can only narrow. */
export function createInstallationToken(call: Call): Answer {
  const { world, links, services } = call;
  const id = Number(call.parameters.installation_id);
  const installation = world.installations.find((candidate) => candidate.id === id);
  if (installation === undefined) throw notFound();
  const asked = (call.body ?? {}) as TokenRequest;
  const permissions = { metadata: "read" as const, ...(asked.permissions ?? world.app.permissions) };
  for (const [name, level] of Object.entries(asked.permissions ?? {})) {
    if (!grants({ ...world.app.permissions, metadata: "read" }, `${name}:${level}` as Permission)) {
      throw new Refusal(422, "The permissions requested are not granted to this installation.");
    }
  }
  const repositories = narrowed(installationRepositories(world, installation), asked);
  const token = services.authentication.mint(
    installation,
    permissions,
    repositories?.map(({ id }) => id) ?? null,
  );
  return created({
    token: token.value,
    expires_at: new Date(token.expiresAt).toISOString().replace(/\.\d+Z$/, "Z"),
    permissions,
    repository_selection: repositories === null ? "all" : "selected",
    ...(repositories === null
      ? {}
      : { repositories: repositories.map((repository) => repositoryJson(links, repository)) }),
  });
}

/** `GET /installation/repositories` */
export function listInstallationRepositories(call: Call): Answer {
  const { token, world, links } = call;
  const installation = world.installations.find(({ id }) => id === token?.installation);
  if (token === null || installation === undefined) throw notFound();
  const all = installationRepositories(world, installation).filter((repository) =>
    reaches(token, repository),
  );
  const { items, headers } = paginate(call, all);
  const repositories = items.map((repository) => repositoryJson(links, repository));
  const selection = token.repositories === null ? "all" : "selected";
  return {
    ...ok({ total_count: all.length, repository_selection: selection, repositories }),
    headers,
  };
}

function installationRepositories(world: World, installation: Installation): Repository[] {
  return world.repositories.filter((repository) => world.installation(repository) === installation);
}

/** The repositories a token is asked for; null when the request names none and means all. */
function narrowed(all: readonly Repository[], asked: TokenRequest): readonly Repository[] | null {
  if (asked.repositories === undefined && asked.repository_ids === undefined) return null;
  const found = [
    ...(asked.repositories ?? []).map((name) => all.find((repository) => repository.name === name)),
    ...(asked.repository_ids ?? []).map((id) => all.find((repository) => repository.id === id)),
  ];
  if (found.includes(undefined)) {
    throw new Refusal(
      422,
      "There is at least one repository that does not exist or is not accessible to the parent installation.",
    );
  }
  return found.filter((repository) => repository !== undefined);
}

function installationJson(world: World, links: Links, installation: Installation) {
  const url = `${links.api}/app/installations/${installation.id}`;
  return {
    id: installation.id,
    account: accountJson(links, installation.account),
    app_id: world.app.id,
    app_slug: world.app.slug,
    client_id: world.app.clientId,
    target_id: installation.account.id,
    target_type: installation.account.type,
    repository_selection: "all",
    permissions: world.app.permissions,
    events: world.app.events,
    single_file_name: null,
    suspended_at: null,
    suspended_by: null,
    created_at: "2026-01-01T00:00:00Z",
    updated_at: "2026-01-01T00:00:00Z",
    access_tokens_url: `${url}/access_tokens`,
    repositories_url: `${links.api}/installation/repositories`,
    html_url: `${links.web}/organizations/${installation.account.login}/settings/installations/${installation.id}`,
  };
}
