import { type Fault, limitRefusal } from "../faults.ts";
import { executeGraphql, rateLimited } from "../graphql/execute.ts";
import type { Repository } from "../repository.ts";
import type { Links } from "../represent/links.ts";
import { repositoryUrl } from "../represent/repository.ts";
import { routes } from "../rest/routes.ts";
import type { LocalServices } from "../services.ts";
import type { World } from "../world.ts";
import { type Answer, notFound, ok, Refusal } from "./answer.ts";
import type { Call } from "./call.ts";
import {
  acceptedPermissions,
  grants,
  type InstallationToken,
  type Permission,
  reaches,
} from "./permission.ts";
import { type Match, type Route, Router } from "./route.ts";

/** A request as it arrived. */
export interface Received {
  readonly method: string;
  /** Without the Enterprise prefix, percent-encoded. */
  readonly path: string;
  /** `/api/v3` for a caller who takes this for GitHub Enterprise Server. */
  readonly prefix: string;
  readonly url: URL;
  readonly headers: { readonly authorization?: string | undefined; readonly accept?: string | undefined };
  readonly body: string;
}

export interface Outcome {
  readonly answer: Answer;
  /** Permissions the request needed and had. */
  readonly permissions: readonly Permission[];
  readonly token: InstallationToken | null;
}

/** Who calls, may they, what do they want: from a request to its answer, and never an exception. */
export class Reception {
  readonly #world: World;
  readonly #services: LocalServices;
  readonly #router = new Router(routes);

  constructor(world: World, services: LocalServices) {
    this.#world = world;
    this.#services = services;
  }

  /** Answers a request that is hit by these faults. */
  async answer(received: Received, faults: readonly Fault[]): Promise<Outcome> {
    let token: InstallationToken | null = null;
    try {
      for (const fault of faults) {
        if (fault.kind === "hold") await fault.until;
        if (fault.kind === "meanwhile") await fault.happens();
        const refusal = limitRefusal(fault, this.#world.milliseconds);
        if (refusal !== null) throw refusal;
      }
      const caller = this.#services.authentication.caller(received.headers.authorization);
      token = caller.kind === "installation" ? caller.token : null;
      const call = this.#call(received, token);
      if (received.path === "/graphql") {
        const { body, permissions } = await executeGraphql(call, faults);
        return { answer: ok(body), permissions, token };
      }
      return { ...(await this.#rest(call)), token };
    } catch (error) {
      if (!(error instanceof Refusal)) this.#services.ledger.violations.push(String(error));
      const answer = refusalAnswer(error);
      return { answer: received.path === "/graphql" ? rateLimited(answer) : answer, permissions: [], token };
    }
  }

  async #rest(call: Call): Promise<Omit<Outcome, "token">> {
    const match = this.#router.match(call.method, call.path);
    if (match === null) {
      this.#services.ledger.violations.push(`request ${call.method} ${call.path}: not emulated`);
      throw new Refusal(501, `The local GitHub does not emulate ${call.method} ${call.path}`);
    }
    const { contract } = this.#services;
    const permissions = this.#admit(call, match);
    contract.checkRequest(match.route, call.query, call.body);
    const answer = await match.route.handler({ ...call, parameters: match.parameters });
    contract.checkResponse(match.route, answer.status, answer.json);
    return { answer, permissions };
  }

  #call(received: Received, token: InstallationToken | null): Call {
    const { method, path, url, prefix, headers, body } = received;
    const links: Links = { api: url.origin + prefix, web: url.origin };
    return {
      world: this.#world,
      services: this.#services,
      links,
      method,
      path,
      url,
      accept: headers.accept ?? "",
      query: url.searchParams,
      body: jsonOf(body),
      token,
      parameters: {},
    };
  }

  /** Lets a caller through to a row of the table, and says which permissions that took. */
  #admit(call: Call, { route, parameters }: Match): readonly Permission[] {
    const { token } = call;
    if (route.as === "app" && token !== null) {
      throw new Refusal(401, "A JSON web token could not be decoded");
    }
    if (route.as === "installation" && token === null) throw new Refusal(401, "Bad credentials");
    const repository = this.#addressed(call, parameters);
    if (token === null) return [];
    if (repository !== null && !reaches(token, repository)) {
      if (repository.private) throw notFound();
      if (route.method === "GET") return []; // everybody may read what is public
      throw forbidden(route);
    }
    const used = route.needs.find((needed) => grants(token.permissions, needed));
    if (used === undefined && route.needs.length > 0) throw forbidden(route);
    return used === undefined ? [] : [used];
  }

  /** The repository in the path. Throws GitHub's redirect for one that was renamed. */
  #addressed(call: Call, { owner, repo }: Match["parameters"]): Repository | null {
    if (owner === undefined || repo === undefined) return null;
    const repository = this.#world.repository(owner, repo);
    if (repository !== null && this.#world.installation(repository) !== null) return repository;
    const renamed = this.#world.formerRepository(owner, repo);
    if (renamed === null) throw notFound();
    const rest = call.path
      .split("/")
      .slice(4)
      .map((part) => `/${part}`);
    throw moved(call.method, repositoryUrl(call.links, renamed) + rest.join("") + call.url.search);
  }
}

/** 301 for reading; 307 for the rest, which keeps method and body. */
function moved(method: string, url: string): Refusal {
  const reading = method === "GET";
  return new Refusal(
    reading ? 301 : 307,
    reading ? "Moved Permanently" : "Temporary Redirect",
    { url },
    { location: url },
  );
}

function forbidden({ needs }: Route): Refusal {
  const headers = { "x-accepted-github-permissions": acceptedPermissions(needs) };
  return new Refusal(403, "Resource not accessible by integration", {}, headers);
}

function jsonOf(body: string): unknown {
  if (body === "") return undefined;
  try {
    return JSON.parse(body);
  } catch {
    throw new Refusal(400, "Problems parsing JSON");
  }
}

function refusalAnswer(error: unknown): Answer {
  if (!(error instanceof Refusal)) {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { status: 500, json: { message } };
  }
  const { status, message, extra, headers } = error;
  const documentation_url = "https://docs.github.com/rest";
  return { status, json: { message, ...extra, documentation_url, status: String(status) }, headers };
}
