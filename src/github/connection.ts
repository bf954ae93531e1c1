import { Octokit } from "@octokit/core";
import { mayPass, toFault } from "./fault.ts";
import { GitHubFault } from "./port.ts";

/** The outside world's clock and chance, so that tests need neither. */
export interface Timing {
  /** Milliseconds since 1970. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
  /** Between 0 and 1. */
  random(): number;
}

/** Where tokens come from. */
export interface TokenSource {
  token(): Promise<string>;
  /** Tells that GitHub refused this token. */
  refused(token: string): void;
}

export interface GraphQLAnswer<Data> {
  readonly data: Data | null;
  readonly errors: readonly GraphQLError[];
}
interface GraphQLError {
  readonly type?: string;
  readonly message: string;
  readonly path?: readonly (string | number)[];
}

/** Short repetitions of a read; whoever needs more patience schedules the whole job again. */
const repetitions = 2;
const firstPause = 250;
/** GitHub itself gives up after 10 s; a GitHub Enterprise Server may take longer. */
const patience = 30_000;

/**
 * REST and GraphQL under one token. Reads are repeated at once when GitHub or the network fails; writes never, because
 * a lost answer does not mean a lost request. Every failure comes out as a `GitHubFault`.
 */
export class Connection {
  readonly request: Octokit["request"];
  readonly #graphqlUrl: string;
  readonly #timing: Timing;

  constructor(apiUrl: string, tokens: TokenSource, timing: Timing, onRequest: () => void) {
    this.#timing = timing;
    this.#graphqlUrl = `${apiUrl.replace(/\/v3$/, "")}/graphql`;
    const octokit = withPatience(new (octokitClass(apiUrl, onRequest))());
    octokit.hook.wrap("request", (request, options) =>
      this.#repeated(options, async () => {
        const token = await tokens.token();
        // Changed in place: a hook around another one cannot hand it other options.
        options.headers.authorization = `token ${token}`;
        try {
          return await request(options);
        } catch (error) {
          if (error instanceof Error && "status" in error && error.status === 401) tokens.refused(token);
          throw error;
        }
      }),
    );
    this.request = octokit.request;
  }

  /** Asks one GraphQL query. What GitHub says against parts of it comes back in `errors`. */
  async graphql<Data>(
    query: string,
    variables: Readonly<Record<string, unknown>>,
  ): Promise<GraphQLAnswer<Data>> {
    const { data, headers } = await this.request({ method: "POST", url: this.#graphqlUrl, query, variables });
    const answer = data as { data?: Data | null; errors?: GraphQLError[] };
    const errors = answer.errors ?? [];
    if (errors.some(({ type }) => type === "RATE_LIMITED")) {
      const limited = Object.assign(new Error("rate limit"), { status: 403, response: { headers } });
      throw toFault(limited, { method: "POST", url: "/graphql" }, this.#timing.now());
    }
    if (!answer.data) throw refusal(errors);
    return { data: answer.data, errors };
  }

  async #repeated<Result>(
    options: { method: string; url: string },
    ask: () => Promise<Result>,
  ): Promise<Result> {
    const isRead = options.method === "GET" || options.url === this.#graphqlUrl;
    for (let attempt = 0; ; attempt++) {
      try {
        return await ask();
      } catch (error) {
        const fault = toFault(error, options, this.#timing.now());
        const worthIt = fault.status === 401 || (isRead && mayPass(fault) && fault.retryAt === null);
        if (!worthIt || attempt === repetitions) throw fault;
        await this.#timing.sleep(firstPause * 2 ** attempt * (0.5 + this.#timing.random()));
      }
    }
  }
}

/** Octokits for one GitHub, that say how often they asked. */
export function octokitClass(apiUrl: string, onRequest: () => void): typeof Octokit {
  return Octokit.defaults({
    baseUrl: apiUrl,
    userAgent: "sluice",
    request: {
      fetch: (url: string, init: RequestInit) => {
        onRequest();
        return fetch(url, init);
      },
    },
  });
}

/** The same Octokit, which now gives up on a silent GitHub. */
export function withPatience(octokit: Octokit): Octokit {
  octokit.hook.wrap("request", async (request, asked) => {
    const controller = new AbortController();
    // Not AbortSignal.timeout: its timer outlives the request and keeps a Durable Object in memory, which is paid for.
    const timer = setTimeout(() => controller.abort(new Error("no answer in time")), patience);
    try {
      asked.request = { ...asked.request, signal: controller.signal };
      return await request(asked);
    } finally {
      clearTimeout(timer);
    }
  });
  return octokit;
}

/** GraphQL answers a query that failed as a whole with status 200. */
function refusal(errors: readonly GraphQLError[]): GitHubFault {
  const [first] = errors;
  const statuses: Record<string, number> = { NOT_FOUND: 404, FORBIDDEN: 403 };
  const status = statuses[first?.type ?? ""] ?? 502;
  return new GitHubFault(`GitHub could not answer a query (${first?.message ?? "no data"})`, status);
}
