import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { Faults } from "../faults.ts";
import type { Ledger } from "../ledger.ts";
import { serverLimits } from "../limits.ts";
import type { Answer } from "./answer.ts";
import type { Received, Reception } from "./reception.ts";

export interface ServerParts {
  readonly reception: Reception;
  readonly faults: Faults;
  readonly ledger: Ledger;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Milliseconds every request takes longer, for benchmarks. */
  readonly latency: () => number;
  /** Called after every request, when the world may have changed. */
  readonly changed: () => void;
}

/** Answers requests below `/_control/`, which are not GitHub's. */
export type Control = (method: string, path: string, body: string) => Promise<Answer>;

/** Listens on the loopback address; port 0 takes a free one. */
export async function openDoor(port: number): Promise<{ readonly door: Server; readonly url: string }> {
  const door = createServer();
  await new Promise<void>((resolve, reject) => {
    door.once("error", reject);
    door.listen(port, "127.0.0.1", resolve);
  });
  return { door, url: `http://127.0.0.1:${(door.address() as AddressInfo).port}` };
}

/** HTTP in, HTTP out, and connections that break when they are meant to. */
export class GitHubServer {
  control: Control | null = null;
  readonly #parts: ServerParts;
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
    const { method, path } = received;
    if (this.control !== null && path.startsWith("/_control/")) {
      write(response, await this.control(method, path, received.body));
      return;
    }
    const { faults: planned, ledger, reception, latency, changed } = this.#parts;
    const faults = planned.take(received);
    if (latency() > 0) await delay(latency());
    if (faults.some(({ kind }) => kind === "reset")) {
      request.socket.destroy();
      return;
    }
    const { answer, permissions, token } = await reception.answer(received, faults);
    ledger.log({ method, path, permissions, status: answer.status, token });
    if (faults.some(({ kind }) => kind === "answer-lost")) request.socket.destroy();
    else this.#send(request, response, answer);
    changed();
  }

  #send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
    const etag = `W/"${createHash("sha256").update(bodyOf(answer)).digest("hex")}"`;
    const conditional = request.method === "GET" && answer.status === 200;
    const unchanged = conditional && request.headers["if-none-match"] === etag;
    if (!unchanged) this.#requests += 1; // a 304 costs nothing
    const headers = { ...this.#rateLimit(), ...(conditional ? { etag } : {}), ...answer.headers };
    write(response, unchanged ? { status: 304, headers } : { ...answer, headers });
  }

  #rateLimit(): Record<string, string> {
    const { requestsPerHour } = serverLimits;
    return {
      "x-ratelimit-limit": String(requestsPerHour),
      "x-ratelimit-remaining": String(Math.max(0, requestsPerHour - this.#requests)),
      "x-ratelimit-used": String(this.#requests),
      "x-ratelimit-reset": String(Math.floor(this.#parts.now() / 1000) + 3600),
      "x-ratelimit-resource": "core",
    };
  }
}

async function receive(request: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const url = new URL(request.url ?? "/", `http://${request.headers.host}`);
  const enterprise = url.pathname.startsWith("/api/");
  return {
    method: request.method ?? "GET",
    path: enterprise ? url.pathname.replace(/^\/api(?:\/v3)?/, "") : url.pathname,
    prefix: enterprise ? "/api/v3" : "",
    url,
    headers: { authorization: request.headers.authorization, accept: request.headers.accept },
    body: Buffer.concat(chunks).toString(),
  };
}

function bodyOf({ bytes, json }: Answer): Buffer {
  return bytes ?? (json === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(json)));
}

function write(response: ServerResponse, answer: Answer): void {
  const body = bodyOf(answer);
  response.writeHead(answer.status, {
    "x-github-media-type": "github.v3; format=json",
    ...(body.length > 0 ? { "content-type": answer.contentType ?? "application/json; charset=utf-8" } : {}),
    ...answer.headers,
  });
  response.end(body);
}
