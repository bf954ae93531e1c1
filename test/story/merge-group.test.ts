import { describe, expect, it } from "vitest";
import type { MergeGroup, PullRequest, Repository } from "../github/index.ts";
import { Approving, approvedBy, fingerprintIn, minute, step } from "./approving.ts";
import { destinationRule, reviews } from "./mesh.ts";

const story = new Approving(25, approvedBy().replace("maxStep: 20", "maxStep: 15"));

/** Three versions, whose weights stand far enough apart for Git to merge changes of two of them. */
function three(canary: number, beta: number): string {
  return `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, namespace: prod }
spec:
  hosts: [reviews]
  http:
    - timeout: 5s
      route:
        - weight: 80
          destination: { host: reviews, subset: stable }

        - weight: ${canary}
          destination: { host: reviews, subset: canary }

        - weight: ${beta}
          destination: { host: reviews, subset: beta }
`;
}

const rule = `${destinationRule}    - name: beta\n      labels:\n        version: beta\n`;

/** Two pull requests that move about ten points each, and do not conflict. */
async function twoSteps(): Promise<{ repo: Repository; first: PullRequest; second: PullRequest }> {
  const repo = story.repository();
  const main = { "mesh/reviews.yaml": three(10, 10), "mesh/rule.yaml": rule };
  await story.github.push({ repo, branch: "main", files: main });
  const first = await story.open(repo, { "mesh/reviews.yaml": three(23, 10) }, { head: "first" });
  const second = await story.open(repo, { "mesh/reviews.yaml": three(10, 23) }, { head: "second" });
  for (const pull of [first, second]) expect(await story.conclusion(pull)).toBe("success");
  return { repo, first, second };
}

async function verdict({ repository, head }: MergeGroup) {
  await story.stage.settled();
  return story.runs(repository, head).at(-1)!;
}

describe("a merge group is evaluated for real [lesson 18]", () => {
  it("each alone passes", async () => {
    const { first } = await twoSteps();
    const run = await verdict(await story.github.enqueue([first]));
    expect(run).toMatchObject({ name: "Sluice", conclusion: "success" });
    expect(run.output.summary).toContain(`Merge group of #${first.number}`);
  });

  it("two of ten points in one group are too much against a limit of 15", async () => {
    const { first, second } = await twoSteps();
    const run = await verdict(await story.github.enqueue([first, second]));
    expect(run.conclusion).toBe("action_required");
    expect(run.output.summary).toContain(`#${first.number}, #${second.number}`);
    expect(run.actions.map(({ label }) => label)).toEqual(["Re-check"]);
  });

  it("queued one behind the other, the later fails", async () => {
    const { first, second } = await twoSteps();
    const ahead = await story.github.enqueue([first]);
    const behind = await story.github.enqueue([second]);
    expect((await verdict(ahead)).conclusion).toBe("success");
    expect((await verdict(behind)).conclusion).toBe("action_required");
  });

  it("no change of the mesh passes too: a required check must be answered [lesson 17]", async () => {
    const repo = story.repository();
    const pull = await story.open(repo, { "notes.md": "notes" });
    await story.stage.settled();
    expect((await verdict(await story.github.enqueue([pull]))).conclusion).toBe("success");
  });

  it("a group that is not in the queue any more is not passed", async () => {
    const { first } = await twoSteps();
    story.github.webhooks.plan({ kind: "drop" }, "merge_group.destroyed");
    const group = await story.github.enqueue([first]);
    await story.github.dequeue(group);
    expect((await verdict(group)).conclusion).toBe("failure");
  });

  it("Re-run judges it again", async () => {
    const { first } = await twoSteps();
    const group = await story.github.enqueue([first]);
    const run = await verdict(group);
    await story.github.rerequest(run);
    expect((await verdict(group)).id).not.toBe(run.id);
  });
});

describe("approvals in a merge group", () => {
  it("count by fingerprint for what its pull requests were approved for", async () => {
    const { repo, pull } = await story.approved(step);
    const other = await story.open(repo, { "notes.md": "other" }, { head: "other" });
    expect((await verdict(await story.github.enqueue([other, pull]))).conclusion).toBe("success");
  });

  it("do not count for what appears only in combination", async () => {
    const { repo } = await twoSteps();
    const [first, second] = await Promise.all([
      story.open(repo, { "mesh/reviews.yaml": three(40, 10) }, { head: "third" }),
      story.open(repo, { "mesh/reviews.yaml": three(10, 40) }, { head: "fourth" }),
    ]);
    for (const pull of [first, second]) {
      await story.say(pull, "bob", `/approve-weight ${fingerprintIn(await story.check(pull))}`);
      expect(await story.conclusion(pull)).toBe("success");
    }
    expect((await verdict(await story.github.enqueue([first, second]))).conclusion).toBe("action_required");
  });

  it("are void when their giver wrote any member that carries the fingerprint", async () => {
    const { repo, pull } = await story.approved(step);
    await story.github.push({ repo, branch: "same", files: step, by: "bob" });
    const same = await story.github.openPullRequest({ repo, head: "same", author: "carol" });
    await story.stage.settled();
    const run = await verdict(await story.github.enqueue([same, pull]));
    expect(run.conclusion).toBe("action_required");
    expect(run.output.summary).toContain("took part in the change");
  });

  it("stand when their giver wrote a member that does not carry it", async () => {
    const { repo, pull } = await story.approved(step);
    await story.github.push({ repo, branch: "notes", files: { "notes.md": "bob's" }, by: "bob" });
    const notes = await story.github.openPullRequest({ repo, head: "notes", author: "bob" });
    await story.stage.settled();
    expect((await verdict(await story.github.enqueue([notes, pull]))).conclusion).toBe("success");
  });

  it("that were revoked do not count, even when the revocation was deleted", async () => {
    const { pull } = await story.approved({ "mesh/reviews.yaml": reviews(50, 50) });
    await story.advance(minute);
    const revocation = await story.say(pull, "bob", "/revoke");
    story.github.deleteComment(pull, revocation, "bob");
    await story.stage.settled();
    expect((await verdict(await story.github.enqueue([pull]))).conclusion).toBe("action_required");
  });
});
