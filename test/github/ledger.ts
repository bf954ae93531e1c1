import type { InstallationToken, Permission } from "./http/permission.ts";

/** One request as the local GitHub saw it. */
export interface LoggedRequest {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** Permissions the request needed and its token had. */
  readonly permissions: readonly Permission[];
  /** What the token was allowed; null for the app itself and for strangers. */
  readonly token: Pick<InstallationToken, "permissions" | "repositories"> | null;
}

/** What was asked of this GitHub, what it needed, and what it told: the proof that an app's manifest says neither more nor less. */
export class Ledger {
  readonly requests: LoggedRequest[] = [];
  /** Requests that GitHub's own description does not allow, and answers of ours that it does not. */
  readonly violations: string[] = [];
  readonly #events = new Set<string>();

  log(request: LoggedRequest): void {
    this.requests.push(request);
  }

  delivered(event: string): void {
    this.#events.add(event);
  }

  /** Every permission that some successful request needed, sorted. */
  permissionsUsed(): Permission[] {
    const used = this.requests.filter(({ status }) => status < 400).flatMap(({ permissions }) => permissions);
    return [...new Set(used)].sort();
  }

  /** Every event that was delivered, as `event.action`, sorted. */
  eventsDelivered(): string[] {
    return [...this.#events].sort();
  }
}
