import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream/promises";

/** Answers a request as the Fetch standard has it. */
export type Answering = (request: Request) => Response | Promise<Response>;

/** Where browsers knock. */
export interface Door {
  readonly url: string;
  serve(answering: Answering): void;
  close(): Promise<void>;
}

const usualPort = 4790;

/** Listens on this machine alone. `port` null takes the usual one, or any when that is taken; a port asked for must be free. */
export async function openDoor(port: number | null): Promise<Door> {
  const server = createServer();
  if (port === null) await listen(server, usualPort).catch(() => listen(server, 0));
  else {
    await listen(server, port).catch((error: Error) => {
      throw new Error(`the page cannot be served on port ${port}: ${error.message}`);
    });
  }
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    serve: (answering) =>
      void server.on("request", (request, response) => void pass(answering, request, response)),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject).listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      resolve();
    });
  });
}

/** Ready-made bridges replace Node's global `fetch`, through which Wrangler passes the Worker's own requests. */
async function pass(answering: Answering, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = "GET", url = "/", headers } = request;
    const answer = await answering(
      new Request(new URL(url, `http://${headers.host}`), {
        method,
        headers: Object.entries(headers).map(([name, value]) => [name, String(value)]),
        ...(method === "GET" || method === "HEAD" ? {} : { body: Buffer.concat(chunks) }),
      }),
    );
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    if (answer.body === null) response.end();
    else await pipeline(answer.body, response);
  } catch {
    response.destroy(); // the browser went away, or sent what is no request
  }
}
