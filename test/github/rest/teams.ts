import { type Answer, notFound, ok } from "../http/answer.ts";
import type { Call } from "../http/call.ts";

/** `GET /orgs/{org}/teams/{team_slug}/memberships/{username}`: members of child teams are members; whoever is invited is pending. */
export function getMembership(call: Call): Answer {
  const { org = "", team_slug = "", username = "" } = call.parameters;
  const organisation = call.world.accounts.get(org.toLowerCase());
  if (organisation === undefined || organisation.id !== call.token?.owner) throw notFound();
  const state = call.world.membership(organisation, team_slug, username);
  if (state === null) throw notFound();
  const url = `${call.links.api}/orgs/${org}/teams/${team_slug}/memberships/${username}`;
  return ok({ url, role: "member", state });
}
