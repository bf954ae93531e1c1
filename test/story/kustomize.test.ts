import { describe, expect, it } from "vitest";
import type { CheckRun, Files } from "../github/index.ts";
import { destinationRule, enforcing, reviews, Story } from "./mesh.ts";

const placeless = (manifest: string) => manifest.replace("  namespace: prod\n", "");

const base = (stable: number, canary: number): Files => ({
  "base/kustomization.yaml": "resources: [reviews.yaml, rule.yaml]\n",
  "base/reviews.yaml": placeless(reviews(stable, canary)),
  "base/rule.yaml": placeless(destinationRule),
});

/** A patch that gives the route its own shares. */
const patch = (stable: number, canary: number) =>
  placeless(reviews(stable, canary)).replace(/ {2}hosts:\n.*\n/, "");
const canaryOfPatch = 16;
const canaryOfBase = 18;

const overlay = (name: string, more = "") => `namespace: ${name}\nresources: [../../base]\n${more}`;

/** A directory that only an ApplicationSet's parameters place. */
function generated(stable: number, canary: number): Files {
  return {
    "details/kustomization.yaml": "resources: [details.yaml]\n",
    "details/details.yaml": placeless(reviews(stable, canary)).replaceAll("reviews", "details"),
    "clusters/eu/config.json": '{ "namespace": "eu-shop" }\n',
    "apps.yaml": `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: { name: details, namespace: argocd }
spec:
  generators:
    - git: { repoURL: https://git.example.com/mesh.git, files: [{ path: "clusters/*/config.json" }] }
  template:
    metadata: { name: "details-{{path.basename}}" }
    spec:
      source: { repoURL: https://git.example.com/mesh.git, path: details }
      destination: { name: "{{path.basename}}", namespace: "{{namespace}}" }
`,
  };
}

const mesh: Files = {
  ...base(90, 10),
  "overlays/prod/kustomization.yaml": overlay("prod", "patches: [{ path: patch.yaml }]\n"),
  "overlays/prod/patch.yaml": patch(90, 10),
  "overlays/eu/kustomization.yaml": overlay("eu"),
  "overlays/us/kustomization.yaml": overlay("us"),
  ...generated(90, 10),
};

const policy = `${enforcing}environments:
  production: { paths: ["overlays/prod/**"] }
overlays:
  - when: { environment: production }
    rules: { weight-step: { maxStep: 10 } }
`;

const story = new Story(20, policy, [], mesh);

const places = ({ annotations }: CheckRun) =>
  annotations.map(({ path, start_line, annotation_level }) => `${annotation_level} ${path}:${start_line}`);

describe("an overlay's patch", () => {
  it("that moves the canary from 10 to 60 is blocked, on that very line", async () => {
    const { check, pull } = await story.judged({ "overlays/prod/patch.yaml": patch(40, 60) });
    expect(check).toMatchObject({
      conclusion: "failure",
      output: {
        title:
          "Blocked: VirtualService/prod/reviews: 50 points of every request move in one step; at most 10 points at once",
        summary: expect.stringContaining("in `overlays/prod`"),
      },
    });
    expect(places(check)).toEqual([`failure overlays/prod/patch.yaml:${canaryOfPatch}`]);
    expect(pull.reviewComments).toMatchObject([{ path: "overlays/prod/patch.yaml", line: canaryOfPatch }]);
  });

  it("is judged in the environment of its overlay", async () => {
    const { check } = await story.judged({ "overlays/prod/patch.yaml": patch(75, 25) });
    expect(check).toMatchObject({ conclusion: "failure" });
  });

  it("is no object of its own, whatever it leaves out", async () => {
    const { check } = await story.judged({
      "overlays/prod/patch.yaml": `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews }
spec: { exportTo: ["."] }
`,
    });
    expect(check.output.summary).not.toContain("Could not be evaluated");
    expect(check.output.text ?? "").not.toContain("valid-manifest");
  });

  it("that finds its target no more is said to fail, and what was there stands guard", async () => {
    const { check } = await story.judged({
      "overlays/prod/patch.yaml": patch(90, 10).replace("name: reviews", "name: review"),
    });
    expect(check).toMatchObject({
      conclusion: "failure",
      output: { title: expect.stringMatching(/^Could not evaluate: overlays\/prod\//) },
    });
    expect(check.output.summary).toContain("No resource matches the patch for VirtualService review");
    expect(check.output.summary).not.toContain("no answer");
  });
});

describe("a base", () => {
  it("names every overlay that a change of it reaches, once where they get the same", async () => {
    const { check, pull } = await story.judged(base(40, 60));
    expect(check).toMatchObject({
      conclusion: "failure",
      output: {
        title: expect.stringMatching(
          /^Blocked: VirtualService\/eu\/reviews and VirtualService\/us\/reviews: 50 points of every request move in one step; at most 20 points at once/,
        ),
      },
    });
    expect(check.output.summary).toContain("at most 20 points at once, through overlays/eu and overlays/us");
    expect(check.output.summary).toContain("in `overlays/eu`, `overlays/us`");
    expect(check.output.summary).not.toContain("overlays/prod");
    expect(places(check)).toEqual([`failure base/reviews.yaml:${canaryOfBase}`]);
    expect(pull.reviewComments).toMatchObject([{ path: "base/reviews.yaml", line: canaryOfBase }]);
  });

  it("is told apart where an overlay gets something else", async () => {
    const { check } = await story.judged({
      ...base(80, 20),
      "overlays/us/kustomization.yaml": overlay("us", "patches: [{ path: patch.yaml }]\n"),
      "overlays/us/patch.yaml": patch(75, 25),
    });
    expect(check).toMatchObject({ conclusion: "success", output: { title: "2 traffic shifts" } });
    expect(check.output.summary).toMatch(/in `overlays\/eu`.*\| 10 points/);
    expect(check.output.summary).toMatch(/in `overlays\/us`.*\| 15 points/);
  });

  it("that no overlay includes any more takes its objects away, visibly", async () => {
    const { check } = await story.judged({
      "overlays/eu/kustomization.yaml": "namespace: eu\nresources: []\n",
    });
    expect(check.output.summary).toContain("reviews.eu.svc.cluster.local");
  });
});

describe("a directory that an ApplicationSet deploys", () => {
  it("is judged where that puts it, whatever files say so", async () => {
    const { check } = await story.judged(generated(80, 20));
    expect(check.output.summary).toContain("`details.eu-shop.svc.cluster.local`");
  });
});

describe("an overlay", () => {
  it("that is deleted no longer answers, and the report says so", async () => {
    const { check } = await story.judged({
      "overlays/prod/kustomization.yaml": null,
      "overlays/prod/patch.yaml": null,
    });
    expect(check.output.summary).toContain("`reviews.prod.svc.cluster.local`");
    expect(check.output.title).not.toMatch(/^No /);
  });

  it.each([
    [
      "broken YAML",
      { "overlays/eu/kustomization.yaml": "namespace: [eu\n" },
      "overlays/eu/kustomization.yaml",
    ],
    ["a missing file", { "base/rule.yaml": null }, "base/kustomization.yaml"],
    [
      "an unknown field",
      { "overlays/eu/kustomization.yaml": overlay("eu", "patchez: []\n") },
      "overlays/eu/kustomization.yaml",
    ],
    [
      "a cycle",
      { "base/kustomization.yaml": "resources: [reviews.yaml, rule.yaml, ../overlays/eu]\n" },
      "kustomization.yaml",
    ],
    [
      "a base in another repository instead",
      {
        "overlays/eu/kustomization.yaml":
          'namespace: eu\nresources: ["https://github.com/acme/other//base?ref=v1"]\n',
      },
      "overlays/eu/kustomization.yaml",
    ],
    ["a resource that is no YAML", { "base/rule.yaml": "spec: [\n" }, "base/rule.yaml"],
  ])("that breaks for %s is a failure which says where", async (_name, files: Files, place) => {
    const { check } = await story.judged(files);
    expect(check).toMatchObject({
      conclusion: "failure",
      output: { title: expect.stringMatching(/^Could not evaluate: /) },
    });
    expect(check.output.summary).toContain(place);
    expect(check.output.summary).not.toContain("no answer");
  });

  it("that gets a base of another repository besides keeps what it has, and says what is not seen", async () => {
    const { check } = await story.judged({
      "overlays/eu/kustomization.yaml":
        'namespace: eu\nresources: [../../base, "https://github.com/acme/other//base?ref=v1"]\n',
    });
    expect(check.output.summary).toContain("is in another repository");
    expect(check.output.summary).not.toContain("no answer");
  });
});
