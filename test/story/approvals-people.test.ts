import { describe, expect, it } from "vitest";
import { Approving, approvedBy, fingerprintIn, step } from "./approving.ts";
import { reviews } from "./mesh.ts";

const story = new Approving(45, approvedBy("", '["@acme/traffic", "@solo", role:maintain, codeowners]'));

/** Comments with the fingerprint; expects it to be refused, for a reason. */
async function refused(by: string, reason: string) {
  const { pull, fingerprint } = await story.blocked();
  await story.say(pull, by, `/approve-weight ${fingerprint}`);
  expect(await story.conclusion(pull)).toBe("action_required");
  const { body } = story.answer(pull);
  expect(body).toContain(reason);
  expect(body).toContain("`@acme/traffic`");
  expect(body).not.toContain("sluice:receipt");
}

describe("who may", () => {
  it.each([
    ["a member of the team", "bob"],
    ["a member of a child team", "nina"],
    ["somebody named", "SOLO"],
    ["whoever has the role, or a stronger one", "olivia"],
  ])("%s", async (_who, by) => {
    const { pull, fingerprint } = await story.blocked();
    await story.say(pull, by, `/approve-weight ${fingerprint}`);
    expect(await story.conclusion(pull)).toBe("success");
  });

  it.each([
    ["a writer who is not in the team [lesson 7]", "carol"],
    ["a reader", "mallory"],
    ["whoever has not accepted the invitation yet", "peter"],
    ["a stranger, CONTRIBUTOR as private members are [lesson 6]", "stranger"],
  ])("not %s", async (_who, by) => {
    await refused(by, "the approver is not among those who may");
  });

  it("not the author", async () => {
    const repo = story.repository();
    await story.github.push({ repo, branch: "change", files: step, by: "carol" });
    const pull = await story.github.openPullRequest({ repo, head: "change", author: "bob" });
    const fingerprint = fingerprintIn(await story.check(pull));
    await story.say(pull, "bob", `/approve-weight ${fingerprint}`);
    expect(story.answer(pull).body).toContain("the approver took part in the change");
    expect(await story.conclusion(pull)).toBe("action_required");
  });

  it.each([
    ["a committer", { by: "bob", message: "Shift" }],
    [
      "a co-author",
      { by: "alice", message: "Shift\n\nCo-authored-by: Bob <bob@users.noreply.github.local>" },
    ],
  ])("not %s of any commit", async (_who, commit) => {
    const repo = story.repository();
    await story.github.push({ repo, branch: "change", files: { "notes.md": "notes" }, ...commit });
    await story.github.push({ repo, branch: "change", files: step });
    const pull = await story.github.openPullRequest({ repo, head: "change" });
    const fingerprint = fingerprintIn(await story.check(pull));
    await story.say(pull, "bob", `/approve-weight ${fingerprint}`);
    expect(story.answer(pull).body).toContain("the approver took part in the change");
    expect(await story.conclusion(pull)).toBe("action_required");
  });

  it("a grant is void once its giver commits to the change", async () => {
    const { repo, pull } = await story.approved();
    const next = await story.github.push({ repo, branch: "change", files: { "notes.md": "b" }, by: "bob" });
    expect(await story.conclusion(pull, next)).toBe("action_required");
    expect((await story.check(pull, next)).output.summary).toContain("took part in the change");
  });

  it("a bot is not listened to [lesson 29]", async () => {
    const { pull, fingerprint } = await story.blocked();
    await story.say(pull, "sluice[bot]", `/approve-weight ${fingerprint}`);
    story.github.world.account("helper[bot]", "Bot");
    await story.say(pull, "helper[bot]", `/approve-weight ${fingerprint}`);
    expect(story.replies(pull)).toEqual([]);
    expect(await story.conclusion(pull)).toBe("action_required");
  });

  it("a grant ends with the membership that it came from", async () => {
    const { pull, check, fingerprint } = await story.blocked();
    story.github.team("acme/traffic-day", { dora: "active" }, "traffic");
    await story.say(pull, "dora", `/approve-weight ${fingerprint}`);
    expect(await story.conclusion(pull)).toBe("success");
    story.github.team("acme/traffic-day", {}, "traffic");
    await story.github.rerequest(check);
    expect(await story.conclusion(pull)).toBe("action_required");
  });

  it("GitHub not saying is a no, that says so", async () => {
    const { pull, fingerprint } = await story.blocked();
    story.github.faults.plan({ kind: "status", status: 500 }, { path: "/orgs/*" }, 9);
    await story.say(pull, "bob", `/approve-weight ${fingerprint}`);
    expect(story.answer(pull).body).toContain("GitHub could not say who may");
    expect(story.answer(pull).body).not.toContain("sluice:receipt");
  });
});

describe("CODEOWNERS of the default branch", () => {
  const owners = "* @acme/nobody\n/mesh/ @otto # the mesh\n";

  it("whoever owns every changed path of the mesh", async () => {
    const repo = story.repository();
    await story.github.push({ repo, branch: "main", files: { ".github/CODEOWNERS": owners } });
    const { pull, fingerprint } = await story.blocked(step, repo);
    await story.say(pull, "otto", `/approve-weight ${fingerprint}`);
    expect(await story.conclusion(pull)).toBe("success");
  });

  it("not whoever owns only some of them", async () => {
    const repo = story.repository();
    await story.github.push({ repo, branch: "main", files: { ".github/CODEOWNERS": owners } });
    const { pull, fingerprint } = await story.blocked(
      { ...step, "other/ratings.yaml": reviews(90, 10).replaceAll("reviews", "ratings") },
      repo,
    );
    await story.say(pull, "otto", `/approve-weight ${fingerprint}`);
    expect(await story.conclusion(pull)).toBe("action_required");
  });

  it("not whoever writes himself into it in the pull request", async () => {
    const { pull, fingerprint } = await story.blocked({ ...step, CODEOWNERS: "* @mallory\n" });
    await story.say(pull, "mallory", `/approve-weight ${fingerprint}`);
    expect(await story.conclusion(pull)).toBe("action_required");
  });
});
