import type { Octokit } from "@octokit/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { asInstallation } from "./caller.ts";
import { createGitHub, type LocalGitHub, type PullRequest, type Repository } from "./index.ts";

let github: LocalGitHub;
let octokit: Octokit;
let repo: Repository;
let pull: PullRequest;

beforeAll(async () => {
  github = await createGitHub({
    app: { permissions: { metadata: "read", contents: "read", pull_requests: "write" }, events: [] },
    repositories: [
      {
        name: "mesh",
        files: {
          ".github/sluice.yaml": "version: 1\n",
          "a.yaml": "a: 1\n",
          "large.yaml": "x".repeat(512_001),
          "picture.png": new Uint8Array([0, 1]),
          link: { symlink: "a.yaml" },
        },
      },
    ],
  });
  repo = github.repository("acme/mesh");
  await repo.commit("feature", { "a.yaml": "a: 2\n" });
  pull = await github.openPullRequest({ repo, head: "feature", author: "bob", title: "Change a" });
  octokit = await asInstallation(github);
});
afterAll(() => github.stop());

/** Data of a query about the repository. */
async function ask<T = Record<string, unknown>>(fields: string, variables = {}): Promise<T> {
  const query = `query { repository(owner: "acme", name: "mesh") { ${fields} } }`;
  const { repository } = await octokit.graphql<{ repository: T }>(query, variables);
  return repository;
}

describe("objects", () => {
  const blob = "... on Blob { oid text isTruncated isBinary byteSize }";

  test("are found by SHA, by path at the default branch, and by path at a commit", async () => {
    const oid = (await repo.git.object("main:a.yaml"))?.oid;
    const objects = await ask(`
      bySha: object(oid: "${oid}") { ${blob} }
      byHead: object(expression: "HEAD:.github/sluice.yaml") { __typename ${blob} }
      byCommit: object(expression: "${pull.headSha}:a.yaml") { ${blob} }
      commit: object(expression: "${pull.headSha}") { __typename oid ... on Commit { message parents(first: 1) { nodes { oid } } } }
      link: object(expression: "main:link") { ${blob} }
      folder: object(expression: "main:.github") { __typename ... on Tree { entries { name type } } }
      none: object(expression: "main:none.yaml") { oid }
      nowhere: object(expression: "${"f".repeat(40)}:a.yaml") { oid }
    `);
    expect(objects).toMatchObject({
      bySha: { oid, text: "a: 1\n", isTruncated: false, isBinary: false, byteSize: 5 },
      byHead: { __typename: "Blob", text: "version: 1\n" },
      byCommit: { text: "a: 2\n" },
      commit: { __typename: "Commit", oid: pull.headSha, parents: { nodes: [{ oid: pull.baseSha }] } },
      link: { text: "a.yaml" },
      folder: { entries: [{ name: "sluice.yaml", type: "blob" }] },
      none: null,
      nowhere: null,
    });
  });

  test("above 512,000 bytes are cut, and binary ones have no text", async () => {
    const { large, picture } = await ask<Record<string, { text: string | null; isTruncated: boolean }>>(`
      large: object(expression: "main:large.yaml") { ${blob} }
      picture: object(expression: "main:picture.png") { ${blob} }
    `);
    expect(large).toMatchObject({ isTruncated: true, byteSize: 512_001 });
    expect(large?.text).toHaveLength(512_000);
    expect(picture).toMatchObject({ isBinary: true, text: null, byteSize: 2 });
  });

  test("come by the hundred in one query", async () => {
    const files = Object.fromEntries(
      Array.from({ length: 100 }, (_, index) => [`m/${index}.yaml`, `a: ${index}\n`]),
    );
    await repo.commit("many", files);
    const aliases = Array.from(
      { length: 100 },
      (_, index) => `b${index}: object(expression: "many:m/${index}.yaml") { ${blob} }`,
    );
    const found = await ask<Record<string, { text: string }>>(aliases.join("\n"));
    expect(Object.values(found).map(({ text }) => text)).toEqual(Object.values(files));
  });
});

describe("a pull request", () => {
  test("comes whole in one query: refs, test merge, comments, threads, siblings", async () => {
    const own = await octokit.request("POST /repos/{owner}/{repo}/issues/{issue_number}/comments", {
      owner: "acme",
      repo: "mesh",
      issue_number: 1,
      body: "Report",
    });
    const edited = github.comment(pull, "carol", "first");
    github.editComment(pull, edited, "carol", "second");
    await octokit.request("POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews", {
      owner: "acme",
      repo: "mesh",
      pull_number: 1,
      event: "COMMENT",
      body: "Review",
      comments: [{ path: "a.yaml", line: 1, body: "Inline" }],
    });
    const snapshot = await ask(`
      databaseId nameWithOwner
      defaultBranchRef { name target { oid } }
      pullRequest(number: 1) {
        id number state title url isDraft author { login }
        baseRefName baseRefOid baseRef { target { oid } } headRefName headRefOid headRef { target { oid } }
        mergeable potentialMergeCommit { oid parents(first: 2) { nodes { oid } } }
        comments(first: 100) {
          nodes { databaseId body viewerDidAuthor createdAt lastEditedAt author { login __typename } }
          pageInfo { hasNextPage endCursor }
        }
        reviewThreads(first: 100) {
          nodes { id isResolved comments(first: 1) { nodes { databaseId body path line viewerDidAuthor } } }
          pageInfo { hasNextPage endCursor }
        }
      }
      pullRequests(states: [OPEN], first: 100) { nodes { number headRefOid baseRefName } pageInfo { hasNextPage endCursor } }
    `);
    const main = await repo.sha("main");
    expect(snapshot).toMatchObject({
      databaseId: repo.id,
      nameWithOwner: "acme/mesh",
      defaultBranchRef: { name: "main", target: { oid: main } },
      pullRequest: {
        number: 1,
        state: "OPEN",
        title: "Change a",
        url: `${github.url}/acme/mesh/pull/1`,
        author: { login: "bob" },
        baseRef: { target: { oid: main } },
        headRefOid: pull.headSha,
        headRef: { target: { oid: pull.headSha } },
        mergeable: "MERGEABLE",
        potentialMergeCommit: { parents: { nodes: [{ oid: main }, { oid: pull.headSha }] } },
        comments: {
          nodes: [
            // GraphQL leaves out the [bot] of REST's login
            {
              databaseId: own.data.id,
              viewerDidAuthor: true,
              lastEditedAt: null,
              author: { login: "sluice", __typename: "Bot" },
            },
            {
              body: "second",
              viewerDidAuthor: false,
              lastEditedAt: expect.any(String),
              author: { login: "carol", __typename: "User" },
            },
          ],
        },
        reviewThreads: {
          nodes: [
            {
              isResolved: false,
              comments: { nodes: [{ body: "Inline", path: "a.yaml", line: 1, viewerDidAuthor: true }] },
            },
          ],
        },
      },
      pullRequests: { nodes: [{ number: 1, headRefOid: pull.headSha, baseRefName: "main" }] },
    });
  });

  test("shows the base's present tip beside the one it was opened on", async () => {
    const opened = pull.baseSha;
    await github.push({ repo, branch: "main", files: { "a.yaml": "a: 3\n" } });
    expect(
      await ask(
        "pullRequest(number: 1) { baseRefOid baseRef { target { oid } } mergeable potentialMergeCommit { oid } }",
      ),
    ).toEqual({
      pullRequest: {
        baseRefOid: opened,
        baseRef: { target: { oid: await repo.sha("main") } },
        mergeable: "CONFLICTING",
        potentialMergeCommit: null,
      },
    });
  });

  test("is listed by state, branch and order, page by page", async () => {
    for (const branch of ["second", "third"]) {
      await repo.branch(branch, "feature");
      await github.openPullRequest({ repo, head: branch });
    }
    await github.merge(github.pull(3)).catch(() => github.close(github.pull(3)));
    type Listed = {
      pullRequests: { nodes: { number: number }[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
    };
    const list = async (args: string) =>
      (await ask<Listed>(`pullRequests(${args}) { nodes { number } pageInfo { hasNextPage endCursor } }`))
        .pullRequests;
    const first = await list("states: [OPEN], first: 1");
    expect(first).toMatchObject({ nodes: [{ number: 1 }], pageInfo: { hasNextPage: true } });
    const second = await list(`states: [OPEN], first: 1, after: "${first.pageInfo.endCursor}"`);
    expect(second).toMatchObject({ nodes: [{ number: 2 }], pageInfo: { hasNextPage: false } });
    expect((await list('first: 10, headRefName: "third"')).nodes).toEqual([{ number: 3 }]);
    expect((await list("first: 10, orderBy: { field: CREATED_AT, direction: DESC }")).nodes[0]).toEqual({
      number: 3,
    });
    expect((await list("last: 1")).nodes).toEqual([{ number: 3 }]);
  });

  test("has its comments minimised", async () => {
    const mutation = `mutation($id: ID!) { minimizeComment(input: { subjectId: $id, classifier: OUTDATED }) { minimizedComment { isMinimized minimizedReason } } }`;
    const answer = await octokit.graphql(mutation, { id: `IC_${pull.comments[0]?.id}` });
    expect(answer).toEqual({
      minimizeComment: { minimizedComment: { isMinimized: true, minimizedReason: "outdated" } },
    });
    expect(pull.comments[0]?.minimized).toBe("OUTDATED");
  });
});
