import { createHmac } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { asApp, curiousApp, refusal } from "./caller.ts";
import { createGitHub, type LocalGitHub, type PullRequest, type Repository } from "./index.ts";

interface Heard {
  readonly event: string;
  readonly guid: string;
  readonly payload: Record<string, unknown>;
}

let github: LocalGitHub;
let repo: Repository;
let pull: PullRequest;
let heard: Heard[];
/** What the app answers. */
let status: number;

beforeEach(async () => {
  heard = [];
  status = 202;
  github = await createGitHub({
    app: curiousApp,
    repositories: [{ name: "mesh", files: { "a.yaml": "a: 1\n" } }],
    webhook: {
      secret: "secret",
      deliverTo: async (request) => {
        const payload = (await request.json()) as Record<string, unknown>;
        const event = [request.headers.get("x-github-event"), payload.action].filter(Boolean).join(".");
        heard.push({ event, guid: request.headers.get("x-github-delivery") ?? "", payload });
        return new Response("noted", { status });
      },
    },
  });
  repo = github.repository("acme/mesh");
  await repo.commit("feature", { "a.yaml": "a: 2\n" });
  pull = await github.openPullRequest({ repo, head: "feature" });
  await github.settled();
});
afterEach(() => github.stop());

const events = async () => {
  await github.settled();
  return heard.map(({ event }) => event);
};
const deliveries = async (query = {}) => asApp(github).request("GET /app/hook/deliveries", query);

describe("a delivery", () => {
  let server: Server;
  const requests: { headers: Record<string, unknown>; body: string }[] = [];

  beforeEach(async () => {
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      requests.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(202).end("accepted");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterEach(() => {
    server.close();
  });

  test("is signed over its raw body and carries GitHub's headers", async () => {
    github.webhookTarget(`http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook`, "another");
    github.comment(pull, "bob", "Grüße");
    await github.settled();
    const { headers, body } = requests[0] ?? { headers: {}, body: "" };
    expect(headers).toMatchObject({
      "content-type": "application/json",
      "user-agent": expect.stringMatching(/^GitHub-Hookshot\//),
      "x-github-event": "issue_comment",
      "x-github-delivery": expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f-]{27}$/),
      "x-github-hook-installation-target-id": String(github.app.id),
      "x-github-hook-installation-target-type": "integration",
      "x-hub-signature-256": `sha256=${createHmac("sha256", "another").update(body).digest("hex")}`,
    });
    expect(JSON.parse(body)).toMatchObject({
      action: "created",
      repository: { id: repo.id, full_name: "acme/mesh" },
      organization: { login: "acme" },
      installation: { id: github.world.installations[0]?.id },
      sender: { login: "bob" },
    });
    expect(github.webhooks.deliveries.at(-1)).toMatchObject({
      status: "OK",
      statusCode: 202,
      response: { body: "accepted" },
    });
  });

  test("that the app refuses is listed as a failure and sent again under its GUID", async () => {
    status = 500;
    github.comment(pull, "bob", "hello");
    await github.settled();
    status = 202;
    const [failed] = (await deliveries({ status: "failure" })).data;
    expect(failed).toMatchObject({
      event: "issue_comment",
      action: "created",
      status_code: 500,
      redelivery: false,
    });
    const target = { delivery_id: Number(failed?.id) };
    const whole = await asApp(github).request("GET /app/hook/deliveries/{delivery_id}", target);
    expect(whole.data).toMatchObject({
      request: { payload: { action: "created" } },
      response: { payload: "noted" },
    });
    expect(
      (await asApp(github).request("POST /app/hook/deliveries/{delivery_id}/attempts", target)).status,
    ).toBe(202);
    await github.settled();
    const [again] = (await deliveries()).data;
    expect(again).toMatchObject({ guid: failed?.guid, redelivery: true, status: "OK" });
    expect(heard.at(-1)?.guid).toBe(heard.at(-2)?.guid);
    expect(
      (await refusal(asApp(github).request("GET /app/hook/deliveries/{delivery_id}", { delivery_id: 1 })))
        .status,
    ).toBe(404);
  });

  test("is found page by page, newest first", async () => {
    for (let index = 0; index < 5; index++) github.comment(pull, "bob", String(index));
    await github.settled();
    const ids: number[] = [];
    let cursor: string | undefined;
    do {
      const { data, headers } = await deliveries({
        per_page: 2,
        ...(cursor === undefined ? {} : { cursor }),
      });
      ids.push(...data.map(({ id }) => Number(id)));
      cursor = /[?&]cursor=([^&>]+)[^>]*>; rel="next"/.exec(headers.link ?? "")?.[1];
    } while (cursor !== undefined);
    expect(ids).toEqual(github.webhooks.deliveries.map(({ id }) => id).reverse());
  });
});

describe("deliveries go wrong", () => {
  test("one is lost without a trace", async () => {
    github.webhooks.plan({ kind: "drop" });
    github.comment(pull, "bob", "lost");
    github.comment(pull, "bob", "heard");
    expect((await events()).slice(1)).toEqual(["issue_comment.created"]);
    expect(heard.at(-1)?.payload).toMatchObject({ comment: { body: "heard" } });
    expect((await deliveries({ status: "failure" })).data).toEqual([]);
  });

  test("one does not reach the app, and can be redelivered", async () => {
    github.webhooks.plan({ kind: "fail" }, "issue_comment.created");
    github.comment(pull, "bob", "hello");
    expect((await events()).slice(1)).toEqual([]);
    const failed = github.webhooks.deliveries.at(-1);
    expect(failed).toMatchObject({ status: "failed to connect to host" });
    if (failed !== undefined) github.redeliver(failed);
    expect((await events()).slice(1)).toEqual(["issue_comment.created"]);
  });

  test("one comes twice", async () => {
    github.webhooks.plan({ kind: "duplicate" });
    github.comment(pull, "bob", "hello");
    expect((await events()).slice(1)).toEqual(["issue_comment.created", "issue_comment.created"]);
    expect(heard[1]?.guid).toBe(heard[2]?.guid);
  });

  test("one comes late, others overtake it", async () => {
    let release = () => {};
    github.webhooks.plan({
      kind: "delay",
      until: new Promise<void>((resolve) => {
        release = resolve;
      }),
    });
    github.comment(pull, "bob", "early");
    await github.close(pull);
    expect((await events()).slice(1)).toEqual(["pull_request.closed"]);
    release();
    await github.until(() => heard.length === 3);
    expect(heard.at(-1)?.event).toBe("issue_comment.created");
  });

  test("they come in reverse", async () => {
    github.webhooks.reorderNext(3);
    await github.push({ repo, branch: "feature", files: { "a.yaml": "a: 7\n" } });
    expect((await events()).slice(1)).toEqual(["pull_request.synchronize", "check_suite.requested", "push"]);
  });

  test("the app is not there", async () => {
    github.webhookTarget("http://127.0.0.1:9/webhook", "secret");
    github.comment(pull, "bob", "hello");
    await github.settled();
    expect(github.webhooks.deliveries.at(-1)).toMatchObject({
      status: "failed to connect to host",
      statusCode: 502,
    });
  });
});

test("redelivered payloads are those of the first time", async () => {
  const [first] = github.webhooks.deliveries;
  await github.push({ repo, branch: "feature", files: { "a.yaml": "a: 8\n" } });
  await github.settled();
  if (first !== undefined) github.redeliver(first);
  await github.settled();
  expect(heard.at(-1)?.payload).toEqual(heard[0]?.payload);
});
