import { describe, expect, it } from "vitest";
import { reviews, Story } from "./mesh.ts";

const policy = `version: 1
mode: enforce
delegate:
  rules.weight-step.maxStep: 40
rules:
  weight-step: { severity: block, maxStep: 20 }
  timeout-required: { severity: block }
overlays:
  - when: { branch: release }
    rules: { weight-step: { maxStep: 5 } }
  - when: { repository: "acme/mesh-0" }
    mode: observe
`;
const story = new Story(10, policy);

/** A repository with a policy of its own on its default branch. */
async function repositoryWith(own: string) {
  const repo = story.repository();
  await story.github.push({ repo, branch: "main", files: { ".github/sluice.yaml": `version: 1\n${own}` } });
  return repo;
}

describe("what a repository may say", () => {
  it("where policy observes it, a step is told and not blocked", async () => {
    const { check } = await story.judged({ "mesh/reviews.yaml": reviews(40, 60) });
    expect(check).toMatchObject({
      conclusion: "success",
      output: { title: expect.stringMatching(/^Would block: .*50 points/) },
    });
  });

  it("to loosen a limit has no effect, and it is told which line of which file forbids it", async () => {
    const repo = await repositoryWith("rules:\n  timeout-required: { severity: off }\n");
    const untimed = reviews(90, 10).replace("timeout: 5s", "name: all");
    const { check } = await story.judged({ "mesh/reviews.yaml": untimed }, repo);
    expect(check).toMatchObject({
      conclusion: "failure",
      output: { title: 'Blocked: VirtualService/prod/reviews: http[0] "all" has no timeout' },
    });
    expect(check.output.summary).toContain(
      'rules.timeout-required.severity may only be tightened: acme/.github/.github/sluice.yaml:7 sets "block", this file "off"',
    );
    expect(check.output.summary).toMatch(/mesh-\d+\/\.github\/sluice\.yaml:3/);
  });

  it("what is handed down it may loosen, as far as the bound", async () => {
    const repo = await repositoryWith("rules:\n  weight-step: { maxStep: 80 }\n");
    const { check } = await story.judged({ "mesh/reviews.yaml": reviews(50, 50) }, repo);
    expect(check).toMatchObject({ conclusion: "success", output: { title: "1 traffic shift" } });
    expect(check.output.summary).toContain(
      "may be loosened to 40 at most: acme/.github/.github/sluice.yaml:4 hands it down so far, this file says 80",
    );
    const further = await story.open(repo, { "mesh/reviews.yaml": reviews(49, 51) }, { head: "further" });
    expect(await story.check(further)).toMatchObject({
      conclusion: "failure",
      output: { title: expect.stringContaining("at most 40 points at once") },
    });
  });

  it("on a branch that policy names the organisation's own limit for it holds", async () => {
    const repo = await repositoryWith("rules:\n  weight-step: { maxStep: 40 }\n");
    await story.github.push({ repo, branch: "release", files: { "README.md": "# release\n" } });
    const pull = await story.open(repo, { "mesh/reviews.yaml": reviews(80, 20) }, { base: "release" });
    expect(await story.check(pull)).toMatchObject({
      conclusion: "failure",
      output: { title: expect.stringContaining("at most 5 points at once") },
    });
  });
});
