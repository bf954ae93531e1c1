import examples from "@octokit/webhooks-examples" with { type: "json" };
import { describe, expect, test } from "vitest";
import { routeDelivery } from "../../src/event/route.ts";

const head = "a".repeat(40);
const source = {
  installation: { id: 7 },
  repository: { id: 42, name: "mesh", owner: { login: "Acme" }, default_branch: "main" },
};
const pullRequest = {
  ...source,
  number: 3,
  pull_request: {
    number: 3,
    html_url: "https://github.com/Acme/mesh/pull/3",
    updated_at: "2026-11-01T10:00:00Z",
    head: { sha: head },
  },
};
const push = { ...source, ref: "refs/heads/main", before: "b".repeat(40), after: "c".repeat(40) };
const route = (event: string, body: unknown, owners: ReadonlySet<string> | null = null) =>
  routeDelivery({ event, id: "guid" }, body, owners);

describe("a pull request", () => {
  test.each(["opened", "reopened", "synchronize", "ready_for_review", "closed"])(
    "%s is looked at",
    (action) => {
      expect(route("pull_request", { ...pullRequest, action })).toEqual({
        job: {
          kind: "pull-request",
          installation: 7,
          repository: { id: 42, owner: "Acme", name: "mesh" },
          delivery: "guid",
          reason: `pull_request.${action}`,
          number: 3,
          url: "https://github.com/Acme/mesh/pull/3",
          seen: { head, updatedAt: Date.UTC(2026, 10, 1, 10) },
        },
      });
    },
  );

  test("edited is looked at when its base changed, and ignored when only its text did", () => {
    const edited = { ...pullRequest, action: "edited" };
    expect(route("pull_request", { ...edited, changes: { base: { ref: { from: "lax" } } } })).toHaveProperty(
      "job",
    );
    expect(route("pull_request", { ...edited, changes: { title: { from: "old" } } })).toHaveProperty(
      "ignored",
    );
    expect(route("pull_request", { ...edited, changes: {} })).toHaveProperty("ignored");
  });

  test.each(["labeled", "converted_to_draft", "auto_merge_enabled", "invented_next_year"])(
    "%s is ignored",
    (action) => {
      expect(route("pull_request", { ...pullRequest, action })).toHaveProperty("ignored");
    },
  );
});

describe("re-running", () => {
  test.each([
    ["check_run", { check_run: { head_sha: head, pull_requests: [] } }],
    ["check_suite", { check_suite: { head_sha: head, pull_requests: [] } }],
  ])("%s looks at the commit, whatever pull requests the event names", (event, body) => {
    expect(route(event, { ...source, ...body, action: "rerequested" })).toMatchObject({
      job: { kind: "head", head },
    });
    expect(route(event, { ...source, ...body, action: "completed" })).toHaveProperty("ignored");
  });
});

describe("a push", () => {
  test("to a branch names both ends", () => {
    expect(route("push", push)).toMatchObject({
      job: { kind: "push", branch: "main", defaultBranch: "main", before: push.before, after: push.after },
    });
  });

  test("that creates a branch has no before", () => {
    expect(route("push", { ...push, before: "0".repeat(40) })).toMatchObject({ job: { before: null } });
  });

  test("keeps slashes in the branch name", () => {
    expect(route("push", { ...push, ref: "refs/heads/release/1.2" })).toMatchObject({
      job: { branch: "release/1.2" },
    });
  });

  test.each([
    ["of a tag", { ref: "refs/tags/v1" }],
    ["that deletes a branch", { after: "0".repeat(40) }],
  ])("%s is ignored", (_, change) => {
    expect(route("push", { ...push, ...change })).toHaveProperty("ignored");
  });
});

describe("whose events are served", () => {
  const opened = { ...pullRequest, action: "opened" };
  test("everybody's, unless owners are named; names ignore case", () => {
    expect(route("pull_request", opened, null)).toHaveProperty("job");
    expect(route("pull_request", opened, new Set(["acme"]))).toHaveProperty("job");
    expect(route("pull_request", opened, new Set(["other"]))).toEqual({
      ignored: "acme is not among ALLOWED_OWNERS",
    });
  });

  test("only those of an installation of the app", () => {
    expect(route("pull_request", { ...opened, installation: undefined })).toHaveProperty("ignored");
  });
});

describe("a body that is not the event its header claims", () => {
  test.each([
    ["pull_request", { ...push, action: "opened" }],
    ["push", { ...pullRequest, action: undefined }],
    ["check_run", { ...source, action: "rerequested", check_run: { head_sha: "main" } }],
    ["pull_request", []],
    ["pull_request", "text"],
    ["pull_request", null],
  ])("%s is malformed", (event, body) => {
    expect(route(event, body)).toHaveProperty("malformed");
  });

  test("is ignored when the event is one nobody knows, even one named like a property of every object", () => {
    expect(route("constructor", {})).toHaveProperty("ignored");
    expect(route("ping", { zen: "…" })).toHaveProperty("ignored");
  });
});

describe("GitHub's own examples", () => {
  const all = examples.flatMap(({ name, examples: bodies }) =>
    bodies.map((body, index) => [`${name} ${index}`, name, body] as const),
  );
  test.each(all)("%s is routed or ignored", (_, name, body) => {
    const installed = { ...body, installation: { id: 1 } };
    for (const delivered of [body, installed]) {
      const routed = route(name, delivered);
      expect("job" in routed || "ignored" in routed, JSON.stringify(routed)).toBe(true);
    }
  });
});
