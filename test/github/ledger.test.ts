import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { asInstallation, curiousApp, refusal } from "./caller.ts";
import { Contract } from "./contract/contract.ts";
import { fieldPermissions } from "./graphql/execute.ts";
import { createGitHub, type LocalGitHub } from "./index.ts";
import { routes } from "./rest/routes.ts";

let github: LocalGitHub;
const mesh = { owner: "acme", repo: "mesh" };

beforeAll(async () => {
  github = await createGitHub({
    app: curiousApp,
    repositories: [{ name: "mesh", files: { "a.yaml": "a: 1\n" } }],
    webhook: { secret: "s", deliverTo: () => new Response() },
  });
});
afterAll(() => github.stop());

describe("the ledger", () => {
  test("knows what was asked, with which token, and which permissions that took", async () => {
    const octokit = await asInstallation(github, { permissions: { contents: "read", checks: "write" } });
    await octokit.request("GET /repos/{owner}/{repo}/contents/{path}", { ...mesh, path: "a.yaml" });
    await refusal(octokit.request("GET /repos/{owner}/{repo}/pulls", mesh));
    await octokit.graphql('{ repository(owner: "acme", name: "mesh") { defaultBranchRef { name } } }');
    expect(
      github.requests.map(({ method, path, status, permissions }) => [method, path, status, permissions]),
    ).toEqual([
      ["POST", expect.stringContaining("/access_tokens"), 201, []],
      ["GET", "/repos/acme/mesh/contents/a.yaml", 200, ["contents:read"]],
      ["GET", "/repos/acme/mesh/pulls", 403, []],
      ["POST", "/graphql", 200, ["metadata:read", "contents:read"]],
    ]);
    expect(github.requests.at(-1)?.token).toMatchObject({
      permissions: { metadata: "read", contents: "read", checks: "write" },
      repositories: null,
    });
    expect(github.permissionsUsed()).toEqual(["contents:read", "metadata:read"]);
  });

  test("knows which events were delivered", async () => {
    const repo = github.repository("acme/mesh");
    await github.push({ repo, branch: "feature", files: { "a.yaml": "a: 2\n" } });
    await github.settled();
    expect(github.eventsDelivered()).toEqual(["check_suite.requested", "push"]);
  });

  test("names what GitHub's description does not allow, and what this GitHub does not serve", async () => {
    const octokit = await asInstallation(github);
    const merged: Record<string, string> = { state: "merged" };
    await refusal(octokit.request("GET /repos/{owner}/{repo}/pulls", { ...mesh, sate: "open" }));
    await refusal(octokit.request("GET /repos/{owner}/{repo}/pulls", { ...mesh, ...merged }));
    expect((await refusal(octokit.request("GET /emojis"))).status).toBe(501);
    await octokit.graphql("{ repositry { id } }").catch(() => null);
    expect(github.violations).toEqual([
      expect.stringContaining("request GET /repos/{owner}/{repo}/pulls"),
      expect.stringContaining('"merged" is not a member of ["open","closed","all"]'),
      "request GET /emojis: not emulated",
      expect.stringContaining("repositry"),
    ]);
  });
});

describe("the contract", () => {
  const violations: string[] = [];
  const contract = new Contract((violation) => violations.push(violation));

  test("covers every operation this GitHub serves", () => {
    for (const route of routes) contract.checkResponse(route, 599, {});
  });

  test("does not let an answer lie", () => {
    const route = routes.find(({ path }) => path === "/app/hook/deliveries");
    if (route === undefined) throw new Error("no such route");
    expect(() => contract.checkResponse(route, 200, [{ id: "one" }])).toThrow("breaks its contract");
    expect(() => contract.checkPayload("push", null, { ref: "refs/heads/main" })).toThrow(
      "breaks its contract",
    );
    expect(violations).toHaveLength(2);
  });

  test("knows a permission for every row, REST and GraphQL", () => {
    const needed = [...routes.flatMap(({ needs }) => needs), ...Object.values(fieldPermissions)];
    for (const permission of needed) expect(permission).toMatch(/^[a-z_]+:(read|write)$/);
    const open = routes.filter(({ as, needs }) => as === "installation" && needs.length === 0);
    expect(open).toEqual([]);
  });
});

describe("until", () => {
  test("resolves when the world has changed, and not before", async () => {
    const repo = github.repository("acme/mesh");
    const opened = github.until(() => repo.pulls.length > 0);
    await github.openPullRequest({ repo, head: "feature" });
    await opened;
  });

  test("gives up in time and says what happened instead", async () => {
    await expect(github.until(() => false, 10)).rejects.toThrow(
      "did not come true within 10 ms. Last requests: ",
    );
  });

  test("passes on what the condition throws", async () => {
    await expect(github.until(() => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
  });
});
