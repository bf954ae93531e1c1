import type { Octokit } from "@octokit/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { asInstallation, curiousApp, refusal } from "./caller.ts";
import { createGitHub, type LocalGitHub, type PullRequest } from "./index.ts";

let github: LocalGitHub;
let octokit: Octokit;
let pull: PullRequest;
const mesh = { owner: "acme", repo: "mesh" };
const lines = (from: number) => Array.from({ length: 30 }, (_, index) => `line: ${from + index}\n`).join("");

beforeAll(async () => {
  github = await createGitHub({
    app: curiousApp,
    repositories: [{ name: "mesh", files: { "a.yaml": lines(1), "b.png": new Uint8Array([0, 1]) } }],
    webhook: { secret: "s", deliverTo: () => new Response(null, { status: 202 }) },
  });
  const repo = github.repository("acme/mesh");
  const changed = lines(1).replace("line: 3\n", "line: three\n").replace("line: 25\n", "line: twentyfive\n");
  await repo.commit("feature", { "a.yaml": changed, "b.png": new Uint8Array([0, 2]) });
  pull = await github.openPullRequest({ repo, head: "feature" });
  octokit = await asInstallation(github);
});
afterAll(() => github.stop());

/** The last `count` events of this kind, with their payloads. */
async function heard(event: string, count: number) {
  await github.settled();
  const found = github.webhooks.deliveries.filter((delivery) => delivery.event === event).slice(-count);
  return found.map(({ request }) => JSON.parse(request.body) as Record<string, unknown>);
}

describe("comments on the timeline", () => {
  const create = (body: string) =>
    octokit.request("POST /repos/{owner}/{repo}/issues/{issue_number}/comments", {
      ...mesh,
      issue_number: 1,
      body,
    });

  test("are written, read, changed and removed by the app, and each is an event", async () => {
    const { data: comment } = await create("First");
    expect(comment).toMatchObject({
      user: { login: "sluice[bot]", type: "Bot" },
      performed_via_github_app: { id: 12345 },
    });
    const target = { ...mesh, comment_id: comment.id };
    const { data: changed } = await octokit.request(
      "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}",
      { ...target, body: "Second" },
    );
    expect(changed.body).toBe("Second");
    expect(
      (await octokit.request("GET /repos/{owner}/{repo}/issues/comments/{comment_id}", target)).data.body,
    ).toBe("Second");
    await octokit.request("DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}", target);
    expect(
      (await refusal(octokit.request("GET /repos/{owner}/{repo}/issues/comments/{comment_id}", target)))
        .status,
    ).toBe(404);
    expect(await heard("issue_comment", 3)).toMatchObject([
      { action: "created", issue: { number: 1, pull_request: {} } },
      { action: "edited", changes: { body: { from: "First" } } },
      { action: "deleted" },
    ]);
  });

  test("of people can be changed by others", async () => {
    const comment = github.comment(pull, "bob", "/approve-weight");
    github.editComment(pull, comment, "mallory", "/approve");
    github.deleteComment(pull, comment, "bob");
    expect(await heard("issue_comment", 3)).toMatchObject([
      { action: "created", sender: { login: "bob" }, comment: { performed_via_github_app: null } },
      { action: "edited", sender: { login: "mallory" }, comment: { user: { login: "bob" } } },
      { action: "deleted" },
    ]);
  });

  test("come in pages of 30, so that the last is not on the first", async () => {
    for (let index = 0; index < 35; index++) github.comment(pull, "bob", `comment ${index}`);
    const route = "GET /repos/{owner}/{repo}/issues/{issue_number}/comments";
    const first = await octokit.request(route, { ...mesh, issue_number: 1 });
    expect(first.data).toHaveLength(30);
    expect(first.headers.link).toContain('rel="next"');
    expect(
      (await octokit.request(route, { ...mesh, issue_number: 1, page: 2 })).data.map(({ body }) => body),
    ).toContain("comment 34");
  });

  test("are refused when empty or longer than 65,536 characters", async () => {
    expect((await refusal(create("x".repeat(65_537)))).message).toContain(
      "Body is too long (maximum is 65536 characters)",
    );
    expect((await refusal(create(" "))).message).toContain("can't be blank");
    await create("x".repeat(65_536));
  });
});

describe("reviews", () => {
  const review = (comments: object[], fields: object = {}) =>
    octokit.request("POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews", {
      ...mesh,
      pull_number: 1,
      commit_id: pull.headSha,
      event: "COMMENT",
      body: "A review",
      comments: comments as { path: string; body: string }[],
      ...fields,
    });
  const here = { path: "a.yaml", body: "Look" };
  const inline = async () =>
    (
      await octokit.request("GET /repos/{owner}/{repo}/pulls/{pull_number}/comments", {
        ...mesh,
        pull_number: 1,
      })
    ).data;

  test("put comments on lines of the diff: added, removed, context, and ranges", async () => {
    const { data } = await review([
      { ...here, line: 3 },
      { ...here, line: 3, side: "LEFT" },
      { ...here, line: 6 },
      { ...here, line: 4, start_line: 2 },
    ]);
    expect(data).toMatchObject({
      state: "COMMENTED",
      commit_id: pull.headSha,
      user: { login: "sluice[bot]" },
    });
    expect(await inline()).toMatchObject([
      { line: 3, side: "RIGHT", start_line: null, diff_hunk: expect.stringMatching(/^@@ .*\+line: three$/s) },
      { line: 3, side: "LEFT" },
      { line: 6, side: "RIGHT" },
      { line: 4, start_line: 2, start_side: "RIGHT" },
    ]);
  });

  test.each([
    ["a line off the diff", { ...here, line: 12 }, "line must be part of the diff"],
    ["a line beyond the file", { ...here, line: 99 }, "line must be part of the diff"],
    ["a range over two hunks", { ...here, start_line: 3, line: 25 }, "same hunk"],
    ["a range backwards", { ...here, start_line: 4, line: 3 }, "start line must precede the end line"],
    ["a file that is not changed", { ...here, path: "c.yaml", line: 1 }, "Path could not be resolved"],
    ["a binary file", { ...here, path: "b.png", line: 1 }, "Path could not be resolved"],
  ])("with %s are refused as a whole", async (_, comment, message) => {
    const before = (await inline()).length;
    const refused = await refusal(review([{ ...here, line: 3 }, comment]));
    expect(refused).toMatchObject({ status: 422, message: expect.stringContaining(message) });
    expect(await inline()).toHaveLength(before);
  });

  test("need a body, a commit of the pull request, and lines instead of positions", async () => {
    expect((await refusal(review([], { body: "" }))).message).toContain("body is required");
    expect((await refusal(review([], { commit_id: pull.baseSha }))).message).toContain(
      "not part of the pull request",
    );
    expect((await refusal(review([{ ...here, position: 1 }]))).status).toBe(422);
    expect((await refusal(review([{ ...here, line: 3, body: "x".repeat(65_537) }]))).message).toContain(
      "too long",
    );
  });

  test("without an event are pending, and nobody sees their comments", async () => {
    const before = (await inline()).length;
    const { event: _, ...pending } = {
      event: "COMMENT",
      ...mesh,
      pull_number: 1,
      comments: [{ ...here, line: 3 }],
    };
    const { data } = await octokit.request("POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews", pending);
    expect(data.state).toBe("PENDING");
    expect(await inline()).toHaveLength(before);
  });

  test("of people are events too", async () => {
    await github.review(pull, "carol", { state: "APPROVED", body: "Fine" });
    const { data } = await octokit.request("GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews", {
      ...mesh,
      pull_number: 1,
    });
    expect(data.at(-1)).toMatchObject({
      state: "APPROVED",
      user: { login: "carol" },
      commit_id: pull.headSha,
    });
    expect(await heard("pull_request_review", 1)).toMatchObject([
      { action: "submitted", review: { state: "approved" } },
    ]);
  });
});
