import { describe, expect, it } from "vitest";
import { Approving, approvedBy, minute, step } from "./approving.ts";
import { reviews } from "./mesh.ts";

describe("buttons", () => {
  const story = new Approving(15, approvedBy());

  it("stand within GitHub's lengths, Approve only where somebody may", async () => {
    const { check } = await story.blocked();
    expect(check.actions.map(({ label }) => label)).toEqual(["Approve", "Re-check"]);
    for (const { label, description, identifier } of check.actions) {
      expect(label.length).toBeLessThanOrEqual(20);
      expect(description.length).toBeLessThanOrEqual(40);
      expect(identifier.length).toBeLessThanOrEqual(20);
    }
    const passing = await story.judged({ "mesh/reviews.yaml": reviews(85, 15) });
    expect(passing.check.actions.map(({ label }) => label)).toEqual(["Re-check"]);
  });

  it("Approve counts for whoever pressed it, once its receipt stands, and a doubled press is one", async () => {
    const { pull, check, fingerprint } = await story.blocked();
    story.github.webhooks.plan({ kind: "duplicate" }, "check_run.requested_action");
    story.github.press(check, check.actions[0]!.identifier, "bob");
    expect(await story.conclusion(pull)).toBe("success");
    expect(story.replies(pull)).toHaveLength(1);
    expect(story.answer(pull).body).toContain(`\`${fingerprint}\``);
    const press = story.github.webhooks.deliveries.findLast(({ action }) => action === "requested_action");
    story.github.deleteComment(pull, story.answer(pull), "olivia");
    expect(await story.conclusion(pull)).toBe("action_required");
    story.github.redeliver(press!);
    expect(await story.conclusion(pull)).toBe("action_required");
  });

  it("a press that was lost is recovered by redelivery", async () => {
    const { pull, check } = await story.blocked();
    story.github.webhooks.plan({ kind: "fail" }, "check_run.requested_action");
    story.github.press(check, check.actions[0]!.identifier, "bob");
    expect(await story.conclusion(pull)).toBe("action_required");
    await story.stage.sweep();
    expect(await story.conclusion(pull)).toBe("success");
  });

  it.each(["alice", "carol", "mallory"])("%s, who may not, is told so [lesson 8]", async (by) => {
    const { pull, check } = await story.blocked();
    story.github.press(check, check.actions[0]!.identifier, by);
    expect(await story.conclusion(pull)).toBe("action_required");
    expect(story.answer(pull).body).toContain(`Not approved for \`${by}\``);
  });

  it("a press on an older verdict approves nothing", async () => {
    const { repo, pull, check } = await story.blocked();
    const next = await story.github.push({
      repo,
      branch: "change",
      files: { "mesh/reviews.yaml": reviews(30, 70) },
    });
    await story.stage.settled();
    story.github.press(check, check.actions[0]!.identifier, "bob");
    expect(await story.conclusion(pull, next)).toBe("action_required");
    expect(story.answer(pull).body).toContain("another verdict");
  });

  it("Re-check evaluates again", async () => {
    const { pull, check } = await story.blocked();
    story.github.press(check, "recheck", "mallory");
    expect((await story.check(pull)).id).not.toBe(check.id);
    expect(story.replies(pull)).toEqual([]);
  });

  it("a commit of two pull requests has no Approve button", async () => {
    const { repo, pull } = await story.blocked();
    await story.github.push({ repo, branch: "release", files: { "notes.md": "release" } });
    await story.github.openPullRequest({ repo, head: "change", base: "release" });
    expect((await story.check(pull)).actions.map(({ label }) => label)).toEqual(["Re-check"]);
  });
});

describe("reviews, where policy says so", () => {
  const story = new Approving(10, approvedBy(", reviews: true"));

  it("an approving review counts for its commit, and dies with another one", async () => {
    const { repo, pull } = await story.blocked();
    await story.advance(minute);
    await story.github.review(pull, "bob", { state: "APPROVED" });
    expect(await story.conclusion(pull)).toBe("success");
    const next = await story.github.push({ repo, branch: "change", files: { "notes.md": "next" } });
    expect(await story.conclusion(pull, next)).toBe("action_required");
  });

  it("a dismissed one counts no more", async () => {
    const { pull } = await story.blocked();
    await story.advance(minute);
    const review = await story.github.review(pull, "bob", { state: "APPROVED" });
    expect(await story.conclusion(pull)).toBe("success");
    await story.github.dismissReview(pull, review, "olivia");
    expect(await story.conclusion(pull)).toBe("action_required");
  });

  it.each([
    ["a comment", { state: "COMMENTED", body: "approved" }],
    ["a request for changes", { state: "CHANGES_REQUESTED", body: "no" }],
  ] as const)("%s does not count", async (_what, review) => {
    const { pull } = await story.blocked();
    await story.github.review(pull, "bob", review);
    expect(await story.conclusion(pull)).toBe("action_required");
    expect(story.replies(pull)).toEqual([]);
  });

  it("nor one of an older commit, nor of somebody who may not", async () => {
    const { repo, pull } = await story.blocked({ "mesh/reviews.yaml": reviews(45, 55) });
    const old = pull.headSha;
    const next = await story.github.push({ repo, branch: "change", files: step });
    await story.stage.settled();
    await story.github.review(pull, "bob", { state: "APPROVED", commit: old });
    expect(await story.conclusion(pull, next)).toBe("action_required");
    await story.github.review(pull, "carol", { state: "APPROVED" });
    expect(await story.conclusion(pull, next)).toBe("action_required");
  });
});

describe("reviews, where policy says nothing of them", () => {
  const story = new Approving(2, approvedBy());

  it("approve nothing and are not answered", async () => {
    const { pull } = await story.blocked();
    await story.github.review(pull, "bob", { state: "APPROVED" });
    expect(await story.conclusion(pull)).toBe("action_required");
    expect(story.replies(pull)).toEqual([]);
  });
});

describe("several approvers, and glass to break", () => {
  const story = new Approving(
    10,
    approvedBy(
      ", minApprovers: 2, breakGlass: [weight-step, outlier-detection]",
      '["@acme/traffic", role:admin]',
    ).replace("maxStep: 20 }", "maxStep: 20 }\n  outlier-detection: { severity: block }"),
  );

  it("two different people, not one twice", async () => {
    const { pull, fingerprint } = await story.blocked();
    await story.say(pull, "bob", `/approve-weight ${fingerprint}`);
    expect(await story.conclusion(pull)).toBe("action_required");
    expect((await story.check(pull)).output.summary).toContain("approved by `bob`, 2 needed");
    await story.say(pull, "bob", `/approve-weight ${fingerprint} again`);
    expect(await story.conclusion(pull)).toBe("action_required");
    await story.say(pull, "olivia", `/approve-weight ${fingerprint}`);
    expect(await story.conclusion(pull)).toBe("success");
  });

  it("breaking the glass takes one, above the ceiling, and a reason; it is counted and shown", async () => {
    const { pull, check } = await story.judged({ "mesh/reviews.yaml": reviews(5, 95) });
    const fingerprint = /Fingerprint: `([0-9a-f]{16})`/.exec(check.output.text ?? "")?.[1];
    await story.say(pull, "bob", `/approve-weight ${fingerprint} break-glass`);
    expect(story.answer(pull).body).toContain("a reason is compulsory");
    expect(await story.conclusion(pull)).not.toBe("success");
    await story.say(pull, "bob", `/approve-weight ${fingerprint} break-glass stable is on fire, INC-311`);
    const after = await story.check(pull);
    expect(after.conclusion).toBe("success");
    expect(after.output.title).toContain("glass broken for 1");
    expect(after.output.summary).toContain("**glass broken** by `bob`");
    expect(story.answer(pull).body).toContain("INC-311");
    expect(story.stage.logs()).toContainEqual(
      expect.objectContaining({ message: "approval", breakGlass: true, by: "bob" }),
    );
  });

  it("opens a rule that no family speaks of, by its name", async () => {
    const { repo } = await story.blocked();
    const pull = await story.open(
      repo,
      {
        "mesh/more.yaml":
          "apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: { name: bare, namespace: prod }\nspec: { host: bare }\n",
      },
      { head: "bare" },
    );
    const check = await story.check(pull);
    expect(check.conclusion).toBe("action_required");
    const fingerprint = /Fingerprint: `([0-9a-f]{16})`/.exec(check.output.text ?? "")?.[1];
    await story.say(pull, "bob", `/approve outlier-detection ${fingerprint} because`);
    expect(story.answer(pull).body).toContain("the glass was not broken for it");
    await story.say(pull, "bob", `/approve outlier-detection ${fingerprint} break-glass because`);
    expect(await story.conclusion(pull)).toBe("success");
  });
});

describe("nobody is configured", () => {
  const story = new Approving(3, approvedBy().replace(/approvals:[\s\S]*/, ""));

  it("so nobody may, and an owner is told so [lesson 7]", async () => {
    const { pull, check } = await story.judged(step);
    expect(check.conclusion).toBe("failure");
    const fingerprint = /Fingerprint: `([0-9a-f]{16})`/.exec(check.output.text ?? "")?.[1];
    await story.say(pull, "olivia", `/approve-weight ${fingerprint}`);
    expect(story.answer(pull).body).toContain("nobody may approve it. Nobody may.");
    expect(await story.conclusion(pull)).toBe("failure");
  });
});
