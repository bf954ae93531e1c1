import type { Octokit } from "@octokit/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { asInstallation, refusal } from "./caller.ts";
import { createGitHub, type LocalGitHub, type Repository } from "./index.ts";

let github: LocalGitHub;
let octokit: Octokit;
let repo: Repository;

beforeAll(async () => {
  github = await createGitHub({ repositories: [{ name: "mesh", files: { "a.yaml": "a: 1\n" } }] });
  repo = github.repository("acme/mesh");
  await repo.commit("feature", { "a.yaml": "a: 2\n" });
  await github.openPullRequest({ repo, head: "feature" });
  octokit = await asInstallation(github);
});
afterAll(() => github.stop());

/** Errors of a query, and what could be answered beside them. */
async function askInVain(query: string, as = octokit) {
  const failure = await as.graphql(query).then(
    () => null,
    (error: unknown) =>
      error as { errors: { type?: string; path?: unknown; message: string }[]; data: unknown },
  );
  if (failure === null) throw new Error("the query was answered without errors");
  return failure;
}

describe("what GitHub refuses", () => {
  const repository = (fields: string) => `{ repository(owner: "acme", name: "mesh") { ${fields} } }`;

  test.each([
    ["a misspelt field", repository("objekt { oid }"), "objekt"],
    ["a wrong argument", repository('object(expresion: "HEAD") { oid }'), "expresion"],
    ["a wrong enum", repository("pullRequests(states: [DRAFT], first: 1) { totalCount }"), "DRAFT"],
    ["a field this GitHub does not serve", repository("diskUsage"), "does not emulate Repository.diskUsage"],
  ])("%s", async (_, query, message) => {
    expect((await askInVain(query)).errors[0]?.message).toContain(message);
  });

  test("connections without a length, or with one above 100", async () => {
    expect((await askInVain(repository("pullRequests { totalCount }"))).errors).toMatchObject([
      { type: "MISSING_PAGINATION_BOUNDARIES" },
    ]);
    expect((await askInVain(repository("pullRequests(first: 101) { totalCount }"))).errors).toMatchObject([
      {
        type: "EXCESSIVE_PAGINATION",
        message: expect.stringContaining("exceeds the `first` limit of 100 records"),
      },
    ]);
  });

  test("what is not there, beside what is", async () => {
    const { errors, data } = await askInVain(repository("name pullRequest(number: 99) { id }"));
    expect(errors).toMatchObject([{ type: "NOT_FOUND", path: ["repository", "pullRequest"] }]);
    expect(data).toEqual({ repository: { name: "mesh", pullRequest: null } });
  });

  test("fields the token's permissions do not cover", async () => {
    const narrow = await asInstallation(github, { permissions: { contents: "read" } });
    const { errors, data } = await askInVain(
      repository('object(expression: "main") { oid } pullRequest(number: 1) { id }'),
      narrow,
    );
    expect(errors).toMatchObject([
      {
        type: "FORBIDDEN",
        message: "Resource not accessible by integration",
        path: ["repository", "pullRequest"],
      },
    ]);
    expect(data).toMatchObject({
      repository: { object: { oid: await repo.sha("main") }, pullRequest: null },
    });
  });

  test("a body without a query", async () => {
    expect((await refusal(octokit.request("POST /graphql", {}))).status).toBe(400);
  });
});
