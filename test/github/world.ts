import type { Level } from "./http/permission.ts";
import type { PullRequest } from "./pull-request.ts";
import type { Repository } from "./repository.ts";

export interface Account {
  readonly id: number;
  readonly login: string;
  readonly type: "User" | "Organization" | "Bot";
}

export interface App {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly clientId: string;
  /** PEM, PKCS#1, as GitHub hands it out. */
  readonly privateKey: string;
  readonly owner: Account;
  readonly bot: Account;
  readonly permissions: Readonly<Record<string, Level>>;
  readonly events: readonly string[];
}

export interface Installation {
  readonly id: number;
  readonly account: Account;
}

/** A team of an organisation, by its slug. */
export interface Team {
  readonly organisation: Account;
  readonly slug: string;
  /** Slug of the team it is a child of. */
  readonly parent: string | null;
  /** By login in lower case: whoever was invited and has not answered is pending. */
  readonly members: Map<string, Membership>;
}
export type Membership = "active" | "pending";

/** Everything that is true on this GitHub at one moment. Nothing in it knows HTTP. */
export class World {
  readonly app: App;
  readonly accounts = new Map<string, Account>();
  readonly installations: Installation[] = [];
  readonly repositories: Repository[] = [];
  readonly teams: Team[] = [];
  readonly #clock: () => number;
  #lastId = 1000;

  constructor(app: Omit<App, "owner" | "bot"> & { readonly owner: string }, clock: () => number) {
    this.#clock = clock;
    this.app = {
      ...app,
      owner: this.account(app.owner, "Organization"),
      bot: this.account(`${app.slug}[bot]`, "Bot"),
    };
  }

  /** A number no other thing on this GitHub has. */
  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  /** Milliseconds since 1970. */
  get milliseconds(): number {
    return this.#clock();
  }

  /** The time now as GitHub writes it: ISO 8601, whole seconds, UTC. */
  now(): string {
    return new Date(this.#clock()).toISOString().replace(/\.\d+Z$/, "Z");
  }

  /** The account with this login; made as a user when nobody had the login yet. */
  account(login: string, type: Account["type"] = "User"): Account {
    const known = this.accounts.get(login.toLowerCase());
    if (known !== undefined) return known;
    const account: Account = { id: this.nextId(), login, type };
    this.accounts.set(login.toLowerCase(), account);
    return account;
  }

  /** A repository by its present name; logins and names are compared without regard to case. */
  repository(owner: string, name: string): Repository | null {
    return (
      this.repositories.find(
        (repository) => same(repository.owner.login, owner) && same(repository.name, name),
      ) ?? null
    );
  }

  /** A repository by a name it had before. */
  formerRepository(owner: string, name: string): Repository | null {
    return (
      this.repositories.find(
        (repository) =>
          same(repository.owner.login, owner) && repository.formerNames.some((former) => same(former, name)),
      ) ?? null
    );
  }

  /** The app's installation that reaches the repository; null where the app is not installed. */
  installation(repository: Repository): Installation | null {
    if (!repository.selected) return null;
    return this.installations.find(({ account }) => account.id === repository.owner.id) ?? null;
  }

  /** Whether somebody is in a team or in one of its child teams; null for neither and for no such team. */
  membership(organisation: Account, slug: string, login: string): Membership | null {
    const team = this.teams.find((one) => one.organisation === organisation && one.slug === slug);
    if (team === undefined) return null;
    const own = team.members.get(login.toLowerCase());
    const children = this.teams.filter((one) => one.organisation === organisation && one.parent === slug);
    const inherited = children.map((child) => this.membership(organisation, child.slug, login));
    return own ?? inherited.find((state) => state !== null) ?? null;
  }

  pull(repository: Repository, number: number): PullRequest | null {
    return repository.pulls.find((pull) => pull.number === number) ?? null;
  }
}

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
