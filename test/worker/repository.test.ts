import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Stage, startStage } from "./harness.ts";
import { Scene } from "./scene.ts";

let stage: Stage;
let scene: Scene;
beforeAll(async () => {
  stage = await startStage({
    main: "test/worker/main.ts",
    repositories: [
      {
        name: "mesh",
        files: { "reviews.yaml": service("reviews", 90), "ratings.yaml": service("ratings", 90) },
      },
    ],
  });
});
beforeEach(() => {
  scene = new Scene(stage, "acme/mesh");
});
afterEach(async () => {
  await stage.settled();
  expect(stage.github.faults.unused).toBe(0);
  for (const pull of scene.repo.pulls) if (pull.state === "open") await stage.github.close(pull);
  await stage.settled();
});
afterAll(() => stage.stop());

function service(name: string, weight: number): string {
  return `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ${name}, namespace: prod }
spec:
  hosts: [${name}]
  http:
    - route:
        - { destination: { host: ${name}, subset: v1 }, weight: ${weight} }
        - { destination: { host: ${name}, subset: v2 }, weight: ${100 - weight} }
`;
}

const reviews = { objects: ["VirtualService/prod/reviews"], hosts: ["reviews.prod.svc.cluster.local"] };
const ratings = { objects: ["VirtualService/prod/ratings"], hosts: ["ratings.prod.svc.cluster.local"] };
const pushOnly = async (files: Record<string, string>) => {
  await stage.github.push({ repo: scene.repo, branch: "main", files });
  await stage.github.settled();
};
const pushToMain = async (files: Record<string, string>) => {
  await pushOnly(files);
  await stage.settled();
};

describe("a push to the base branch", () => {
  test("re-evaluates the open pull requests that share an object or a host with it, and no others", async () => {
    const sameObject = await scene.open({ objects: reviews.objects });
    const sameHost = await scene.open({ hosts: ["*.prod.svc.cluster.local"] });
    const stranger = await scene.open(ratings);
    await stage.settled();
    await pushToMain({ "reviews.yaml": service("reviews", 50) });
    expect([sameObject, sameHost, stranger].map(({ headSha }) => scene.runs(headSha).length)).toEqual([
      2, 2, 1,
    ]);
  });

  test("is told to the judge: the base tip is the new one", async () => {
    const pull = await scene.open(reviews);
    await stage.settled();
    await pushToMain({ "reviews.yaml": service("reviews", 40) });
    const line = stage.logs().findLast(({ message }) => message === "evaluated");
    expect(line).toMatchObject({ pr: pull.number, reason: "base moved", base: await scene.repo.sha("main") });
  });

  test("without any mesh object concerns nobody, nor does another branch, and that costs nothing", async () => {
    const pull = await scene.open(reviews);
    await stage.settled();
    await pushToMain({ "readme.md": `${Math.random()}` });
    scene.requests();
    await stage.github.push({
      repo: scene.repo,
      branch: "other",
      files: { "reviews.yaml": service("reviews", 10) },
    });
    await stage.settled();
    expect(scene.requests()).toEqual([]);
    expect(scene.runs(pull.headSha)).toHaveLength(1);
  });

  test("that rewrites history concerns everybody", async () => {
    const pull = await scene.open(ratings);
    await stage.settled();
    await scene.repo.branch("kept", "main");
    await stage.github.forcePush({
      repo: scene.repo,
      branch: "main",
      onto: null,
      files: { "reviews.yaml": service("reviews", 30), "ratings.yaml": service("ratings", 90) },
    });
    await stage.settled();
    expect(scene.runs(pull.headSha)).toHaveLength(2);
  });

  test("that changes the repository's policy concerns everybody", async () => {
    const pull = await scene.open(ratings);
    await stage.settled();
    await pushToMain({ ".github/sluice.yaml": "version: 1\n" });
    expect(scene.runs(pull.headSha)).toHaveLength(2);
  });

  test("whose effect cannot be read for the moment is looked at again, and in the end concerns everybody", async () => {
    const pull = await scene.open(ratings);
    await stage.settled();
    scene.fault({ kind: "status", status: 404 }, { path: "*/compare/*" }, 4);
    await pushToMain({ "readme.md": `${Math.random()}` });
    expect(scene.runs(pull.headSha)).toHaveLength(2);
  });

  test("during an evaluation is not missed", async () => {
    const pull = await scene.open(reviews);
    const push = async () => {
      await pushOnly({ "reviews.yaml": service("reviews", 20) });
      await stage.ring("REPOSITORY", String(scene.repo.id));
    };
    scene.fault({ kind: "meanwhile", happens: push }, { path: "*/compare/*" });
    await scene.look(pull);
    await stage.settled();
    const line = stage.logs().findLast(({ message }) => message === "evaluated");
    expect(line).toMatchObject({ pr: pull.number, base: await scene.repo.sha("main") });
    expect(scene.runs(pull.headSha)).toHaveLength(2);
  });

  test("concerns no pull request that was closed", async () => {
    const pull = await scene.open(reviews);
    await stage.settled();
    await stage.github.close(pull);
    await stage.settled();
    scene.requests();
    await pushToMain({ "reviews.yaml": service("reviews", 70) });
    expect(scene.requests()).toEqual([]);
  });
});
