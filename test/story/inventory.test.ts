import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { CheckRun, Files, PullRequest, Repository } from "../github/index.ts";
import { type Stage, startStage } from "../worker/harness.ts";
import { destinationRule, enforcing, reviews } from "./mesh.ts";

const policy = (...names: string[]) => `${enforcing}  outlier-detection: { severity: block }
inventory: [${names.join(", ")}]
`;
const roles = { alice: "write" } as const;
/** Each pull request's repository; their routes' DestinationRule is elsewhere. */
const names = Array.from({ length: 11 }, (_, index) => `team-${index}`);
const routes: Files = { "mesh/reviews.yaml": reviews(90, 10) };

let stage: Stage;
let count = 0;

beforeAll(async () => {
  stage = await startStage({
    main: "test/story/main.ts",
    repositories: [
      { name: ".github", files: { ".github/sluice.yaml": policy("acme/mesh-shared") } },
      ...names.map((name) => ({ name, files: routes, roles })),
      {
        name: "mesh-shared",
        files: { "rules/reviews.yaml": destinationRule, "README.md": "# shared\n" },
        roles,
      },
      { owner: "closed", name: ".github", files: { ".github/sluice.yaml": policy("closed/mesh-shared") } },
      { owner: "closed", name: "team", files: routes, roles },
      { owner: "closed", name: "mesh-shared", files: { "a.yaml": destinationRule }, installed: false },
      { owner: "alone", name: ".github", files: { ".github/sluice.yaml": enforcing } },
      { owner: "alone", name: "team", files: routes, roles },
    ],
  });
});
afterEach(async () => {
  await stage.settled();
  expect(stage.github.violations).toEqual([]);
});
afterAll(() => stage.stop());

const team = () => stage.github.repository(`acme/${names[count++]}`);

async function judged(repo: Repository, files: Files): Promise<{ pull: PullRequest; check: CheckRun }> {
  await stage.github.push({ repo, branch: "change", files });
  const pull = await stage.github.openPullRequest({ repo, head: "change" });
  return { pull, check: await latest(pull) };
}

async function latest({ repository, headSha }: PullRequest): Promise<CheckRun> {
  await stage.settled();
  const runs = stage.github.checkRuns(headSha).filter(({ suite }) => suite.repository === repository);
  return runs.at(-1) ?? expect.unreachable("no check");
}

/** What was asked of GitHub about a repository since `from`: GraphQL is told apart by the token's reach. */
function asked(repo: Repository, from: number): string[] {
  return stage.github.requests
    .slice(from)
    .filter(({ token }) => token?.repositories?.length === 1 && token.repositories[0] === repo.id)
    .map(({ method, path }) => `${method} ${path.replace(/[0-9a-f]{40}.*/, "…")}`);
}

const moved = { "mesh/reviews.yaml": reviews(80, 20) };
const beta = { "mesh/reviews.yaml": reviews(90, 10).replace("subset: canary", "subset: beta") };

describe("a shared repository completes the mesh", () => {
  it("its DestinationRule satisfies outlier-detection, and the report says which commit was read", async () => {
    const shared = stage.github.repository("acme/mesh-shared");
    const { check } = await judged(team(), {
      "mesh/more.yaml": reviews(90, 10).replaceAll("name: reviews", "name: more"),
    });
    expect(check).toMatchObject({ conclusion: "success" });
    expect(check.output.text ?? "").not.toContain("outlier-detection");
    const commit = (await shared.sha("main")).slice(0, 7);
    expect(check.output.summary).toContain(`The mesh is completed by \`acme/mesh-shared@${commit}\`.`);
  });

  it("without it Git alone cannot tell, which blocks nobody", async () => {
    const { check } = await judged(stage.github.repository("alone/team"), {
      "mesh/more.yaml": reviews(90, 10).replaceAll("name: reviews", "name: more"),
    });
    expect(check.conclusion).toBe("success");
    expect(check.output.text).toContain("Git shows no DestinationRule with outlierDetection");
    expect(check.output.text).toContain("Git alone cannot tell for sure");
  });

  it("a subset that it does not define is missing for certain", async () => {
    const { check } = await judged(team(), beta);
    expect(check).toMatchObject({
      conclusion: "failure",
      output: { title: expect.stringContaining("subset beta does not exist") },
    });
  });

  it("a route of the shared repository that a change breaks is named there", async () => {
    const repo = team();
    const shared = stage.github.repository("acme/mesh-shared");
    const ratings = (text: string) => text.replaceAll("reviews", "ratings");
    await stage.github.push({ repo, branch: "main", files: { "mesh/rule.yaml": ratings(destinationRule) } });
    const tip = await stage.github.push({
      repo: shared,
      branch: "main",
      files: { "routes/ratings.yaml": ratings(reviews(90, 10)) },
    });
    const { check } = await judged(repo, { "mesh/rule.yaml": null });
    expect(check.conclusion).toBe("failure");
    expect(check.output.summary).toContain(`/acme/mesh-shared/blob/${tip}/routes/ratings.yaml#L`);
    expect(check.annotations.filter(({ path }) => path.includes("mesh-shared"))).toEqual([]);
    await stage.github.push({ repo: shared, branch: "main", files: { "routes/ratings.yaml": null } });
  });

  it("what it comes to hold turns the pull requests that are about it, and no others", async () => {
    const shared = stage.github.repository("acme/mesh-shared");
    const waiting = await judged(team(), beta);
    const other = await judged(team(), {
      "mesh/other.yaml": reviews(90, 10).replaceAll("reviews", "other"),
    });
    expect(waiting.check.conclusion).toBe("failure");
    const text = `${destinationRule}    - name: beta\n      labels: { version: beta }\n`;
    await stage.github.push({ repo: shared, branch: "main", files: { "rules/reviews.yaml": text } });
    expect(await latest(waiting.pull)).toMatchObject({ conclusion: "success" });
    expect(await latest(other.pull)).toBe(other.check);
    await stage.github.push({
      repo: shared,
      branch: "main",
      files: { "rules/reviews.yaml": destinationRule },
    });
    expect(await latest(waiting.pull)).toMatchObject({ conclusion: "failure" });
  });

  it("a file of the shared repository that is no text is told, and blocks nobody", async () => {
    const shared = stage.github.repository("acme/mesh-shared");
    await stage.github.push({ repo: shared, branch: "main", files: { "rules/x.yaml": Buffer.from([0, 1]) } });
    const { check } = await judged(team(), moved);
    expect(check.conclusion).toBe("success");
    expect(check.output.summary).toContain("`acme/mesh-shared:rules/x.yaml:1`: This file of acme/mesh");
    await stage.github.push({ repo: shared, branch: "main", files: { "rules/x.yaml": null } });
  });

  it("what nobody may look at does not pass", async () => {
    const repo = stage.github.repository("closed/team");
    const { pull, check } = await judged(repo, moved);
    expect(check).toMatchObject({
      conclusion: "failure",
      output: { title: "Could not evaluate: closed/mesh-shared" },
    });
    expect(check.output.summary).toContain("Install the app on closed/mesh-shared");
    expect(check.output.summary).toContain("closed/.github/.github/sluice.yaml:");
    stage.github.repository("closed/mesh-shared").selected = true;
    await stage.github.rerequest(check);
    expect(await latest(pull)).toMatchObject({ conclusion: "success" });
  });

  it("a failure of GitHub is waited for, not taken for an absence", async () => {
    stage.github.faults.plan({ kind: "status", status: 502 }, { path: "*/mesh-shared/git/trees/*" }, 3);
    const { check } = await judged(team(), moved);
    expect(stage.github.faults.unused).toBe(0);
    expect(check).toMatchObject({ conclusion: "success", output: { title: "1 traffic shift" } });
    expect(check.output.summary).toContain("The mesh is completed by `acme/mesh-shared@");
  });

  it("a merge group is judged with it", async () => {
    const { pull } = await judged(team(), moved);
    const group = await stage.github.enqueue([pull]);
    await stage.settled();
    const run = stage.github
      .checkRuns(group.head)
      .findLast(({ suite }) => suite.repository === group.repository);
    expect(run?.conclusion).toBe("success");
    expect(run?.output.summary).toContain("The mesh is completed by `acme/mesh-shared@");
    expect(run?.output.text ?? "").not.toContain("outlier-detection");
  });
});

describe("reading it costs little", () => {
  it("nothing where the change is none of the mesh's; two requests where its blobs are known", async () => {
    const shared = stage.github.repository("acme/mesh-shared");
    const repo = team();
    let from = stage.github.requests.length;
    const { pull, check } = await judged(repo, { "README.md": "# more\n" });
    expect(check.output.title).toBe("No mesh change");
    expect(asked(shared, from)).toEqual([]);
    await stage.github.push({ repo, branch: "change", files: moved });
    await latest(pull);
    from = stage.github.requests.length;
    await stage.github.push({ repo, branch: "change", files: { "mesh/reviews.yaml": reviews(75, 25) } });
    await latest(pull);
    expect(asked(shared, from)).toEqual(["POST /graphql", "GET /repos/acme/mesh-shared/git/trees/…"]);
    await stage.github.push({
      repo: shared,
      branch: "main",
      files: { "rules/more.yaml": `# more\n${destinationRule}`.replaceAll("reviews", "more") },
    });
    await stage.settled();
    from = stage.github.requests.length;
    await stage.github.push({ repo, branch: "change", files: { "mesh/reviews.yaml": reviews(74, 26) } });
    await latest(pull);
    // The push was looked at, and its blobs are known by that.
    expect(asked(shared, from)).toEqual(["POST /graphql", "GET /repos/acme/mesh-shared/git/trees/…"]);
  });
});
