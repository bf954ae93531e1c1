import { describe, expect, it } from "vitest";
import { Approving, approvedBy, fingerprintIn, hour, minute, step } from "./approving.ts";
import { destinationRule, reviews } from "./mesh.ts";

const story = new Approving(60, approvedBy(", expires: 24h"));

describe("a grant for exactly what blocks", () => {
  it("turns the check green, and says who, what, why and until when", async () => {
    const { pull, fingerprint } = await story.blocked();
    const before = story.github.requests.length;
    const command = story.github.comment(pull, "bob", `/approve-weight ${fingerprint} the canary has soaked`);
    await story.github.until(() => command.reactions.includes("eyes"));
    const requests = story.github.requests.slice(before);
    expect(requests.findIndex(({ path }) => path.endsWith("/reactions"))).toBeLessThanOrEqual(2);
    expect(await story.conclusion(pull)).toBe("success");
    expect(story.replies(pull)).toHaveLength(1);
    const { body } = story.answer(pull);
    expect(body).toContain(`\`${fingerprint}\``);
    expect(body).toContain("**Approved** by `bob`, until ");
    expect(body).toContain("Reason: the canary has soaked");
    expect(visible(body).startsWith("/")).toBe(false);
    const { output } = await story.check(pull);
    expect(output.summary).toMatch(/approved by `bob` until .* UTC\. Reason: the canary has soaked/);
    expect(output.title).toContain("1 approved finding");
    expect(story.stage.logs()).toContainEqual(
      expect.objectContaining({ message: "approval", by: "bob", granted: [fingerprint] }),
    );
  });

  it("the whole look stays within its budget of requests, look-ups of members apart", async () => {
    const { pull, fingerprint } = await story.blocked();
    await story.say(pull, "bob", "no command");
    const before = story.github.requests.length;
    await story.say(pull, "bob", `/approve-weight ${fingerprint}`);
    const paths = story.github.requests.slice(before).map(({ method, path }) => `${method} ${path}`);
    const lookUps = paths.filter((path) => /memberships|\/commits$|access_tokens/.test(path));
    expect(paths.length - lookUps.length).toBeLessThanOrEqual(12);
  });

  it("survives a rebase that leaves the change as it is, a squash and unrelated pushes [lesson 3]", async () => {
    const { repo, pull } = await story.approved();
    const tip = await story.github.push({ repo, branch: "main", files: { "notes.md": "unrelated" } });
    const rebased = await story.github.forcePush({ repo, branch: "change", onto: tip, files: step });
    expect(await story.conclusion(pull, rebased)).toBe("success");
    const pushed = await story.github.push({ repo, branch: "change", files: { "more.md": "text" } });
    expect(await story.conclusion(pull, pushed)).toBe("success");
    const reformatted = await story.github.push({
      repo,
      branch: "change",
      files: { "mesh/reviews.yaml": `# comment\n${reviews(4, 6)}` },
    });
    expect(await story.conclusion(pull, reformatted)).toBe("success");
    expect(story.replies(pull)).toHaveLength(1);
  });

  it("dies when a larger step is pushed [lessons 1 and 3]", async () => {
    const { repo, pull } = await story.approved();
    const larger = await story.github.push({
      repo,
      branch: "change",
      files: { "mesh/reviews.yaml": reviews(30, 70) },
    });
    expect(await story.conclusion(pull, larger)).toBe("action_required");
  });

  it("dies when main moves so that the step grows", async () => {
    const repo = story.repository();
    await story.github.push({ repo, branch: "main", files: { "mesh/reviews.yaml": reviews(80, 20) } });
    const { pull } = await story.approved({ "mesh/reviews.yaml": reviews(80, 60) }, repo);
    await story.github.push({ repo, branch: "main", files: { "mesh/reviews.yaml": reviews(60, 20) } });
    const check = await story.check(pull);
    expect(check.conclusion).toBe("action_required");
    expect(check.output.title).toContain("25 points");
  });

  it("dies when the approved subset's labels change [worked example 9]", async () => {
    const { repo, pull } = await story.approved();
    const relabelled = await story.github.push({
      repo,
      branch: "change",
      files: { "mesh/rule.yaml": destinationRule.replace("version: canary", "version: nightly") },
    });
    expect(await story.conclusion(pull, relabelled)).toBe("action_required");
  });

  it("covers what it names and nothing that is added [lesson 4]", async () => {
    const { repo, pull } = await story.approved();
    const other = reviews(30, 70).replaceAll("reviews", "ratings");
    const more = await story.github.push({
      repo,
      branch: "change",
      files: { "mesh/ratings.yaml": other },
    });
    const base = await story.github.push({
      repo,
      branch: "main",
      files: { "mesh/ratings.yaml": reviews(90, 10).replaceAll("reviews", "ratings") },
    });
    expect(base).toBeDefined();
    expect(await story.conclusion(pull, more)).not.toBe("success");
  });

  it("is not read into another pull request with the same change", async () => {
    const { repo, fingerprint, receipt } = await story.approved();
    const twin = await story.open(repo, { ...step, "twin.md": "twin" }, { head: "twin" });
    expect(await story.conclusion(twin)).toBe("action_required");
    await story.say(twin, "mallory", receipt.body);
    expect(fingerprintIn(await story.check(twin))).toBe(fingerprint);
    expect(await story.conclusion(twin)).toBe("action_required");
  });

  it("holds for a fork's pull request as for any other", async () => {
    const repo = story.repository();
    const fork = await story.github.fork(repo, "eve");
    await story.github.push({ repo: fork, branch: "theirs", files: step, by: "eve" });
    const pull = await story.github.openPullRequest({ repo, fork, head: "theirs", author: "eve" });
    const fingerprint = fingerprintIn(await story.check(pull));
    await story.say(pull, "bob", `/approve-weight ${fingerprint}`);
    expect(await story.conclusion(pull)).toBe("success");
  });

  it("counts on a stacked pull request, judged against the branch below it", async () => {
    const { repo } = await story.approved();
    const upper = await story.open(
      repo,
      { "mesh/reviews.yaml": reviews(12, 88) },
      { head: "upper", base: "change" },
    );
    const check = await story.check(upper);
    expect(check.conclusion).toBe("action_required");
    expect(check.output.title).toContain("28 points");
    await story.say(upper, "bob", `/approve-weight ${fingerprintIn(check)}`);
    expect(await story.conclusion(upper)).toBe("success");
    await story.github.retarget(upper, "main");
    expect(await story.conclusion(upper)).toBe("action_required");
  });

  it("one commit in two pull requests needs an approval on each", async () => {
    const repo = story.repository();
    await story.github.push({ repo, branch: "release", files: { "notes.md": "release" } });
    const { pull, fingerprint } = await story.blocked(step, repo);
    const twin = await story.github.openPullRequest({ repo, head: "change", base: "release" });
    await story.say(pull, "bob", `/approve-weight ${fingerprint}`);
    const one = await story.check(pull);
    expect(one.conclusion).toBe("action_required");
    expect(one.output.title).toContain(`#${twin.number}`);
    await story.say(twin, "bob", `/approve-weight ${fingerprint}`);
    expect(await story.conclusion(twin)).toBe("success");
  });
});

describe("a bare command", () => {
  it("is refused while what blocks is young, and names the line to paste [lesson 2]", async () => {
    const { pull, fingerprint } = await story.blocked();
    await story.advance(minute);
    await story.say(pull, "bob", "/approve-weight");
    expect(await story.conclusion(pull)).toBe("action_required");
    expect(story.answer(pull).body).toContain(`/approve-weight ${fingerprint}`);
    expect(story.answer(pull).body).not.toContain("sluice:receipt");
  });

  it.each(["/approve-weight", "/approve-weight all", "/approve weight-step"])(
    "%s counts once the verdict has stood for two minutes",
    async (command) => {
      const { pull } = await story.blocked();
      await story.advance(3 * minute);
      await story.say(pull, "bob", command);
      expect(await story.conclusion(pull)).toBe("success");
    },
  );

  it("is refused when another head was pushed in between", async () => {
    const { repo, pull } = await story.blocked();
    await story.advance(3 * minute);
    await story.github.push({ repo, branch: "change", files: { "mesh/reviews.yaml": reviews(39, 61) } });
    await story.say(pull, "bob", "/approve-weight");
    expect(await story.conclusion(pull)).toBe("action_required");
    await story.advance(3 * minute);
    await story.say(pull, "bob", "/approve-weight");
    expect(await story.conclusion(pull)).toBe("success");
  });
});

describe("limits of a grant", () => {
  it("expires while the pull request is open: red by alarm, without any event", async () => {
    const { pull, fingerprint } = await story.blocked();
    await story.say(pull, "bob", `/approve-weight ${fingerprint} for=4h`);
    expect(await story.conclusion(pull)).toBe("success");
    await story.advance(4 * hour + minute);
    expect(await story.conclusion(pull)).toBe("action_required");
    expect((await story.check(pull)).output.summary).toContain("does not count: expired");
    expect(story.stage.logs()).toContainEqual(expect.objectContaining({ reason: "approval expired" }));
  });

  it("policy's own life ends it, however long was asked for", async () => {
    const { pull, fingerprint } = await story.blocked();
    await story.say(pull, "bob", `/approve-weight ${fingerprint} for=2w`);
    expect(await story.conclusion(pull)).toBe("success");
    await story.advance(25 * hour);
    expect(await story.conclusion(pull)).toBe("action_required");
  });

  it("a step above policy's ceiling cannot be approved", async () => {
    const { check, pull } = await story.judged({ "mesh/reviews.yaml": reviews(5, 95) });
    expect(check.conclusion).toBe("failure");
    const fingerprint = /Fingerprint: `([0-9a-f]{16})`/.exec(check.output.text ?? "")?.[1];
    await story.say(pull, "bob", `/approve-weight ${fingerprint}`);
    expect(story.answer(pull).body).toContain("the step is larger than may be approved");
    expect(await story.conclusion(pull)).toBe("failure");
  });

  it("nor one above the approver's own", async () => {
    const { pull, fingerprint } = await story.blocked();
    await story.say(pull, "bob", `/approve-weight ${fingerprint} max=40`);
    expect(story.answer(pull).body).toContain("the step is larger than the approval allows");
    expect(await story.conclusion(pull)).toBe("action_required");
  });

  it("a fingerprint that blocks nothing approves nothing, now or later", async () => {
    const { repo, pull, fingerprint } = await story.blocked();
    await story.say(pull, "bob", "/approve-weight 0123456789abcdef");
    expect(story.answer(pull).body).toContain("is not what blocks now");
    const other = await story.github.push({
      repo,
      branch: "change",
      files: { "mesh/reviews.yaml": reviews(39, 61) },
    });
    await story.say(pull, "bob", `/approve-weight ${fingerprint}`);
    const back = await story.github.push({ repo, branch: "change", files: step });
    expect(await story.conclusion(pull, other)).toBe("action_required");
    expect(await story.conclusion(pull, back)).toBe("action_required");
  });
});

function visible(body: string): string {
  return body.replace(/<!--.*?-->/gs, "").trim();
}
