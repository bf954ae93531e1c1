import { describe, expect, it } from "vitest";
import type { Files, PullRequest } from "../github/index.ts";
import { enforcing, reviews, Story } from "./mesh.ts";

const policyPath = ".github/sluice.yaml";
const organisations = Array.from({ length: 15 }, (_, index) => `org-${index}`);
const story = new Story(3, enforcing, organisations);
let used = 0;

/** An organisation that no other test touches: its policy, and one repository that is judged by it. */
function organisation() {
  const owner = organisations[used++]!;
  const policies = story.github.repository(`${owner}/.github`);
  const repo = story.github.repository(`${owner}/mesh`);
  const publish = async (files: Files) => {
    await story.github.push({ repo: policies, branch: "main", files });
    await story.stage.settled();
  };
  return {
    policies,
    repo,
    publish,
    set: (text: string | null) => publish({ [policyPath]: text }),
    open: (canary: number): Promise<PullRequest> =>
      story.open(repo, { "mesh/reviews.yaml": reviews(100 - canary, canary) }, { head: `canary-${canary}` }),
  };
}

const steps = (maxStep: number, more = "") =>
  `version: 1\nmode: enforce\n${more}rules:\n  weight-step: { severity: block, maxStep: ${maxStep} }\n`;

const shortOf = (sha: string) => sha.slice(0, 7);

describe("the organisation's policy", () => {
  it("that is broken leaves its newest valid version in force, and the report says so", async () => {
    const { set, open, policies } = organisation();
    const good = shortOf(await policies.sha("refs/heads/main"));
    await set("version: 1\nmode: nonsense\n");
    await set("version: 1\nrulez: {}\n");
    const check = await story.check(await open(60));
    expect(check.conclusion).toBe("failure");
    expect(check.output.title).toMatch(/^Blocked: /);
    expect(check.output.summary).toContain(`${policyPath}@${good}`);
    expect(check.output.summary).toContain(`so the file as of ${good} stays in force`);
    expect(check.output.summary).toContain("Did you mean rules?");
  });

  it("that never was valid judges nothing, and nothing passes by that", async () => {
    const { policies, set, open } = organisation();
    const broken = "version: 1\nmode: nonsense\n";
    await story.github.forcePush({
      repo: policies,
      branch: "main",
      onto: null,
      files: { [policyPath]: broken },
    });
    const check = await story.check(await open(11));
    expect(check).toMatchObject({
      conclusion: "failure",
      output: {
        title: expect.stringMatching(/^Could not evaluate: org-\d+\/\.github\/\.github\/sluice\.yaml/),
      },
    });
    expect(check.output.summary).toContain("sluice.yaml:2");
    await set(steps(20));
    expect(await story.check(story.github.pull(1, check.suite.repository))).toMatchObject({
      conclusion: "success",
    });
  });

  it("that enforced and is deleted shuts the gate until a commit says otherwise", async () => {
    const { set, open, policies, repo } = organisation();
    const pull = await open(11);
    expect(await story.check(pull)).toMatchObject({ conclusion: "success" });
    const enforced = shortOf(await policies.sha("refs/heads/main"));
    await set(null);
    const shut = await story.check(pull);
    expect(shut).toMatchObject({
      conclusion: "failure",
      output: { title: expect.stringMatching(/^Could not evaluate: /) },
    });
    expect(shut.output.summary).toContain(`The policy was in force at ${enforced} and is not there any more`);
    await story.github.push({ repo, branch: "main", files: { [policyPath]: "version: 1\nmode: off\n" } });
    expect(await story.check(pull)).toMatchObject({ conclusion: "failure" });
    await set("version: 1\nmode: off\n");
    expect(await story.check(pull)).toMatchObject({
      conclusion: "success",
      output: { title: "Switched off by policy" },
    });
  });

  it("that enforced and is hidden with its repository shuts the gate for pull requests of later as well", async () => {
    const { open, policies } = organisation();
    await story.check(await open(11));
    story.github.remove(policies);
    const check = await story.check(await open(12));
    expect(check).toMatchObject({ conclusion: "failure" });
    expect(check.output.summary).toContain("is not shown to Sluice any more");
    expect(check.output.summary).toContain("Install the app on its repository again");
  });

  it("that changes is held against the open pull requests, and against nobody else's", async () => {
    const [ours, theirs] = [organisation(), organisation()];
    const pulls = [await ours.open(25), await ours.open(15), await theirs.open(25)] as const;
    for (const pull of pulls) expect(await story.check(pull)).toMatchObject({ conclusion: "success" });
    const looks = () => pulls.map((pull) => story.runs(pull.repository, pull.headSha).length);
    await ours.publish({ "README.md": "# not the policy\n" });
    expect(looks()).toEqual([1, 1, 1]);
    await ours.set(steps(10));
    expect(looks()).toEqual([2, 2, 1]);
    expect(await story.check(pulls[0])).toMatchObject({ conclusion: "failure" });
    expect(await story.check(pulls[1])).toMatchObject({ conclusion: "success" });
  });

  it("that comes into being is held against the pull requests that were open without it", async () => {
    const { set, open } = organisation();
    await set(null);
    const pull = await open(60);
    expect(await story.check(pull)).toMatchObject({
      conclusion: "success",
      output: { title: expect.stringMatching(/^Would block: /) },
    });
    await set(steps(20));
    expect(await story.check(pull)).toMatchObject({
      conclusion: "failure",
      output: { title: expect.stringMatching(/^Blocked: /) },
    });
  });
});

describe("a repository's own policy", () => {
  it("that would loosen a limit is told which line of which file forbids it", async () => {
    const { repo, open } = organisation();
    const own = steps(50).replace("mode: enforce\n", "");
    await story.github.push({ repo, branch: "main", files: { [policyPath]: own } });
    const check = await story.check(await open(60));
    expect(check).toMatchObject({
      conclusion: "failure",
      output: { title: expect.stringMatching(/at most 20 points/) },
    });
    expect(check.output.summary).toMatch(
      /`org-\d+\/mesh\/\.github\/sluice\.yaml:3`: rules\.weight-step\.maxStep may only be tightened: org-\d+\/\.github\/\.github\/sluice\.yaml:4 sets 20/,
    );
  });

  it("that enforced alone and is deleted shuts the gate too", async () => {
    const { set, repo, open } = organisation();
    await set("version: 1\nmode: off\n");
    story.github.remove(story.github.repository(`${repo.owner.login}/.github`));
    await story.github.push({ repo, branch: "main", files: { [policyPath]: steps(20) } });
    const pull = await open(11);
    expect(await story.check(pull)).toMatchObject({ conclusion: "success" });
    await story.github.push({ repo, branch: "main", files: { [policyPath]: null } });
    expect(await story.check(pull)).toMatchObject({ conclusion: "failure" });
  });
});

describe("enrolment", () => {
  const enrolling = (entries: string) => steps(20, `enrolment: ${entries}\n`);

  it("leaves other repositories alone", async () => {
    const { set, open } = organisation();
    await set(enrolling('{ repositories: ["*/other"] }'));
    const pull = await open(60);
    const check = await story.check(pull);
    expect(check).toMatchObject({ conclusion: "success", output: { title: "Not enrolled by policy" } });
    expect(check.output.summary).toContain("does not enrol this repository");
    expect(pull.comments).toEqual([]);
  });

  it("outlasts a new name, until the policy itself changes", async () => {
    const { set, open, repo } = organisation();
    const owner = repo.owner.login;
    await set(enrolling(`{ repositories: ["${owner}/mesh"] }`));
    expect(await story.check(await open(60))).toMatchObject({ conclusion: "failure" });
    story.github.rename(repo, "renamed");
    const pull = await open(70);
    expect(await story.check(pull)).toMatchObject({ conclusion: "failure" });
    await set(enrolling(`{ repositories: ["${owner}/mesh", "${owner}/more"] }`));
    expect(await story.check(pull)).toMatchObject({
      conclusion: "success",
      output: { title: "Not enrolled by policy" },
    });
  });

  it("of paths judges what stands in those files", async () => {
    const { set, open } = organisation();
    await set(enrolling('{ paths: ["clusters/**"] }'));
    const pull = await open(60);
    expect(await story.check(pull)).toMatchObject({
      conclusion: "success",
      output: { title: "1 traffic shift" },
    });
    await set(enrolling('{ paths: ["mesh/**"] }'));
    expect(await story.check(pull)).toMatchObject({ conclusion: "failure" });
  });
});

describe("a pull request on the policy", () => {
  const propose = (ours: ReturnType<typeof organisation>, files: Files) =>
    story.open(ours.policies, files, { head: "stricter" });
  const aCase = (canary: number, expected: string): Files => ({
    ".github/sluice-tests/steps/base/reviews.yaml": reviews(90, 10),
    ".github/sluice-tests/steps/head/reviews.yaml": reviews(100 - canary, canary),
    ".github/sluice-tests/steps/expected.yaml": expected,
  });

  it("says whether it is valid, and which open pull requests it would judge otherwise", async () => {
    const ours = organisation();
    const pulls = [await ours.open(25), await ours.open(15)];
    for (const pull of pulls) await story.check(pull);
    const proposal = await propose(ours, { [policyPath]: steps(10) });
    const check = await story.check(proposal);
    expect(check).toMatchObject({
      conclusion: "success",
      output: { title: "The policy is valid; 1 of 2 open pull requests would be judged otherwise" },
    });
    expect(check.output.summary).toContain(`[\`${ours.repo.owner.login}/mesh#${pulls[0]!.number}\`]`);
    expect(check.output.summary).toMatch(/\| `1 traffic shift` \| `Blocked: .*at most 10 points/);
    expect(story.runs(ours.repo, pulls[0]!.headSha)).toHaveLength(1);
  });

  it("is told what is wrong, on its line", async () => {
    const check = await story.check(
      await propose(organisation(), { [policyPath]: "version: 1\nmode: enforce\nrulez: {}\n" }),
    );
    expect(check).toMatchObject({
      conclusion: "failure",
      output: {
        title: "The policy is not valid: .github/sluice.yaml:3: rulez is not a setting of the policy",
      },
      annotations: [{ path: policyPath, start_line: 3, annotation_level: "failure" }],
    });
  });

  it("is held to the cases beside it, which are nobody's mesh", async () => {
    const ours = organisation();
    const proposal = await propose(ours, {
      [policyPath]: steps(10),
      ...aCase(25, "conclusion: success\n"),
    });
    const check = await story.check(proposal);
    expect(check).toMatchObject({
      conclusion: "failure",
      output: { title: "A case beside the policy fails: steps" },
    });
    expect(check.output.summary).toContain("Expected success, got failure: Blocked:");
    const next = await story.github.push({
      repo: ours.policies,
      branch: "stricter",
      files: aCase(20, "conclusion: success\n"),
    });
    expect(await story.check(proposal, next)).toMatchObject({ conclusion: "success" });
  });
});
