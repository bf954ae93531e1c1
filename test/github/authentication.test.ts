import { createSign, generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { asApp, asInstallation, refusal } from "./caller.ts";
import { createGitHub, type LocalGitHub } from "./index.ts";

let github: LocalGitHub;
const mesh = { owner: "acme", repo: "mesh" };

beforeAll(async () => {
  github = await createGitHub({
    app: {
      permissions: { metadata: "read", contents: "read", checks: "write", pull_requests: "write" },
      events: ["pull_request", "push"],
    },
    repositories: [
      { name: "mesh", files: { "a.yaml": "a: 1\n" } },
      { name: "policies", files: { "policy.yaml": "version: 1\n" } },
      { name: "open", private: false, files: { "a.yaml": "a: 1\n" } },
      { owner: "stranger", name: "mesh", installed: false, files: { "a.yaml": "a: 1\n" } },
      { owner: "neighbour", name: "mesh", files: { "a.yaml": "a: 1\n" } },
    ],
  });
});
afterAll(() => github.stop());

/** `GET /app` with a JWT of these claims, in seconds from now. */
async function withClaims(
  claims: { iss?: unknown; iat?: number; exp?: number },
  key = github.app.privateKey,
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const payload = {
    iss: claims.iss ?? github.app.id,
    iat: now + (claims.iat ?? -60),
    exp: now + (claims.exp ?? 500),
  };
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const unsigned = `${encode({ alg: "RS256", typ: "JWT" })}.${encode(payload)}`;
  const signature = createSign("RSA-SHA256").update(unsigned).sign(key, "base64url");
  const headers = { authorization: `Bearer ${unsigned}.${signature}` };
  const response = await fetch(`${github.url}/app`, { headers });
  const { message = "" } = (await response.json()) as { message?: string };
  return `${response.status} ${message}`.trim();
}

describe("the app's JWT", () => {
  const stranger = () =>
    generateKeyPairSync("rsa", {
      modulusLength: 2048,
      privateKeyEncoding: { type: "pkcs1", format: "pem" },
      publicKeyEncoding: { type: "pkcs1", format: "pem" },
    }).privateKey;

  test("counts when the app signed it, with its id or its client id", async () => {
    expect(await withClaims({})).toBe("200");
    expect(await withClaims({ iss: String(github.app.id) })).toBe("200");
    expect(await withClaims({ iss: github.app.clientId })).toBe("200");
  });

  test.each([
    [
      "lives longer than ten minutes",
      { exp: 700 },
      "401 'Expiration time' claim ('exp') is too far in the future",
    ],
    ["is over", { exp: -1 }, "401 'Expiration time' claim ('exp') must be a numeric value"],
    ["was issued in the future", { iat: 90 }, "401 'Issued at' claim ('iat') must be an Integer"],
    ["is another app's", { iss: 1 }, "401 'Issuer' claim ('iss') must be an Integer"],
  ])("is refused when it %s", async (_, claims, message) => {
    expect(await withClaims(claims)).toContain(message);
  });

  test("is refused when another key signed it, or nobody", async () => {
    expect(await withClaims({}, stranger())).toBe("401 A JSON web token could not be decoded");
    const none = await fetch(`${github.url}/app`);
    expect(none.status).toBe(401);
    const garbage = await fetch(`${github.url}/app`, { headers: { authorization: "Bearer a.b.c" } });
    expect(garbage.status).toBe(401);
  });
});

describe("installation tokens", () => {
  const mint = (body: object) =>
    asApp(github).request("POST /app/installations/{installation_id}/access_tokens", {
      installation_id: github.world.installations[0]?.id ?? 0,
      ...body,
    });

  test("look as they do since April 2026", async () => {
    const { data } = await mint({});
    expect(data.token).toMatch(/^ghs_12345_[\w-]+\.[\w-]+\.[\w-]+$/);
    expect(data.token.length).toBeGreaterThan(480);
    expect(data.token.length).toBeLessThan(560);
    expect(data.repository_selection).toBe("all");
  });

  test("narrow permissions and repositories", async () => {
    const id = github.repository("acme/mesh").id;
    const { data } = await mint({ repository_ids: [id], permissions: { contents: "read" } });
    expect(data).toMatchObject({
      permissions: { contents: "read", metadata: "read" },
      repository_selection: "selected",
      repositories: [{ full_name: "acme/mesh" }],
    });
  });

  test("never widen them", async () => {
    expect(await refusal(mint({ permissions: { contents: "write" } }))).toMatchObject({
      status: 422,
      message: expect.stringContaining("The permissions requested are not granted to this installation."),
    });
    expect((await refusal(mint({ repositories: ["elsewhere"] }))).status).toBe(422);
    expect((await refusal(mint({ permission: { contents: "read" } }))).message).toContain(
      "is not a permitted key",
    );
  });

  test("say which permission is missing", async () => {
    const octokit = await asInstallation(github, { permissions: { checks: "read" } });
    const head_sha = await github.repository("acme/mesh").sha("main");
    const refused = await refusal(
      octokit.request("POST /repos/{owner}/{repo}/check-runs", { ...mesh, name: "x", head_sha }),
    );
    expect(refused).toMatchObject({
      status: 403,
      headers: { "x-accepted-github-permissions": "checks=write" },
    });
    const read = await octokit.request("GET /repos/{owner}/{repo}/commits/{ref}/check-runs", {
      ...mesh,
      ref: "main",
    });
    expect(read.data.total_count).toBe(0);
  });

  test("end after an hour", async () => {
    let now = Date.now();
    const other = await createGitHub({
      repositories: [{ name: "mesh", files: { a: "1" } }],
      clock: () => now,
    });
    const octokit = await asInstallation(other);
    await octokit.request("GET /repos/{owner}/{repo}", mesh);
    now += 3_600_001;
    expect(await refusal(octokit.request("GET /repos/{owner}/{repo}", mesh))).toMatchObject({ status: 401 });
    await other.stop();
  });

  test("do not see repositories out of their reach, unless those are public", async () => {
    const octokit = await asInstallation(github, { repository_ids: [github.repository("acme/mesh").id] });
    const read = (repo: string, owner = "acme") =>
      octokit.request("GET /repos/{owner}/{repo}/contents/{path}", { owner, repo, path: "a.yaml" });
    await read("mesh");
    await read("open");
    expect((await refusal(read("policies"))).status).toBe(404);
    expect((await refusal(read("mesh", "stranger"))).status).toBe(404);
    expect((await refusal(read("mesh", "neighbour"))).status).toBe(404);
    const { data } = await octokit.request("GET /installation/repositories");
    expect(data.repositories.map(({ full_name }) => full_name)).toEqual(["acme/mesh"]);
    const hidden = await octokit
      .graphql('{ repository(owner: "acme", name: "policies") { id } }')
      .then(String, (error: { errors: unknown[] }) => error.errors);
    expect(hidden).toMatchObject([{ type: "NOT_FOUND", path: ["repository"] }]);
  });

  test("are for installations, and the JWT for the app", async () => {
    const octokit = await asInstallation(github);
    expect((await refusal(octokit.request("GET /app"))).status).toBe(401);
    const app = asApp(github);
    expect((await app.request("GET /repos/{owner}/{repo}/installation", mesh)).data.app_slug).toBe("sluice");
    expect((await app.request("GET /app/installations")).data).toHaveLength(2);
    expect(
      (
        await refusal(
          app.request("GET /repos/{owner}/{repo}/installation", { owner: "stranger", repo: "mesh" }),
        )
      ).status,
    ).toBe(404);
  });
});

test("GitHub Enterprise Server's paths lead to the same place, and links keep to them", async () => {
  const octokit = await asInstallation(github, {}, "/api/v3");
  const { data } = await octokit.request("GET /repos/{owner}/{repo}", mesh);
  expect(data.url).toBe(`${github.url}/api/v3/repos/acme/mesh`);
  const answer = await octokit.graphql<{ repository: { nameWithOwner: string } }>(
    '{ repository(owner: "acme", name: "mesh") { nameWithOwner } }',
  );
  expect(answer.repository.nameWithOwner).toBe("acme/mesh");
});

test("an app cannot subscribe to events that its permissions do not cover", async () => {
  const app = { permissions: { checks: "write" as const }, events: ["issue_comment"] };
  await expect(createGitHub({ app })).rejects.toThrow(
    "the event issue_comment needs the permission issues:read",
  );
});
