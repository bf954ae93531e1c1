import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { GitHubApp } from "../../src/github/app.ts";
import { connectRepository, RepositoryClient } from "../../src/github/client.ts";
import type { Timing } from "../../src/github/connection.ts";
import { permissions } from "../../src/github/manifest.ts";
import { readPrivateKey } from "../../src/github/pem.ts";
import { GitHubFault, type RepositoryName } from "../../src/github/port.ts";
import { RepositoryPublisher } from "../../src/github/publisher.ts";
import { createGitHub, type Files, type LocalGitHub, type Repository } from "../github/index.ts";

const bytes = (...values: number[]) => Uint8Array.from(values);
const long = "# a long line of a manifest\n".repeat(25_000);
const files: Files = {
  "plain.yaml": "kind: VirtualService\n",
  "bom.yaml": "\ufeffkind: VirtualService\n",
  "long.yaml": long,
  "huge.yaml": "x".repeat(6 * 1024 * 1024),
  "binary.yaml": bytes(0x6b, 0, 0x6b),
  "latin1.yaml": bytes(0x6b, 0x3a, 0x20, 0xe9, 0x0a),
  "empty.yaml": "",
  "link.yaml": { symlink: "plain.yaml" },
};
const policy = "version: 1\n";

let github: LocalGitHub;
let slept: number[] = [];
const timing: Timing = {
  now: () => Date.now(),
  sleep: (milliseconds) => Promise.resolve(void slept.push(milliseconds)),
  random: () => 0.5,
};

beforeAll(async () => {
  github = await createGitHub({
    app: {
      permissions: Object.fromEntries(Object.entries(permissions).map(([name, { level }]) => [name, level])),
    },
    repositories: [
      { name: "mesh", files: { ...files, ".github/sluice.yaml": policy } },
      { name: "bare", files: { "readme.md": "" } },
      { name: "shared", files: { "a.yaml": policy, "b.yaml": "b: 1\n" } },
      { name: "empty" },
      { name: "unreached", files: { "a.yaml": policy }, installed: false },
      { owner: "acme", name: ".github", files: { ".github/sluice.yaml": policy } },
      { owner: "lawless", name: "mesh", files: { "readme.md": "" } },
      { owner: "lawless", name: ".github", files: { "readme.md": "" } },
      { owner: "rules", name: "policy", files: { ".github/sluice.yaml": "version: 1 # of rules\n" } },
      { owner: "stranger", name: "policy", files: { ".github/sluice.yaml": policy }, installed: false },
    ],
  });
});
afterEach(() => {
  slept = [];
  expect(github.violations).toEqual([]);
  expect(github.faults.unused).toBe(0);
});
afterAll(() => github.stop());

function open(fullName = "acme/mesh", policyRepository: RepositoryName | null = null, apiUrl = github.url) {
  const repository = github.repository(fullName);
  const key = readPrivateKey(github.app.privateKey);
  const privateKey = "pem" in key ? key.pem : "";
  const app = new GitHubApp({ appId: github.app.id, privateKey, apiUrl }, timing);
  const installation =
    github.world.installations.find(({ account }) => account === repository.owner)?.id ?? 0;
  const ref = { id: repository.id, owner: repository.owner.login, name: repository.name };
  const connection = connectRepository(app, installation, ref);
  const client = new RepositoryClient(app, connection, installation, ref, policyRepository);
  return { app, repository, client, publisher: new RepositoryPublisher(connection, app.id, ref) };
}

let branches = 0;
async function pullRequest(
  repository: Repository,
  change: Files = { "plain.yaml": `${Math.random()}` },
  base = "main",
) {
  branches += 1;
  const head = `branch-${branches}`;
  await github.push({ repo: repository, branch: head, files: change });
  return github.openPullRequest({ repo: repository, head, base });
}

async function faultOf(asked: Promise<unknown>): Promise<GitHubFault> {
  const fault = await asked.then(
    () => expect.unreachable("did not fail"),
    (error: unknown) => error,
  );
  expect(fault).toBeInstanceOf(GitHubFault);
  return fault as GitHubFault;
}

describe("reading blobs", () => {
  test("answers every SHA with its exact text or why there is none", async () => {
    const { client, repository } = open();
    const { entries } = await client.tree(await repository.sha("main"));
    const shaOf = new Map(entries.map(({ path, sha }) => [path, sha]));
    const missing = "0123456789012345678901234567890123456789";
    const blobs = await client.blobs([...shaOf.values(), missing]);
    const read = Object.fromEntries([...shaOf].map(([path, sha]) => [path, blobs.get(sha)]));
    expect(read).toEqual({
      ".github/sluice.yaml": { text: policy },
      "plain.yaml": { text: "kind: VirtualService\n" },
      "bom.yaml": { text: "\ufeffkind: VirtualService\n" },
      "long.yaml": { text: long },
      "huge.yaml": { unreadable: "too-large" },
      "binary.yaml": { unreadable: "binary" },
      "latin1.yaml": { unreadable: "not-utf8" },
      "empty.yaml": { text: "" },
      "link.yaml": { text: "plain.yaml" },
    });
    expect(blobs.get(missing)).toEqual({ unreadable: "missing" });
  });

  test("asks for a hundred at a time, and once for each", async () => {
    const { client, repository, app } = open();
    const many = Object.fromEntries(
      Array.from({ length: 230 }, (_, index) => [`many/${index}.yaml`, `n: ${index}\n`]),
    );
    await github.push({ repo: repository, branch: "many", files: many });
    const { entries } = await client.tree(await repository.sha("many"));
    const shas = entries.filter(({ path }) => path.startsWith("many/")).map(({ sha }) => sha);
    const before = app.requests;
    const blobs = await client.blobs([...shas, ...shas]);
    expect(app.requests - before).toBe(3);
    expect(new Set([...blobs.values()].map((blob) => ("text" in blob ? blob.text : ""))).size).toBe(230);
  });

  test("nothing costs nothing", async () => {
    const { client, app } = open();
    expect((await client.blobs([])).size).toBe(0);
    expect(app.requests).toBe(0);
  });
});

describe("reading trees and comparisons", () => {
  test("a tree names files, symbolic links and submodules, and no folders", async () => {
    const { client, repository } = open();
    const commit = await repository.sha("main");
    await github.push({
      repo: repository,
      branch: "kinds",
      files: { "a/b/c.yaml": "1", vendored: { submodule: commit } },
    });
    const { entries, complete } = await client.tree(await repository.sha("kinds"));
    expect(complete).toBe(true);
    const kinds = Object.fromEntries(entries.map(({ path, kind, size }) => [path, [kind, size]]));
    expect(kinds).toMatchObject({
      "a/b/c.yaml": ["file", 1],
      "link.yaml": ["symlink", 10],
      vendored: ["submodule", null],
      "huge.yaml": ["file", 6 * 1024 * 1024],
    });
    expect(Object.keys(kinds)).not.toContain("a");
  });

  test("a tree that GitHub cuts says so", async () => {
    const { client, repository } = open();
    const all = github.knobs.treeEntries;
    github.knobs.treeEntries = 3;
    const tree = await client.tree(await repository.sha("main"));
    github.knobs.treeEntries = all;
    expect(tree.complete).toBe(false);
  });

  test("a comparison knows the merge base and the patches", async () => {
    const { client, repository } = open();
    const origin = await repository.sha("main");
    const pull = await pullRequest(repository, { "plain.yaml": "kind: Gateway\n" });
    await github.push({ repo: repository, branch: "main", files: { "other.yaml": `${Math.random()}` } });
    const { mergeBase, patches } = await client.compare(await repository.sha("main"), pull.headSha);
    expect(mergeBase).toBe(origin);
    expect([...patches.keys()]).toEqual(["plain.yaml"]);
    expect(patches.get("plain.yaml")).toContain("+kind: Gateway");
  });
});

describe("reading a pull request", () => {
  test("takes one request and knows the tip of the base now", async () => {
    const { client, repository, app } = open();
    const pull = await pullRequest(repository);
    const tip = await github.push({
      repo: repository,
      branch: "main",
      files: { "newer.yaml": `${Math.random()}` },
    });
    const state = await client.pullRequest(pull.number);
    expect(state).toMatchObject({
      number: pull.number,
      state: "open",
      author: "alice",
      baseRef: "main",
      baseTip: tip,
      head: pull.headSha,
      defaultBranch: "main",
      sameHead: [pull.number],
      repositoryPolicy: { kind: "file", source: "acme/mesh/.github/sluice.yaml", commit: tip, text: policy },
      ownComments: [],
    });
    expect(app.requests).toBeLessThanOrEqual(2);
  });

  test("shows a test merge only of exactly these two commits", async () => {
    const { client, repository } = open();
    const pull = await pullRequest(repository, { "fresh.yaml": "1" });
    const { testMerge } = await client.pullRequest(pull.number);
    expect(testMerge).toMatch(/^[0-9a-f]{40}$/);
    github.visibility.delayMergeability(1);
    await github.push({ repo: repository, branch: "main", files: { "moved.yaml": `${Math.random()}` } });
    expect((await client.pullRequest(pull.number)).testMerge).toBeNull();
    const later = (await client.pullRequest(pull.number)).testMerge;
    expect(later).not.toBeNull();
    expect(later).not.toBe(testMerge);
  });

  test("finds siblings, comments of ours and marked threads behind hundreds of others", async () => {
    const { repository, client, publisher, app } = open();
    const pull = await pullRequest(repository, { "plain.yaml": "kind: Sidecar\n" });
    const bot = github.app.bot;
    for (let index = 0; index < 130; index++) {
      await repository.branch(`sibling-${index}`, index === 120 ? pull.headSha : "main");
      await github.openPullRequest({ repo: repository, head: `sibling-${index}` });
      github.comment(pull, "bob", `comment ${index}`);
    }
    github.comment(pull, bot.login, "<!-- sluice:report v1 -->\nours");
    await publisher.review(await client.pullRequest(pull.number), [
      { path: "plain.yaml", line: 1, fingerprint: "feed", body: "look" },
    ]);
    const [own] = pull.reviewComments;
    const mallory = github.world.account("mallory");
    const forged = { ...own!, id: github.world.nextId(), review: { ...own!.review, author: mallory } };
    pull.reviewComments.push({ ...forged, body: "<!-- sluice:finding beef -->\nnot ours" });
    const before = app.requests;
    const state = await client.pullRequest(pull.number);
    expect(state.sameHead).toHaveLength(2);
    expect(state.ownComments.map(({ body }) => body)).toEqual(["<!-- sluice:report v1 -->\nours"]);
    expect([...state.commentedFingerprints]).toEqual(["feed"]);
    expect(app.requests - before).toBeLessThanOrEqual(3);
    expect(await client.openPullRequestsAt(pull.headSha)).toHaveLength(2);
  });

  test("that is closed or merged says so", async () => {
    const { repository, client } = open("acme/bare");
    const closed = await pullRequest(repository, { "a.md": "1" });
    await github.close(closed);
    const merged = await pullRequest(repository, { "b.md": "1" });
    await github.merge(merged);
    expect((await client.pullRequest(closed.number)).state).toBe("closed");
    expect((await client.pullRequest(merged.number)).state).toBe("merged");
  });

  test("that is not there is a fault, as is a repository that took over a name", async () => {
    const { client, app, repository } = open("acme/bare");
    expect((await faultOf(client.pullRequest(999))).status).toBe(404);
    const pull = await pullRequest(repository, { "c.md": "1" });
    const impostor = { id: repository.id + 1, owner: "acme", name: "bare" };
    const connection = app.connect(github.world.installations[0]!.id, {
      repositories: { repository_ids: [repository.id] },
      permissions: { contents: "read", pull_requests: "read" },
    });
    const fooled = new RepositoryClient(app, connection, 1, impostor, null);
    expect((await faultOf(fooled.pullRequest(pull.number))).status).toBe(404);
  });
});

describe("reading policy", () => {
  test.each([
    [
      "the owner's .github repository",
      "acme/mesh",
      null,
      { kind: "file", source: "acme/.github/.github/sluice.yaml", text: policy },
    ],
    [
      "which has none",
      "lawless/mesh",
      null,
      { kind: "absent", source: "lawless/.github/.github/sluice.yaml" },
    ],
    [
      "which does not exist",
      "rules/policy",
      null,
      { kind: "hidden", source: "rules/.github/.github/sluice.yaml" },
    ],
    [
      "another owner's repository, where the app is installed",
      "acme/mesh",
      { owner: "rules", name: "policy" },
      { kind: "file", source: "rules/policy/.github/sluice.yaml", text: "version: 1 # of rules\n" },
    ],
    [
      "another owner's repository, where it is not",
      "acme/mesh",
      { owner: "stranger", name: "policy" },
      { kind: "hidden", source: "stranger/policy/.github/sluice.yaml" },
    ],
    [
      "a repository that is named and missing",
      "acme/mesh",
      { owner: "acme", name: "nowhere" },
      { kind: "hidden", source: "acme/nowhere/.github/sluice.yaml" },
    ],
  ] as const)("%s", async (_, repository, policyRepository, expected) => {
    expect(await open(repository, policyRepository).client.organisationPolicy()).toMatchObject(expected);
  });

  test("that is there and no text is a fault, never an absence", async () => {
    const { client, repository } = open("acme/bare");
    await github.push({
      repo: repository,
      branch: "main",
      files: { ".github/sluice.yaml": bytes(0xff, 0xfe, 0x41) },
    });
    const pull = await pullRequest(repository, { "d.md": "1" });
    const { message } = await faultOf(client.pullRequest(pull.number));
    expect(message).toBe("the policy acme/bare/.github/sluice.yaml cannot be read: it is not-utf8");
  });

  test("of an organisation is read with a token that reaches that repository alone and reads only", async () => {
    await open().client.organisationPolicy();
    const asked = github.requests.findLast(({ path }) => path === "/graphql");
    expect(asked?.token).toMatchObject({
      permissions: { contents: "read", metadata: "read" },
      repositories: [github.repository("acme/.github").id],
    });
  });
});

describe("when GitHub fails", () => {
  test("a read is repeated twice, after short pauses", async () => {
    const { client, repository } = open();
    github.faults.plan({ kind: "status", status: 502 }, { path: "*/git/trees/*" }, 2);
    expect((await client.tree(await repository.sha("main"))).complete).toBe(true);
    expect(slept).toEqual([250, 500]);
  });

  test("a connection that breaks is repeated, and then a fault without a status", async () => {
    const { client, repository } = open();
    github.faults.plan({ kind: "reset" }, { path: "*/git/trees/*" }, 3);
    const fault = await faultOf(client.tree(await repository.sha("main")));
    expect(fault).toMatchObject({ status: null, retryAt: null });
    expect(fault.message).toMatch(
      /^GitHub could not be reached for GET \/repos\/\{owner\}\/\{repo\}\/git\/trees/,
    );
  });

  test.each([
    ["rate-limit", { kind: "rate-limit", resetsInSeconds: 900 }, 900],
    ["secondary limit", { kind: "secondary-limit", retryAfterSeconds: 77 }, 77],
  ] as const)("a %s is not repeated and says until when", async (_, fault, seconds) => {
    const { client, repository } = open();
    github.faults.plan(fault, { path: "*/git/trees/*" });
    const { retryAt, status } = await faultOf(client.tree(await repository.sha("main")));
    expect(status).toBe(403);
    expect(Math.abs((retryAt ?? 0) - (Date.now() + seconds * 1000))).toBeLessThan(5_000);
    expect(slept).toEqual([]);
  });

  test("a limit that GraphQL reports in an answer with status 200 is one too", async () => {
    const { client, repository } = open();
    const pull = await pullRequest(repository);
    github.faults.plan({ kind: "rate-limit", resetsInSeconds: 600 }, { path: "/graphql" });
    expect((await faultOf(client.pullRequest(pull.number))).retryAt).toBeGreaterThan(Date.now() + 590_000);
  });

  test("a permission that is missing is named with what to do", async () => {
    const { app, repository } = open();
    const ref = { id: repository.id, owner: "acme", name: "mesh" };
    const connection = app.connect(github.world.installations[0]!.id, {
      repositories: { repository_ids: [repository.id] },
      permissions: { metadata: "read", checks: "read" },
    });
    const client = new RepositoryClient(app, connection, 1, ref, null);
    const { message, status } = await faultOf(client.tree(await repository.sha("main")));
    expect(status).toBe(403);
    expect(message).toMatch(/^the app lacks a permission .*contents=read\. Ask an owner to accept it$/);
  });

  test("no fault tells a token", async () => {
    const { client, repository } = open();
    github.faults.plan({ kind: "status", status: 500 }, { path: "*/git/trees/*" }, 3);
    const fault = await faultOf(client.tree(await repository.sha("main")));
    expect(JSON.stringify([fault, fault.message, fault.stack, fault.cause])).not.toMatch(
      /ghs_|eyJ|bearer|token /i,
    );
  });

  test("one blob that GraphQL fails on is read by REST", async () => {
    const { client, repository } = open();
    const { entries } = await client.tree(await repository.sha("main"));
    const wanted = entries
      .filter(({ path }) => path === "plain.yaml" || path === "bom.yaml")
      .map(({ sha }) => sha);
    github.faults.plan(
      { kind: "graphql-error", field: "repository.b1", type: "INTERNAL", message: "Something went wrong" },
      { path: "/graphql", body: "query Blobs" },
    );
    expect([...(await client.blobs(wanted)).values()].every((blob) => "text" in blob)).toBe(true);
  });
});

describe("where GitHub is", () => {
  test("an Enterprise Server has REST and GraphQL below /api", async () => {
    const { repository } = open();
    const pull = await pullRequest(repository);
    const { client } = open("acme/mesh", null, `${github.url}/api/v3`);
    expect((await client.pullRequest(pull.number)).head).toBe(pull.headSha);
    expect((await client.tree(pull.headSha)).complete).toBe(true);
  });

  test("tokens reach the one repository and carry what the manifest grants", async () => {
    const { client, repository } = open();
    await client.tree(await repository.sha("main"));
    expect(github.requests.at(-1)?.token).toMatchObject({
      permissions: { checks: "write", contents: "read", metadata: "read", pull_requests: "write" },
      repositories: [repository.id],
    });
  });

  test("a token is minted once for all clients of this process", async () => {
    const before = github.requests.length;
    for (let time = 1; time <= 3; time++)
      await open().client.tree(await github.repository("acme/mesh").sha("main"));
    expect(github.requests.slice(before).filter(({ path }) => path.endsWith("/access_tokens"))).toEqual([]);
  });
});

describe("a repository that completes the mesh", () => {
  const named = (name: string, owner = "acme") => ({ owner, name });

  test("is read at the tip of its default branch, as it is now", async () => {
    const shared = github.repository("acme/shared");
    const found = await open().client.inventory(named("shared"));
    if (typeof found === "string") return expect.unreachable(found);
    expect(found).toMatchObject({ id: shared.id, commit: await shared.sha("main") });
    const { entries } = await found.tree(found.commit!);
    expect(entries.map(({ path }) => path)).toEqual(["a.yaml", "b.yaml"]);
    const blobs = await found.blobs(entries.map(({ sha }) => sha));
    expect([...blobs.values()]).toEqual([{ text: policy }, { text: "b: 1\n" }]);
    const next = await github.push({ repo: shared, branch: "main", files: { "c.yaml": "c: 1\n" } });
    expect(await open().client.inventory(named("shared"))).toMatchObject({ commit: next });
  });

  test("is read with a token that reaches that repository alone and reads only", async () => {
    const found = await open().client.inventory(named("shared"));
    if (typeof found === "string") return expect.unreachable(found);
    await found.tree(found.commit!);
    expect(github.requests.at(-1)).toMatchObject({
      path: expect.stringContaining("/repos/acme/shared/git/trees/"),
      token: {
        permissions: { contents: "read", metadata: "read" },
        repositories: [github.repository("acme/shared").id],
      },
    });
  });

  test("has no commit while it is empty", async () => {
    expect(await open().client.inventory(named("empty"))).toMatchObject({ commit: null });
  });

  test.each([
    ["is the repository itself", named("Mesh", "ACME"), null, "own"],
    ["does not exist", named("nowhere"), null, "hidden"],
    ["the app is not installed on", named("unreached"), null, "hidden"],
    ["is another account's, whose policy this is not", named("policy", "rules"), null, "foreign"],
    [
      "is of the policy's account, without the app",
      named("policy", "stranger"),
      named("policy", "stranger"),
      "hidden",
    ],
  ] as const)("one that %s", async (_, repository, policyRepository, expected) => {
    expect(await open("acme/mesh", policyRepository).client.inventory(repository)).toBe(expected);
  });

  test("may belong to the account whose policy this is", async () => {
    const { client } = open("acme/mesh", named("policy", "rules"));
    expect(await client.inventory(named("policy", "rules"))).toMatchObject({
      id: github.repository("rules/policy").id,
    });
  });

  test("a failure of GitHub is a fault, never an absence", async () => {
    github.faults.plan({ kind: "status", status: 502 }, { path: "/graphql" }, 3);
    expect((await faultOf(open().client.inventory(named("shared")))).status).toBe(502);
  });
});
