import type { Role } from "../repository.ts";
import type { Account, App } from "../world.ts";
import type { Links } from "./links.ts";

/** A person, organisation or bot as GitHub's `simple-user`. */
export function accountJson(links: Links, account: Account) {
  const url = `${links.api}/users/${encodeURIComponent(account.login)}`;
  const page = account.type === "Bot" ? `apps/${account.login.replace("[bot]", "")}` : account.login;
  return {
    login: account.login,
    id: account.id,
    node_id: `U_${account.id}`,
    avatar_url: `${links.web}/avatars/${account.id}`,
    gravatar_id: "",
    url,
    html_url: `${links.web}/${page}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: account.type,
    site_admin: false,
  };
}

/** An organisation as webhooks carry it. */
export function organisationJson(links: Links, account: Account) {
  const url = `${links.api}/orgs/${account.login}`;
  return {
    login: account.login,
    id: account.id,
    node_id: `O_${account.id}`,
    url,
    repos_url: `${url}/repos`,
    events_url: `${url}/events`,
    hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`,
    members_url: `${url}/members{/member}`,
    public_members_url: `${url}/public_members{/member}`,
    avatar_url: `${links.web}/avatars/${account.id}`,
    description: null,
  };
}

/** The app as GitHub's `integration`. */
export function appJson(links: Links, app: App) {
  return {
    id: app.id,
    slug: app.slug,
    client_id: app.clientId,
    node_id: `A_${app.id}`,
    owner: accountJson(links, app.owner),
    name: app.name,
    description: null,
    external_url: `${links.web}/apps/${app.slug}/home`,
    html_url: `${links.web}/apps/${app.slug}`,
    created_at: "2026-01-01T00:00:00Z",
    updated_at: "2026-01-01T00:00:00Z",
    permissions: app.permissions,
    events: app.events,
  };
}

/** What `permission` says of a role: it knows four words where roles have five (and `role_name` the real one). */
export function permissionOf(role: Role | undefined): "admin" | "write" | "read" | "none" {
  if (role === undefined) return "none";
  if (role === "maintain") return "write";
  if (role === "triage") return "read";
  return role;
}
