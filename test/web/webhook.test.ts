import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Bindings } from "../../src/durable/bindings.ts";
import { app } from "../../src/web/app.ts";
import { privateKey } from "../github/options.ts";

const settings = {
  GITHUB_APP_ID: "12345",
  GITHUB_PRIVATE_KEY: privateKey(),
  GITHUB_WEBHOOK_SECRET: "the present secret",
};
const payload = {
  action: "opened",
  installation: { id: 7 },
  repository: { id: 42, name: "mesh", owner: { login: "acme" }, default_branch: "main" },
  pull_request: {
    number: 3,
    html_url: "https://github.com/acme/mesh/pull/3",
    updated_at: "2026-11-01T10:00:00Z",
    head: { sha: "a".repeat(40) },
  },
};
const sign = (body: string | Uint8Array, secret = settings.GITHUB_WEBHOOK_SECRET) =>
  `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;

/** Bindings that write down who was called; nobody answers but with "noted". */
function bindings(variables: Record<string, string> = settings): { env: Bindings; called: string[] } {
  const called: string[] = [];
  const namespace = (binding: string) => ({
    getByName: (name: string) =>
      new Proxy(
        {},
        {
          get: (_, method) => () =>
            Promise.resolve(called.push(`${binding} ${name} ${String(method)}`) && "noted"),
        },
      ),
  });
  const objects = { PULL_REQUEST: "", HEAD_COMMIT: "", REPOSITORY: "", REDELIVERY: "" };
  const namespaces = Object.fromEntries(Object.keys(objects).map((name) => [name, namespace(name)]));
  return { env: { ...variables, ...namespaces } as unknown as Bindings, called };
}

interface Sent {
  readonly body?: BodyInit;
  readonly headers?: Record<string, string>;
  readonly variables?: Record<string, string>;
}

async function deliver({ body = JSON.stringify(payload), headers = {}, variables = settings }: Sent) {
  const { env, called } = bindings(variables);
  const signature = typeof body === "string" || body instanceof Uint8Array ? sign(body) : "";
  const response = await app.request(
    "/webhook",
    {
      method: "POST",
      body,
      headers: {
        "content-type": "application/json",
        "x-github-event": "pull_request",
        "x-github-delivery": "guid",
        "x-hub-signature-256": signature,
        ...headers,
      },
      duplex: "half",
    } as RequestInit,
    env,
  );
  return { status: response.status, answer: (await response.json()) as Record<string, string>, called };
}

describe("a delivery", () => {
  test("that is signed is handed to the object it concerns", async () => {
    expect(await deliver({})).toEqual({
      status: 202,
      answer: { accepted: "noted" },
      called: ["PULL_REQUEST 42/3 note"],
    });
  });

  test("is signed over its raw bytes, whatever they are", async () => {
    const spaced = JSON.stringify({ ...payload, zen: "Ü\u2028\ud83d\ude00" }, null, 3).replaceAll(
      "\n",
      "\r\n",
    );
    expect((await deliver({ body: spaced })).status).toBe(202);
  });

  test("signed with the previous secret is taken while rotating", async () => {
    const variables = {
      ...settings,
      GITHUB_WEBHOOK_SECRET: "next",
      GITHUB_WEBHOOK_SECRET_PREVIOUS: settings.GITHUB_WEBHOOK_SECRET,
    };
    expect((await deliver({ variables })).status).toBe(202);
    expect((await deliver({ variables: { ...settings, GITHUB_WEBHOOK_SECRET: "next" } })).status).toBe(401);
  });

  test.each([
    ["a wrong signature", { headers: { "x-hub-signature-256": `sha256=${"0".repeat(64)}` } }],
    ["garbage for a signature", { headers: { "x-hub-signature-256": "garbage" } }],
    ["no signature", { headers: { "x-hub-signature-256": "" } }],
    ["a signature of other bytes", { headers: { "x-hub-signature-256": sign("{}") } }],
  ])("with %s is refused, and nobody hears of it", async (_, sent) => {
    const { status, called } = await deliver(sent);
    expect({ status, called }).toEqual({ status: 401, called: [] });
  });

  test.each([
    ["a form", { headers: { "content-type": "application/x-www-form-urlencoded" } }],
    ["broken JSON", { body: '{"action":' }],
    ["not UTF-8", { body: new Uint8Array([0x22, 0xff, 0x22]) }],
    ["no object", { body: "[]" }],
    [
      "another event than its header says",
      { headers: { "x-github-event": "push" }, body: JSON.stringify({ ...payload, action: undefined }) },
    ],
  ])("that is %s is malformed", async (_, sent) => {
    const { status, called } = await deliver(sent);
    expect({ status, called }).toEqual({ status: 400, called: [] });
  });

  test.each([
    ["an event nobody needs", { headers: { "x-github-event": "star" } }],
    ["an owner who is not served", { variables: { ...settings, ALLOWED_OWNERS: "other, another" } }],
  ])("of %s is acknowledged, and nobody is woken", async (_, sent) => {
    const { status, answer, called } = await deliver(sent);
    expect({ status, called }).toEqual({ status: 202, called: [] });
    expect(answer.ignored).toBeTruthy();
  });

  test("too large by its own account is refused unread", async () => {
    const stream = new ReadableStream({ pull: () => expect.unreachable("was read") }, { highWaterMark: 0 });
    const { status, called } = await deliver({
      body: stream,
      headers: { "content-length": String(25 * 1024 * 1024 + 1) },
    });
    expect({ status, called }).toEqual({ status: 413, called: [] });
  });

  test("that is larger than it says is refused while it is read", async () => {
    let chunks = 0;
    const stream = new ReadableStream<Uint8Array>({
      pull(controller) {
        chunks += 1;
        if (chunks > 40) controller.error(new Error("was read to the end"));
        else controller.enqueue(new Uint8Array(1024 * 1024));
      },
    });
    expect(await deliver({ body: stream, headers: { "content-length": "10" } })).toMatchObject({
      status: 413,
      called: [],
    });
  });

  test("to a Worker without secrets is refused, so that GitHub keeps it for later", async () => {
    expect(await deliver({ variables: {} })).toMatchObject({ status: 503, called: [] });
  });
});

describe("every page", () => {
  test("forbids what it does not need", async () => {
    const response = await app.request("/", {}, bindings().env);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-security-policy": expect.stringContaining("default-src 'none'"),
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "no-referrer",
      "cache-control": "no-store",
    });
  });

  test("that is not there is a 404, also to those who come by the wrong method", async () => {
    expect((await app.request("/nothing", {}, bindings().env)).status).toBe(404);
    expect((await app.request("/webhook", {}, bindings().env)).status).toBe(404);
  });
});
