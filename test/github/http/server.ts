import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { type Fault, type Faults, limitRefusal } from "../faults.ts";
import { executeGraphql } from "../graphql/execute.ts";
import { serverLimits } from "../limits.ts";
import type { Repository } from "../repository.ts";
import type { Links } from "../represent/links.ts";
import { repositoryJson } from "../represent/repository.ts";
import { routes } from "../rest/routes.ts";
import type { LocalServices } from "../services.ts";
import type { World } from "../world.ts";
import { type Answer, notFound, Refusal } from "./answer.ts";
import type { Call } from "./call.ts";
import {
  acceptedPermissions,
  grants,
  type InstallationToken,
  type Permission,
  reaches,
} from "./permission.ts";
import { type Match, type Route, Router } from "./route.ts";

export interface ServerParts {
  readonly world: World;
  readonly services: LocalServices;
  readonly faults: Faults;
  /** Milliseconds every request takes longer, for benchmarks. */
  readonly latency: () => number;
  /** Called after every request, when the world may have changed. */
  readonly changed: () => void;
}

interface Received {
  readonly method: string;
  readonly path: string;
  /** `/api/v3` for a caller who takes this for GitHub Enterprise Server. */
  readonly prefix: string;
  readonly url: URL;
  readonly body: string;
}

interface Outcome {
  readonly answer: Answer;
  readonly permissions: readonly Permission[];
  readonly token: InstallationToken | null;
}

/** Listens on the loopback address; port 0 takes a free one. */
export async function openDoor(port: number): Promise<{ readonly door: Server; readonly url: string }> {
  const door = createServer();
  await new Promise<void>((resolve) => door.listen(port, "127.0.0.1", resolve));
  return { door, url: `http://127.0.0.1:${(door.address() as AddressInfo).port}` };
}

/** GitHub over HTTP: who calls, may they, what do they want, and what is planned to go wrong. */
export class GitHubServer {
  readonly #parts: ServerParts;
  readonly #router = new Router(routes);
  readonly #server: Server;
  #requests = 0;

  /** Serves requests that come in at a door that is open already. */
  constructor(door: Server, parts: ServerParts) {
    this.#parts = parts;
    this.#server = door.on("request", (request, response) => void this.#serve(request, response));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const received = await receive(request);
    const faults = this.#parts.faults.take(received);
    if (await this.#suffer(faults)) return void request.socket.destroy();
    const { answer, permissions, token } = await this.#answer(received, request, faults);
    const { method, path } = received;
    this.#parts.services.ledger.log({ method, path, permissions, status: answer.status, token });
    if (faults.some(({ kind }) => kind === "answer-lost")) request.socket.destroy();
    else this.#send(request, response, answer);
    this.#parts.changed();
  }

  /** Lets happen what was planned before GitHub looks at the request. True when the connection breaks. */
  async #suffer(faults: readonly Fault[]): Promise<boolean> {
    const latency = this.#parts.latency();
    if (latency > 0) await delay(latency);
    for (const fault of faults) {
      if (fault.kind === "hold") await fault.until;
      if (fault.kind === "meanwhile") await fault.happens();
    }
    return faults.some(({ kind }) => kind === "reset");
  }

  async #answer(received: Received, request: IncomingMessage, faults: readonly Fault[]): Promise<Outcome> {
    const { world, services } = this.#parts;
    let token: InstallationToken | null = null;
    let permissions: readonly Permission[] = [];
    try {
      for (const fault of faults) {
        const refusal = limitRefusal(fault, world.milliseconds);
        if (refusal !== null) throw refusal;
      }
      const caller = services.authentication.caller(request.headers.authorization);
      token = caller.kind === "installation" ? caller.token : null;
      const call = this.#call(received, request, token);
      if (received.path === "/graphql") {
        const fields = faults.filter((fault) => fault.kind === "graphql-error");
        const result = await executeGraphql(call, fields);
        return { answer: { status: 200, json: result.body }, permissions: result.permissions, token };
      }
      const match = this.#router.match(received.method, received.path);
      if (match === null) throw this.#notEmulated(received);
      permissions = this.#admit(call, match);
      services.contract.checkRequest(match.route, call.query, call.body);
      const answer = await match.route.handler({ ...call, parameters: match.parameters });
      services.contract.checkResponse(match.route, answer.status, answer.json);
      return { answer, permissions, token };
    } catch (error) {
      return { answer: refusalAnswer(error), permissions, token };
    }
  }

  #call(received: Received, request: IncomingMessage, token: InstallationToken | null): Call {
    const { world, services } = this.#parts;
    const { method, path, url, prefix } = received;
    const links: Links = { api: url.origin + prefix, web: url.origin };
    const accept = request.headers.accept ?? "";
    const query = url.searchParams;
    return {
      world,
      services,
      links,
      method,
      path,
      url,
      accept,
      query,
      token,
      parameters: {},
      body: jsonOf(received.body),
    };
  }

  /** Lets a caller through to a row of the table, and says which permission that took. */
  #admit(call: Call, { route, parameters }: Match): readonly Permission[] {
    const { token } = call;
    if (route.as === "app" && token !== null) throw new Refusal(401, "A JSON web token could not be decoded");
    if (route.as === "installation" && token === null) throw new Refusal(401, "Bad credentials");
    const repository = this.#addressed(call, parameters);
    if (token === null) return [];
    if (repository !== null && !reaches(token, repository)) {
      if (repository.private) throw notFound();
      if (route.method === "GET") return [];
      throw forbidden(route);
    }
    const used = route.needs.find((needed) => grants(token.permissions, needed));
    if (used === undefined && route.needs.length > 0) throw forbidden(route);
    return used === undefined ? [] : [used];
  }

  /** The repository in the path. Throws GitHub's redirect for one that was renamed. */
  #addressed(call: Call, { owner, repo }: Match["parameters"]): Repository | null {
    if (owner === undefined || repo === undefined) return null;
    const repository = call.world.repository(owner, repo);
    if (repository !== null && call.world.installation(repository) !== null) return repository;
    const renamed = call.world.formerRepository(owner, repo);
    if (renamed === null) throw notFound();
    const rest = call.path.split("/").slice(4).join("/");
    const to = `${repositoryJson(call.links, renamed).url}${rest === "" ? "" : `/${rest}`}${call.url.search}`;
    const reading = call.method === "GET";
    const message = reading ? "Moved Permanently" : "Temporary Redirect";
    throw new Refusal(reading ? 301 : 307, message, { url: to }, { location: to });
  }

  #notEmulated({ method, path }: Received): Refusal {
    this.#parts.services.ledger.violations.push(`request ${method} ${path}: not emulated`);
    return new Refusal(501, `The local GitHub does not emulate ${method} ${path}`);
  }

  #send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
    const body =
      answer.bytes ??
      (answer.json === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(answer.json)));
    const etag = `W/"${createHash("sha256").update(body).digest("hex")}"`;
    const conditional = request.method === "GET" && answer.status === 200;
    const unchanged = conditional && request.headers["if-none-match"] === etag;
    if (!unchanged) this.#requests += 1; // a 304 costs nothing
    response.writeHead(unchanged ? 304 : answer.status, {
      "x-github-media-type": "github.v3; format=json",
      ...this.#rateLimit(),
      ...(conditional ? { etag } : {}),
      ...(body.length > 0 ? { "content-type": answer.contentType ?? "application/json; charset=utf-8" } : {}),
      ...answer.headers,
    });
    response.end(unchanged ? undefined : body);
  }

  #rateLimit(): Record<string, string> {
    const hour = Math.floor(this.#parts.world.milliseconds / 1000) + 3600;
    return {
      "x-ratelimit-limit": String(serverLimits.requestsPerHour),
      "x-ratelimit-remaining": String(Math.max(0, serverLimits.requestsPerHour - this.#requests)),
      "x-ratelimit-used": String(this.#requests),
      "x-ratelimit-reset": String(hour),
      "x-ratelimit-resource": "core",
    };
  }
}

async function receive(request: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const url = new URL(request.url ?? "/", `http://${request.headers.host}`);
  const prefix = url.pathname.startsWith("/api/") ? "/api/v3" : "";
  const path = url.pathname === "/api/graphql" ? "/graphql" : url.pathname.replace(/^\/api\/v3(?=\/)/, "");
  return { method: request.method ?? "GET", path, prefix, url, body: Buffer.concat(chunks).toString() };
}

function jsonOf(body: string): unknown {
  if (body === "") return undefined;
  try {
    return JSON.parse(body);
  } catch {
    throw new Refusal(400, "Problems parsing JSON");
  }
}

function forbidden({ needs }: Route): Refusal {
  const headers = { "x-accepted-github-permissions": acceptedPermissions(needs) };
  return new Refusal(403, "Resource not accessible by integration", {}, headers);
}

function refusalAnswer(error: unknown): Answer {
  if (!(error instanceof Refusal)) {
    const message = error instanceof Error ? error.message : String(error);
    return { status: 500, json: { message } };
  }
  const { status, message, extra, headers } = error;
  const documentation_url = "https://docs.github.com/rest";
  return { status, json: { message, ...extra, documentation_url, status: String(status) }, headers };
}
