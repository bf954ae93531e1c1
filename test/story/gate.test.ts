import { describe, expect, it } from "vitest";
import { canaryLine, destinationRule, reviews, Story } from "./mesh.ts";

const story = new Story();

describe("a pull request is opened", () => {
  it("a step of 50 points is blocked, on the line of the weight", async () => {
    const { pull, check } = await story.judged({ "mesh/reviews.yaml": reviews(40, 60) });
    expect(check).toMatchObject({
      name: "Sluice",
      status: "completed",
      conclusion: "failure",
      externalId: expect.stringMatching(/^v1:\d+:\d+$/),
      output: {
        title:
          "Blocked: VirtualService/prod/reviews: 50 points of every request move in one step; at most 20 points at once",
        summary: expect.stringContaining(
          "| `stable 90 %, canary 10 %` | `stable 40 %, canary 60 %` | 50 points |",
        ),
      },
      annotations: [
        {
          path: "mesh/reviews.yaml",
          start_line: canaryLine,
          end_line: canaryLine,
          annotation_level: "failure",
        },
      ],
    });
    expect(check.output.summary).toContain("`acme/.github/.github/sluice.yaml@");
    expect(pull.comments).toHaveLength(1);
    expect(pull.comments[0]?.body).toContain("<!-- sluice:report v1 -->");
    expect(pull.reviewComments).toMatchObject([{ path: "mesh/reviews.yaml", line: canaryLine }]);
    expect(pull.reviews.map(({ state }) => state)).toEqual(["COMMENTED"]);
  });

  it("a step within the limit passes, and the report says what moves", async () => {
    const { pull, check } = await story.judged({ "mesh/reviews.yaml": reviews(75, 25) });
    expect(check).toMatchObject({
      conclusion: "success",
      output: { title: "1 traffic shift" },
      annotations: [],
    });
    expect(pull.comments[0]?.body).toContain("`stable 75 %, canary 25 %`");
    expect(pull.reviews).toEqual([]);
  });

  it("without any Istio object it is told so, and reading ends early", async () => {
    const { check, repo, pull } = await story.judged({ "README.md": "# other\n", "ci.yaml": "steps: []\n" });
    expect(check).toMatchObject({ conclusion: "success", output: { title: "No mesh change" } });
    expect(pull.comments).toEqual([]);
    const requests = story.github.requests.filter(
      ({ path }) => path.includes(repo.name) || path === "/graphql",
    );
    expect(requests.filter(({ path }) => path.includes("/git/trees/"))).toHaveLength(2);
  });

  it("reformatting and moving is no traffic change", async () => {
    const { check, pull } = await story.judged({
      "mesh/reviews.yaml": null,
      "mesh/prod/reviews.yaml": `# moved\n${reviews(9, 1)}`,
    });
    expect(check).toMatchObject({ conclusion: "success", output: { title: "No traffic change" } });
    expect(pull.comments).toEqual([]);
  });

  it("a deleted VirtualService is a change of who answers", async () => {
    const { check } = await story.judged({ "mesh/reviews.yaml": null });
    expect(check.conclusion).toBe("success");
    expect(check.output.summary).toContain("`reviews.prod.svc.cluster.local`");
    expect(check.output.title).toMatch(/traffic shift/);
  });

  it.each([
    ["a file moved aside", { "mesh/reviews.yaml": null, "mesh/other.yaml": reviews(40, 60) }, /^Blocked: /],
    ["a document in a list", { "mesh/reviews.yaml": asList(reviews(40, 60)) }, /^Blocked: /],
    [
      "Windows line ends and a BOM",
      { "mesh/reviews.yaml": `\ufeff${reviews(40, 60).replaceAll("\n", "\r\n")}` },
      /^Blocked: /,
    ],
  ])("the step is seen in %s", async (_name, files, title) => {
    const { check } = await story.judged(files);
    expect(check.conclusion).toBe("failure");
    expect(check.output.title).toMatch(title);
  });

  it.each([
    [
      "broken YAML",
      { "mesh/reviews.yaml": reviews(40, 60).replace("hosts:", "hosts: [") },
      /^Could not evaluate: mesh\/reviews\.yaml/,
    ],
    [
      "a symbolic link",
      { "mesh/reviews.yaml": { symlink: "rule.yaml" } },
      /^Could not evaluate: mesh\/reviews\.yaml/,
    ],
    ["a submodule", { vendor: { submodule: "c".repeat(40) } }, /^Could not evaluate: vendor/],
    [
      "not UTF-8",
      { "mesh/more.yaml": Buffer.from([0x61, 0x3a, 0x20, 0xff, 0xfe, 0x0a]) },
      /^Could not evaluate: mesh\/more\.yaml/,
    ],
    ["binary", { "mesh/more.yaml": Buffer.from([0, 1, 2]) }, /^Could not evaluate: mesh\/more\.yaml/],
  ])("%s is a failure that says which file", async (_name, files, title) => {
    const { check } = await story.judged(files);
    expect(check).toMatchObject({ conclusion: "failure", output: { title: expect.stringMatching(title) } });
    expect(check.output.summary).toContain("Could not be evaluated");
  });

  it("broken YAML is annotated on its line", async () => {
    const { check } = await story.judged({
      "mesh/reviews.yaml": reviews(40, 60).replace("  hosts:", "\thosts:"),
    });
    expect(check.annotations).toMatchObject([
      { path: "mesh/reviews.yaml", start_line: 7, annotation_level: "failure" },
    ]);
  });

  it("from a fork is judged like any other", async () => {
    const repo = story.repository();
    const fork = await story.github.fork(repo, "eve");
    await story.github.push({
      repo: fork,
      branch: "theirs",
      files: { "mesh/reviews.yaml": reviews(0, 100) },
      by: "eve",
    });
    const pull = await story.github.openPullRequest({ repo, fork, head: "theirs", author: "eve" });
    expect(await story.check(pull)).toMatchObject({ conclusion: "failure" });
  });
});

describe("no policy anywhere", () => {
  it("observes: says what would block, blocks nothing, and how to enforce", async () => {
    const { check } = await story.judged({ "mesh/reviews.yaml": reviews(40, 60) }, story.repository("quiet"));
    expect(check).toMatchObject({
      conclusion: "success",
      output: {
        title: expect.stringMatching(/^Would block: /),
        summary: expect.stringContaining("mode: enforce"),
      },
    });
  });

  it("the pull request's own policy counts for nothing", async () => {
    const { check } = await story.judged({
      "mesh/reviews.yaml": reviews(40, 60),
      ".github/sluice.yaml": "version: 1\nmode: off\n",
    });
    expect(check.conclusion).toBe("failure");
  });
});

describe("the pull request moves on", () => {
  it("a push is judged anew, and the report comment stays one", async () => {
    const { repo, pull } = await story.judged({ "mesh/reviews.yaml": reviews(40, 60) });
    const next = await story.github.push({
      repo,
      branch: "change",
      files: { "mesh/reviews.yaml": reviews(75, 25) },
    });
    expect(await story.check(pull, next)).toMatchObject({ conclusion: "success" });
    expect(pull.comments).toHaveLength(1);
    expect(pull.comments[0]?.body).toContain("canary 25 %");
  });

  it("a forced push is judged anew", async () => {
    const { repo, pull } = await story.judged({ "mesh/reviews.yaml": reviews(75, 25) });
    const next = await story.github.forcePush({
      repo,
      branch: "change",
      onto: await repo.sha("refs/heads/main"),
      files: { "mesh/reviews.yaml": reviews(0, 100) },
    });
    expect(await story.check(pull, next)).toMatchObject({ conclusion: "failure" });
  });

  it("a burst of ten pushes gets one check, on the newest head", async () => {
    const repo = story.repository();
    const pull = await story.open(repo, { "mesh/reviews.yaml": reviews(89, 11) });
    const heads = [pull.headSha];
    for (let canary = 12; canary <= 21; canary++) {
      heads.push(
        await story.github.push({
          repo,
          branch: "change",
          files: { "mesh/reviews.yaml": reviews(100 - canary, canary) },
        }),
      );
    }
    const newest = heads.at(-1)!;
    expect(await story.check(pull, newest)).toMatchObject({ conclusion: "success" });
    expect(heads.flatMap((head) => story.runs(repo, head))).toHaveLength(1);
  });

  it("going into another branch is another change", async () => {
    const repo = story.repository();
    await story.github.push({ repo, branch: "release", files: { "mesh/reviews.yaml": reviews(45, 55) } });
    const pull = await story.open(repo, { "mesh/reviews.yaml": reviews(40, 60) }, { base: "release" });
    const before = await story.check(pull);
    expect(before).toMatchObject({ conclusion: "success", output: { title: "1 traffic shift" } });
    await story.github.retarget(pull, "main");
    const after = await story.check(pull);
    expect(after).toMatchObject({
      conclusion: "failure",
      output: { title: expect.stringContaining("50 points") },
    });
    expect(after.id).not.toBe(before.id);
  });

  it("main moves under it: 5 points become 35, and it is blocked without a push of its own", async () => {
    const repo = story.repository();
    const shop = (host: string, stable: number, canary: number) =>
      reviews(stable, canary)
        .replace("name: reviews", `name: ${host.startsWith("*") ? "all" : "one"}`)
        .replace("    - reviews\n", `    - "${host}"\n  gateways: [edge]\n`);
    await story.github.push({
      repo,
      branch: "main",
      files: { "mesh/edge.yaml": edge, "mesh/all.yaml": shop("*.example.com", 60, 40) },
    });
    const pull = await story.open(repo, { "mesh/one.yaml": shop("a.example.com", 55, 45) });
    const before = await story.check(pull);
    expect(before).toMatchObject({
      conclusion: "success",
      output: { summary: expect.stringContaining("5 points") },
    });
    await story.github.push({
      repo,
      branch: "main",
      files: { "mesh/all.yaml": shop("*.example.com", 90, 10) },
    });
    expect(await story.check(pull)).toMatchObject({
      conclusion: "failure",
      output: { title: expect.stringContaining("35 points") },
    });
  });

  it("going back to who held everything last on main is a rollback, whatever its name", async () => {
    const repo = story.repository();
    const versions = (one: number, two: number) =>
      reviews(one, two).replace("subset: stable", "subset: v1").replace("subset: canary", "subset: v2");
    const rule = destinationRule.replaceAll("stable", "v1").replaceAll("canary", "v2");
    await story.github.push({
      repo,
      branch: "main",
      files: { "mesh/reviews.yaml": versions(100, 0), "mesh/rule.yaml": rule },
    });
    await story.github.push({ repo, branch: "main", files: { "mesh/reviews.yaml": versions(50, 50) } });
    const pull = await story.open(repo, { "mesh/reviews.yaml": versions(100, 0) });
    expect(await story.check(pull)).toMatchObject({
      conclusion: "success",
      output: { summary: expect.stringContaining("50 points, back to stable") },
    });
  });

  it("main changes other lines of the same file: the test merge says what becomes of it", async () => {
    const repo = story.repository();
    const pull = await story.open(repo, { "mesh/reviews.yaml": reviews(75, 25) });
    const moved = reviews(90, 10).replace(
      "apiVersion: networking.istio.io/v1",
      "# Owned by the reviews team.\n$&",
    );
    await story.github.push({ repo, branch: "main", files: { "mesh/reviews.yaml": moved } });
    await story.github.rerequest(await story.check(pull));
    expect(await story.check(pull)).toMatchObject({
      conclusion: "success",
      output: { title: "1 traffic shift" },
    });
  });

  it("main changes the same lines: nobody can tell what comes of it, so it does not pass", async () => {
    const repo = story.repository();
    const pull = await story.open(repo, { "mesh/reviews.yaml": reviews(85, 15) });
    await story.github.push({ repo, branch: "main", files: { "mesh/reviews.yaml": reviews(50, 50) } });
    expect(await story.check(pull)).toMatchObject({
      conclusion: "failure",
      output: {
        title: "Could not evaluate: mesh/reviews.yaml",
        summary: expect.stringContaining("Update your branch"),
      },
    });
  });
});

describe("people press buttons", () => {
  it("Re-run judges again", async () => {
    const { check, pull } = await story.judged({ "mesh/reviews.yaml": reviews(40, 60) });
    await story.github.rerequest(check);
    const again = await story.check(pull);
    expect(again.id).not.toBe(check.id);
    expect(again).toMatchObject({ conclusion: "failure" });
    expect(pull.comments).toHaveLength(1);
    expect(pull.reviewComments).toHaveLength(1);
  });

  it("a redelivered webhook changes nothing", async () => {
    const { check, pull } = await story.judged({ "mesh/reviews.yaml": reviews(40, 60) });
    const delivery = story.github.webhooks.deliveries.findLast(({ event }) => event === "pull_request");
    story.github.redeliver(delivery!);
    await story.stage.settled();
    expect(story.runs(pull.repository, pull.headSha).at(-1)).toMatchObject({
      id: check.id,
      conclusion: "failure",
    });
  });

  it("two pull requests on one commit share the worst verdict, and closing one judges the other again", async () => {
    const repo = story.repository();
    await story.github.push({ repo, branch: "release", files: { "mesh/reviews.yaml": reviews(45, 55) } });
    const harsh = await story.open(repo, { "mesh/reviews.yaml": reviews(40, 60) }, { from: "release" });
    const mild = await story.github.openPullRequest({ repo, head: "change", base: "release" });
    const both = await story.check(harsh);
    expect(both).toMatchObject({
      conclusion: "failure",
      output: { title: expect.stringMatching(`^#${harsh.number}: `) },
    });
    expect(both.output.summary).toContain(`[#${mild.number}]`);
    await story.github.close(harsh);
    expect(await story.check(mild)).toMatchObject({ conclusion: "success" });
  });
});

describe("when things go wrong", () => {
  it("a bad signature is refused, and GitHub is not asked", async () => {
    const before = story.github.requests.length;
    const response = await story.stage.fetch("/webhook", {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-github-event": "pull_request",
        "x-github-delivery": "00000000-0000-0000-0000-000000000000",
        "x-hub-signature-256": `sha256=${"0".repeat(64)}`,
      },
      body: JSON.stringify({ action: "opened" }),
    });
    expect(response.status).toBe(401);
    await story.stage.settled();
    expect(story.github.requests.length).toBe(before);
  });

  it("the Worker dies between acknowledgement and check: the check comes all the same", async () => {
    const repo = story.repository();
    const pull = await story.open(repo, { "mesh/reviews.yaml": reviews(40, 60) });
    await story.stage.evict("PULL_REQUEST", `${repo.id}/${pull.number}`);
    expect(await story.check(pull)).toMatchObject({ conclusion: "failure" });
  });

  it("a hostile manifest cannot speak through the report", async () => {
    const hostile = reviews(40, 60).replaceAll(
      "subset: canary",
      'subset: "@acme/all | <!-- sluice:report v1 --> [x](https://evil.example)"',
    );
    const { check, pull } = await story.judged({ "mesh/reviews.yaml": hostile });
    for (const text of [check.output.summary, check.output.text ?? "", pull.comments[0]?.body ?? ""]) {
      const visible = (text ?? "").replace(/(`+)[\s\S]*?\1/g, "").replace(/^<!-- sluice:report v1 -->/, "");
      expect(visible).not.toMatch(/@acme\/all|<!--|\]\(https:\/\/evil/);
    }
  });
});

const edge = `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: edge, namespace: prod }
spec:
  selector: { istio: ingressgateway }
  servers:
    - port: { number: 80, name: http, protocol: HTTP }
      hosts: ["*.example.com"]
`;

function asList(manifest: string): string {
  const item = manifest
    .trimEnd()
    .split("\n")
    .map((line, index) => `${index === 0 ? "  - " : "    "}${line}`)
    .join("\n");
  return `apiVersion: v1\nkind: List\nitems:\n${item}\n`;
}
