import type { Octokit } from "@octokit/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { asInstallation, refusal } from "./caller.ts";
import { createGitHub, type LocalGitHub, type Repository } from "./index.ts";

let github: LocalGitHub;
let octokit: Octokit;
let repo: Repository;
const mesh = { owner: "acme", repo: "mesh" };
const manifests = Object.fromEntries(
  Array.from({ length: 320 }, (_, index) => [
    `clusters/${index % 8}/route-${index}.yaml`,
    `weight: ${index}\n`,
  ]),
);

beforeAll(async () => {
  github = await createGitHub({
    repositories: [
      {
        name: "mesh",
        roles: { alice: "admin", bob: "maintain", carol: "triage", mallory: "read" },
        files: {
          ...manifests,
          "large.yaml": "x".repeat(1_100_000),
          link: { symlink: "clusters/0/route-0.yaml" },
          dangling: { symlink: "../nowhere" },
          "picture.png": new Uint8Array([0, 255]),
        },
      },
    ],
  });
  github.world.account("dave");
  repo = github.repository("acme/mesh");
  octokit = await asInstallation(github);
});
afterAll(() => github.stop());

describe("trees and blobs", () => {
  const tree = (tree_sha: string, recursive?: string) =>
    octokit.request("GET /repos/{owner}/{repo}/git/trees/{tree_sha}", {
      ...mesh,
      tree_sha,
      ...(recursive === undefined ? {} : { recursive }),
    });

  test("a tree of hundreds of files comes at once, with sizes and modes", async () => {
    const { data } = await tree(await repo.sha("main"), "1");
    expect(data.truncated).toBe(false);
    expect(data.tree).toHaveLength(320 + 8 + 1 + 4);
    expect(data.tree.find(({ path }) => path === "clusters/0/route-8.yaml")).toMatchObject({
      mode: "100644",
      type: "blob",
      size: 10,
    });
    expect(data.tree.find(({ path }) => path === "link")).toMatchObject({ mode: "120000", size: 23 });
    expect((await tree("main")).data.tree.map(({ path }) => path)).toContain("clusters");
  });

  test("a tree beyond the limit is cut and says so", async () => {
    github.knobs.treeEntries = 10;
    const { data } = await tree("main", "1");
    github.knobs.treeEntries = 100_000;
    expect([data.truncated, data.tree.length]).toEqual([true, 10]);
  });

  test("a blob comes as base64 and raw", async () => {
    const { oid } = (await repo.git.object("main:picture.png")) ?? { oid: "" };
    const route = "GET /repos/{owner}/{repo}/git/blobs/{file_sha}";
    const { data } = await octokit.request(route, { ...mesh, file_sha: oid });
    expect([data.encoding, data.size, Buffer.from(data.content, "base64")]).toEqual([
      "base64",
      2,
      Buffer.from([0, 255]),
    ]);
    const raw = await fetch(`${github.url}/repos/acme/mesh/git/blobs/${oid}`, {
      headers: await authorised("application/vnd.github.raw+json"),
    });
    expect(Buffer.from(await raw.arrayBuffer())).toEqual(Buffer.from([0, 255]));
    expect((await refusal(octokit.request(route, { ...mesh, file_sha: "f".repeat(40) }))).status).toBe(404);
  });
});

describe("contents", () => {
  const content = async (path: string, ref?: string) => {
    const found = await octokit.request("GET /repos/{owner}/{repo}/contents/{path}", {
      ...mesh,
      path,
      ...(ref === undefined ? {} : { ref }),
    });
    return found.data;
  };

  test("a file comes as base64 in lines, at the default branch or a ref", async () => {
    const file = await content("clusters/1/route-1.yaml");
    expect(file).toMatchObject({ type: "file", encoding: "base64", path: "clusters/1/route-1.yaml" });
    expect((await refusal(content("clusters/1/route-1.yaml", "nowhere"))).status).toBe(404);
    expect((await refusal(content("none.yaml"))).status).toBe(404);
  });

  test("a file above one megabyte comes empty, unless raw", async () => {
    expect(await content("large.yaml")).toMatchObject({ encoding: "none", content: "", size: 1_100_000 });
    const raw = await fetch(`${github.url}/repos/acme/mesh/contents/large.yaml`, {
      headers: await authorised("application/vnd.github.raw"),
    });
    expect((await raw.text()).length).toBe(1_100_000);
    expect(raw.headers.get("content-type")).toBe("application/vnd.github.raw+json; charset=utf-8");
  });

  test("a link shows what it leads to, or itself where it leads nowhere", async () => {
    expect(await content("link")).toMatchObject({
      type: "file",
      content: expect.stringContaining("d2VpZ2h0OiAw"),
    });
    expect(await content("dangling")).toMatchObject({ type: "symlink", target: "../nowhere" });
  });

  test("a folder lists its entries", async () => {
    expect(await content("clusters/3")).toHaveLength(40);
    expect(await content("")).toHaveLength(5);
  });
});

test("a role becomes one of four permissions, and its own name", async () => {
  const of = async (username: string) => {
    const route = "GET /repos/{owner}/{repo}/collaborators/{username}/permission";
    const { data } = await octokit.request(route, { ...mesh, username });
    return `${data.permission} ${data.role_name}`;
  };
  expect(await of("alice")).toBe("admin admin");
  expect(await of("bob")).toBe("write maintain");
  expect(await of("carol")).toBe("read triage");
  expect(await of("mallory")).toBe("read read");
  expect(await of("dave")).toBe("none none");
  expect((await refusal(of("nobody"))).status).toBe(404);
});

test("an unchanged answer is a 304 that costs nothing", async () => {
  const headers = await authorised("application/json");
  const url = `${github.url}/repos/acme/mesh`;
  const first = await fetch(url, { headers });
  const etag = first.headers.get("etag") ?? "";
  const second = await fetch(url, { headers: { ...headers, "if-none-match": etag } });
  expect([second.status, await second.text()]).toEqual([304, ""]);
  expect(second.headers.get("x-ratelimit-remaining")).toBe(first.headers.get("x-ratelimit-remaining"));
});

test("a renamed repository redirects readers and writers", async () => {
  const moving = await createGitHub({ repositories: [{ name: "old", files: { "a.yaml": "a: 1\n" } }] });
  const repository = moving.repository("acme/old");
  moving.rename(repository, "new");
  const octokit = await asInstallation(moving);
  const old = { owner: "acme", repo: "old" };
  const { data, url } = await octokit.request("GET /repos/{owner}/{repo}/contents/{path}", {
    ...old,
    path: "a.yaml",
  });
  expect([url, "name" in data && data.name]).toEqual([
    `${moving.url}/repos/acme/new/contents/a.yaml`,
    "a.yaml",
  ]);
  const head_sha = await repository.sha("main");
  const run = await octokit.request("POST /repos/{owner}/{repo}/check-runs", {
    ...old,
    name: "Sluice",
    head_sha,
  });
  expect(run.status).toBe(201);
  const plain = await fetch(`${moving.url}/repos/acme/old`, {
    redirect: "manual",
    headers: await authorised("", octokit),
  });
  expect([plain.status, plain.headers.get("location")]).toEqual([301, `${moving.url}/repos/acme/new`]);
  await moving.stop();
});

async function authorised(accept: string, as = octokit): Promise<Record<string, string>> {
  const { token } = (await as.auth()) as { token: string };
  return { accept, authorization: `token ${token}` };
}
