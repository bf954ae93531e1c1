import { expect, test } from "vitest";
import type { Mesh } from "../../src/mesh/object.ts";
import { pairWorlds, worldOf, worlds } from "../../src/mesh/worlds.ts";
import { http, meshOfFiles, virtualService } from "./manifests.ts";

const reviews = (timeout: string): string =>
  virtualService(
    "shop/reviews",
    `hosts: [reviews]\nhttp: [{timeout: ${timeout}, route: [{destination: {host: reviews}}]}]`,
  );
const shared = virtualService("mesh/shared", `hosts: [shared]\n${http(" -> shared")}`);
const environments = (prod: string, staging: string): Mesh =>
  meshOfFiles({ "shared.yaml": shared, "clusters/prod/r.yaml": prod, "clusters/staging/r.yaml": staging });

const content = (mesh: Mesh): string[] =>
  mesh.virtualServices.map(({ name, spec }) => `${name} ${spec.http?.[0]?.timeout ?? ""}`.trim()).sort();

test("a mesh without conflicts is one world, itself", () => {
  const mesh = meshOfFiles({ "a.yaml": shared, "b/c.yaml": reviews("1s") });
  expect(worlds(mesh).map((world) => world.mesh)).toEqual([mesh]);
});

test("versions of one object are worlds apart, and share what conflicts with neither", () => {
  const mesh = environments(reviews("1s"), reviews("2s"));
  expect(worlds(mesh).map((world) => [world.name, content(world.mesh)])).toEqual([
    ["clusters/prod", ["reviews 1s", "shared"]],
    ["clusters/staging", ["reviews 2s", "shared"]],
  ]);
  const own = mesh.virtualServices.find(({ scope }) => scope === "clusters/staging");
  expect(own && content(worldOf(mesh, own))).toEqual(["reviews 2s", "shared"]);
});

test("equal copies are one object", () => {
  expect(worlds(environments(reviews("1s"), reviews("1s"))).map((world) => content(world.mesh))).toEqual([
    ["reviews 1s", "shared"],
  ]);
});

test("overlays of several applications meet by environment", () => {
  const cart = (timeout: string): string => reviews(timeout).replaceAll("reviews", "cart");
  const mesh = meshOfFiles({
    "apps/cart/prod/c.yaml": cart("1s"),
    "apps/cart/staging/c.yaml": cart("2s"),
    "apps/reviews/prod/r.yaml": reviews("1s"),
    "apps/reviews/staging/r.yaml": reviews("2s"),
  });
  expect(worlds(mesh).map((world) => content(world.mesh))).toEqual([
    ["cart 1s", "reviews 1s"],
    ["cart 2s", "reviews 2s"],
  ]);
});

test.each<[string, Mesh, Mesh, [string[], string[]][]]>([
  [
    "a change in one environment is seen in its world alone",
    environments(reviews("1s"), reviews("2s")),
    environments(reviews("9s"), reviews("2s")),
    [
      [
        ["reviews 1s", "shared"],
        ["reviews 9s", "shared"],
      ],
      [
        ["reviews 2s", "shared"],
        ["reviews 2s", "shared"],
      ],
    ],
  ],
  [
    "environments that part have the same past",
    environments(reviews("1s"), reviews("1s")),
    environments(reviews("1s"), reviews("2s")),
    [
      [
        ["reviews 1s", "shared"],
        ["reviews 1s", "shared"],
      ],
      [
        ["reviews 1s", "shared"],
        ["reviews 2s", "shared"],
      ],
    ],
  ],
  [
    "environments that become alike keep their own past",
    environments(reviews("1s"), reviews("2s")),
    environments(reviews("1s"), reviews("1s")),
    [
      [
        ["reviews 1s", "shared"],
        ["reviews 1s", "shared"],
      ],
      [
        ["reviews 2s", "shared"],
        ["reviews 1s", "shared"],
      ],
    ],
  ],
  [
    "a new environment has no past but what is shared",
    meshOfFiles({ "shared.yaml": shared, "clusters/prod/r.yaml": reviews("1s") }),
    environments(reviews("1s"), reviews("2s")),
    [
      [
        ["reviews 1s", "shared"],
        ["reviews 1s", "shared"],
      ],
      [["shared"], ["reviews 2s", "shared"]],
    ],
  ],
  [
    "an environment that goes leaves what is shared",
    environments(reviews("1s"), reviews("2s")),
    meshOfFiles({ "shared.yaml": shared, "clusters/prod/r.yaml": reviews("1s") }),
    [
      [
        ["reviews 1s", "shared"],
        ["reviews 1s", "shared"],
      ],
      [["reviews 2s", "shared"], ["shared"]],
    ],
  ],
  [
    "what all share goes from all",
    environments(reviews("1s"), reviews("2s")),
    meshOfFiles({ "clusters/prod/r.yaml": reviews("1s"), "clusters/staging/r.yaml": reviews("2s") }),
    [
      [["reviews 1s", "shared"], ["reviews 1s"]],
      [["reviews 2s", "shared"], ["reviews 2s"]],
    ],
  ],
])("%s", (_, base, head, expected) => {
  expect(pairWorlds(base, head).map((pair) => [content(pair.base), content(pair.head)])).toEqual(expected);
});
