import { App } from "@octokit/app";
import type { Octokit } from "@octokit/core";
import { Connection, octokitClass, type Timing, withPatience } from "./connection.ts";
import { toFault } from "./fault.ts";
import type { Level } from "./manifest.ts";
import { GitHubFault } from "./port.ts";

/** How the app proves itself, and to which GitHub. */
export interface Credentials {
  readonly appId: number;
  /** PEM, PKCS#8 (`readPrivateKey`). */
  readonly privateKey: string;
  /** Without a trailing slash; ends in `/api/v3` on GitHub Enterprise Server. */
  readonly apiUrl: string;
}

/** What a token may reach: never more than the job needs. */
export interface TokenScope {
  readonly repositories: { readonly repository_ids: number[] } | { readonly repositories: string[] };
  readonly permissions: Readonly<Record<string, Level>>;
}

interface CachedToken {
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/**
 * Tokens by app, installation and scope, for all requests of this isolate. Plain strings: a promise must not be shared
 * between Durable Objects. Bounded, oldest first.
 */
const cache = new Map<string, CachedToken>();
const cacheSize = 1_000;
/** A token this close to its end is not used any more. */
const margin = 5 * 60_000;

const realTiming: Timing = {
  now: () => Date.now(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  random: () => Math.random(),
};

/** The GitHub App itself: signs JWTs, mints down-scoped installation tokens, and counts what it asks. */
export class GitHubApp {
  readonly #credentials: Credentials;
  readonly #timing: Timing;
  readonly #octokit: Octokit;
  #requests = 0;

  constructor(credentials: Credentials, timing: Timing = realTiming) {
    this.#credentials = credentials;
    this.#timing = timing;
    const { appId, privateKey } = credentials;
    const Octokit = octokitClass(credentials.apiUrl, () => this.#count());
    this.#octokit = withPatience(new App({ appId, privateKey, Octokit }).octokit);
    this.#octokit.hook.error("request", (error, options) => {
      throw toFault(error, options, timing.now());
    });
  }

  get id(): number {
    return this.#credentials.appId;
  }

  /** HTTP requests made so far, tokens included. */
  get requests(): number {
    return this.#requests;
  }

  /** Requests as the app, signed with its key: about itself, its installations and its deliveries. */
  get request(): Octokit["request"] {
    return this.#octokit.request;
  }

  /** A conversation under one installation's token. */
  connect(installation: number, scope: TokenScope): Connection {
    const key = cacheKey(this.#credentials, installation, scope);
    const tokens = {
      token: async () => (this.#cached(key) ?? (await this.#mint(key, installation, scope))).token,
      refused: (token: string) => {
        if (cache.get(key)?.token === token) cache.delete(key);
      },
    };
    return new Connection(this.#credentials.apiUrl, tokens, this.#timing, () => this.#count());
  }

  /** The installation that can see a repository; null when the app is not installed there, or there is no such place. */
  async installationOf(owner: string, repo: string): Promise<number | null> {
    try {
      const { data } = await this.request("GET /repos/{owner}/{repo}/installation", { owner, repo });
      return data.id;
    } catch (error) {
      if (error instanceof GitHubFault && error.status === 404) return null;
      throw error;
    }
  }

  #cached(key: string): CachedToken | null {
    const found = cache.get(key);
    return found && found.expiresAt - margin > this.#timing.now() ? found : null;
  }

  async #mint(
    key: string,
    installation: number,
    { repositories, permissions }: TokenScope,
  ): Promise<CachedToken> {
    const { data } = await this.request("POST /app/installations/{installation_id}/access_tokens", {
      installation_id: installation,
      ...repositories,
      permissions,
    });
    const minted = { token: data.token, expiresAt: Date.parse(data.expires_at) };
    cache.delete(key);
    cache.set(key, minted);
    for (const oldest of cache.keys()) {
      if (cache.size <= cacheSize) break;
      cache.delete(oldest);
    }
    return minted;
  }

  #count(): void {
    this.#requests += 1;
  }
}

function cacheKey({ apiUrl, appId }: Credentials, installation: number, scope: TokenScope): string {
  return JSON.stringify([apiUrl, appId, installation, scope.repositories, scope.permissions]);
}
