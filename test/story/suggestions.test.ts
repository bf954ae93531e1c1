import { describe, expect, it } from "vitest";
import type { Files, PullRequest } from "../github/index.ts";
import { destinationRule, enforcing, reviews, Story } from "./mesh.ts";

const placeless = (manifest: string) => manifest.replace("  namespace: prod\n", "");
const patch = (stable: number, canary: number) =>
  placeless(reviews(stable, canary)).replace(/ {2}hosts:\n.*\n/, "");

const mesh: Files = {
  "mesh/reviews.yaml": reviews(90, 10),
  "mesh/rule.yaml": destinationRule,
  "shop/base/kustomization.yaml": "resources: [ratings.yaml]\n",
  "shop/base/ratings.yaml": placeless(reviews(90, 10)).replaceAll("reviews", "ratings"),
  "shop/prod/kustomization.yaml": "namespace: shop\nresources: [../base]\npatches: [{ path: patch.yaml }]\n",
  "shop/prod/patch.yaml": patch(90, 10).replaceAll("reviews", "ratings"),
};

const story = new Story(10, enforcing, mesh);

/** The lines a comment offers. */
const offered = (body: string | undefined) => /\n(`{3,})suggestion\n(.*)\n\1$/s.exec(body ?? "")?.[2];

/** What a click on `Commit suggestion` does. */
function accepted(pull: PullRequest, files: Record<string, string>): Files {
  const [comment] = pull.reviewComments;
  const { path = "", line = 0, startLine = null, body } = comment ?? {};
  const lines = files[path]!.split("\n");
  const first = startLine ?? line;
  lines.splice(first - 1, line - first + 1, ...offered(body)!.split("\n"));
  return { [path]: lines.join("\n") };
}

describe("a suggestion", () => {
  it("goes as far as the limit, over all weights of the route, and passes when it is taken", async () => {
    const files = { "mesh/reviews.yaml": reviews(40, 60) };
    const { pull, repo } = await story.judged(files);
    expect(pull.reviewComments).toMatchObject([{ startLine: 15, line: 19 }]);
    const taken = accepted(pull, files);
    expect(taken).toEqual({ "mesh/reviews.yaml": reviews(70, 30) });
    await story.github.push({ repo, branch: "change", files: taken });
    expect(await story.check(pull)).toMatchObject({ conclusion: "success" });
  });

  it("stands in the patch that decides the weights, not in the base of the overlay", async () => {
    const files = { "shop/prod/patch.yaml": patch(40, 60).replaceAll("reviews", "ratings") };
    const { pull, repo } = await story.judged(files);
    const taken = accepted(pull, files);
    expect(taken).toEqual({ "shop/prod/patch.yaml": patch(70, 30).replaceAll("reviews", "ratings") });
    await story.github.push({ repo, branch: "change", files: taken });
    expect(await story.check(pull)).toMatchObject({ conclusion: "success" });
  });

  it("is not made where who had the requests before has no line any more", async () => {
    const { pull } = await story.judged({
      "mesh/reviews.yaml": reviews(40, 60).replace("subset: canary", "subset: none"),
    });
    expect(pull.reviewComments.length).toBeGreaterThan(0);
    for (const { body } of pull.reviewComments) expect(offered(body)).toBeUndefined();
  });

  it("is not made where a line of it is not in the diff", async () => {
    const far = reviews(90, 10).replace(
      "          weight: 90\n",
      `          weight: 90\n${"          # far\n".repeat(20)}`,
    );
    const repo = story.repository();
    await story.github.push({ repo, branch: "main", files: { "mesh/reviews.yaml": far } });
    const { pull } = await story.judged(
      { "mesh/reviews.yaml": far.replace("weight: 10", "weight: 810") },
      repo,
    );
    expect(pull.reviewComments).toHaveLength(1);
    expect(offered(pull.reviewComments[0]?.body)).toBeUndefined();
  });

  it("a hostile line cannot end the block", async () => {
    const files = {
      "mesh/reviews.yaml": reviews(40, 60).replace("weight: 60", "weight: 60 # ```` @everyone ```suggestion"),
    };
    const { pull } = await story.judged(files);
    expect(pull.reviewComments[0]?.body).toContain("\n`````suggestion\n");
    expect(accepted(pull, files)["mesh/reviews.yaml"]).toContain("weight: 30 # ```` @everyone ```suggestion");
  });
});
