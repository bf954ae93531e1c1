import { ownersOf } from "./codeowners.ts";
import type { Account, FactReader, Role } from "./facts.ts";

/** What a question of authority is about: the mesh files that the change touches. */
export interface Place {
  readonly paths: readonly string[];
}

const strength: Readonly<Record<Role, number>> = {
  admin: 5,
  maintain: 4,
  write: 3,
  triage: 2,
  read: 1,
  none: 0,
};

/**
 * THE authorisation, for comments, reviews and buttons alike: by which of policy's `approvers` somebody may approve, or
 * null. Whatever GitHub did not say counts as no; nobody is authorised by default.
 */
export function authority(
  account: Account,
  approvers: readonly string[],
  place: Place,
  facts: FactReader,
): string | null {
  return approvers.find((approver) => isMeant(account, approver, place, facts)) ?? null;
}

function isMeant(account: Account, approver: string, place: Place, facts: FactReader): boolean {
  if (approver === "codeowners") return ownsAll(account, place, facts);
  const role = /^role:(\w+)$/.exec(approver)?.[1] as Role | undefined;
  if (role !== undefined) {
    const held = facts.ask({ kind: "role", login: account.login }) as Role | undefined;
    return held !== undefined && strength[held] >= strength[role];
  }
  return isNamed(account, approver, facts);
}

/** `@user` or `@organisation/team`. */
function isNamed(account: Account, name: string, facts: FactReader): boolean {
  const [user = "", slug] = name.slice(1).split("/");
  if (slug === undefined) return user.toLowerCase() === account.login.toLowerCase();
  return facts.ask({ kind: "team", organisation: user, slug, login: account.login }) === true;
}

/** Whether every changed path is owned: a file that nobody owns is nobody's to approve. */
function ownsAll(account: Account, { paths }: Place, facts: FactReader): boolean {
  const text = facts.ask({ kind: "codeowners" });
  if (typeof text !== "string" || paths.length === 0) return false;
  return paths.every((path) => ownersOf(text, path).some((owner) => isNamed(account, owner, facts)));
}

/** Whether somebody wrote part of a pull request. Unknown counts as yes. */
export function isContributor(
  account: Account,
  { pull, author }: { readonly pull: number; readonly author: Account | null },
  facts: FactReader,
): boolean {
  if (author === null || author.id === account.id) return true;
  const contributors = facts.ask({ kind: "contributors", pull });
  return (
    !Array.isArray(contributors) ||
    contributors.some((who) => who === `#${account.id}` || who === account.login.toLowerCase())
  );
}
