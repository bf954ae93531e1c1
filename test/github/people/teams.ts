import type { Membership, World } from "../world.ts";

/** Makes a team `organisation/slug`, or replaces the members it has. */
export function setTeam(
  world: World,
  name: string,
  members: Readonly<Record<string, Membership>>,
  parent: string | null,
): void {
  const [login = "", slug = ""] = name.split("/");
  const organisation = world.account(login, "Organization");
  const others = world.teams.filter((team) => team.organisation !== organisation || team.slug !== slug);
  const entries = Object.entries(members).map(([member, state]) => [member.toLowerCase(), state] as const);
  world.teams.splice(0, world.teams.length, ...others, {
    organisation,
    slug,
    parent,
    members: new Map(entries),
  });
}
