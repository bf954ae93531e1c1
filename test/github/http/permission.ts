import type { Repository } from "../repository.ts";

export type Level = "read" | "write";
/** `checks:write`, as the OpenAPI description and the app's manifest name permissions. */
export type Permission = `${string}:${Level}`;
export type Permissions = Readonly<Record<string, Level>>;

/** An installation token: what it may do, and where. */
export interface InstallationToken {
  readonly value: string;
  readonly installation: number;
  /** Id of the account the installation is on: it sees no other's repositories. */
  readonly owner: number;
  readonly permissions: Permissions;
  /** Ids of the repositories it reaches; null = all of the installation. */
  readonly repositories: readonly number[] | null;
  readonly expiresAt: number;
}

/** Whether these permissions include the one asked for: write includes read. */
export function grants(permissions: Permissions, needed: Permission): boolean {
  const [name = "", level] = needed.split(":");
  const granted = permissions[name];
  return granted === "write" || (granted === "read" && level === "read");
}

export function reaches(token: InstallationToken, repository: Repository): boolean {
  if (token.owner !== repository.owner.id) return false;
  return token.repositories === null || token.repositories.includes(repository.id);
}

/** As GitHub writes `X-Accepted-GitHub-Permissions`: alternatives are separated by semicolons. */
export function acceptedPermissions(needs: readonly Permission[]): string {
  return needs.map((permission) => permission.replace(":", "=")).join("; ");
}
