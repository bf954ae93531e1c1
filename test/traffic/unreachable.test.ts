import { describe, expect, it } from "vitest";
import { change, destinationRule, service, split, virtualService } from "./manifests.ts";

const to = (subset: string) => split({ [subset]: 100 });
const path = (match: string, subset: string, fields = "") =>
  `- match: [{ ${match} }]\n  ${to(subset)}${fields}`;

describe("routes that no longer answer", () => {
  const cases: { name: string; base: string[]; head: string[]; unreachable: unknown[] }[] = [
    {
      name: "one that is added behind a wider prefix",
      base: [path("uri: { prefix: /api/ }", "a")],
      head: [path("uri: { prefix: /api/ }", "a"), path("uri: { prefix: /api/v2/ }", "b")],
      unreachable: [{ route: "http[1]", takenBy: ["VirtualService/prod/reviews http[0]"], isNew: true }],
    },
    {
      name: "one that a new route in front takes over",
      base: [path("uri: { exact: /api }", "b")],
      head: [path("uri: { regex: '/a.*' }", "a"), path("uri: { exact: /api }", "b")],
      unreachable: [{ route: "http[1]", takenBy: ["VirtualService/prod/reviews http[0]"], isNew: true }],
    },
    {
      name: "one that several routes cover together",
      base: [path("headers: { x: {} }", "c")],
      head: [
        path("method: { exact: GET }", "a"),
        path("method: { regex: '[^G].*|G[^E].*|GE[^T].*|GET.+|G|GE' }", "b"),
        path("headers: { x: {} }", "c"),
      ],
      unreachable: [
        {
          route: "http[2]",
          takenBy: ["VirtualService/prod/reviews http[0]", "VirtualService/prod/reviews http[1]"],
          isNew: true,
        },
      ],
    },
    {
      name: "one behind a catch-all, which Istio does not even send",
      base: [path("uri: { prefix: /b/ }", "b")],
      head: [`- ${to("a")}`, path("uri: { prefix: /b/ }", "b")],
      unreachable: [{ route: "http[1]", takenBy: ["VirtualService/prod/reviews http[0]"], isNew: true }],
    },
    {
      name: "one that says again what another says",
      base: [path("uri: { prefix: /b/ }", "b")],
      head: [path("uri: { prefix: /b/ }", "b"), path("uri: { prefix: /b/ }", "b")],
      unreachable: [{ route: "http[1]", takenBy: ["VirtualService/prod/reviews http[0]"], isNew: true }],
    },
    {
      name: "one whose own conditions can never hold",
      base: [path("uri: { prefix: /b/ }", "b")],
      head: [path("withoutHeaders: { x: { regex: '.*' } }", "a"), path("uri: { prefix: /b/ }", "b")],
      unreachable: [{ route: "http[0]", takenBy: [], isNew: true }],
    },
    {
      name: "an old one that is edited although nobody reaches it",
      base: [path("uri: { prefix: /b/ }", "a"), path("uri: { prefix: /b/c }", "b")],
      head: [path("uri: { prefix: /b/ }", "a"), path("uri: { prefix: /b/c }", "b", "\n  timeout: 1s")],
      unreachable: [{ route: "http[1]", takenBy: ["VirtualService/prod/reviews http[0]"], isNew: false }],
    },
    {
      name: "an old one that nobody touches is no news",
      base: [path("uri: { prefix: /b/ }", "a"), path("uri: { prefix: /b/c }", "b")],
      head: [path("uri: { prefix: /b/ }", "a", "\n  timeout: 1s"), path("uri: { prefix: /b/c }", "b")],
      unreachable: [],
    },
    {
      name: "the match of a route that has others",
      base: [path("uri: { prefix: /b/ }", "a")],
      head: [path("uri: { prefix: /b/ }", "a"), path("uri: { prefix: /b/c } }, { uri: { prefix: /d/ }", "b")],
      unreachable: [
        { route: "http[1] match[0]", takenBy: ["VirtualService/prod/reviews http[0]"], isNew: true },
      ],
    },
    {
      name: "not a route that only callers of one kind do not reach",
      base: [path("uri: { prefix: /b/ }", "b")],
      head: [
        path("uri: { prefix: /b/ }, sourceLabels: { app: web }", "a"),
        path("uri: { prefix: /b/ }", "b"),
      ],
      unreachable: [],
    },
  ];
  for (const { name, base, head, unreachable } of cases) {
    it(name, () => {
      const seen = change(virtualService(base.join("\n")), virtualService(head.join("\n"))).unreachable;
      expect(seen.map(({ route, takenBy, isNew }) => ({ route, takenBy, isNew }))).toEqual(unreachable);
    });
  }
});

describe("destinations that are not there", () => {
  const rule = (...names: string[]) =>
    destinationRule(`host: reviews\nsubsets: [${names.map((name) => `{ name: ${name} }`).join(", ")}]`);
  const routes = (...subsets: string[]) =>
    virtualService(`- ${split(Object.fromEntries(subsets.map((name) => [name, 50])))}`);
  const cases: { name: string; base: string; head: string; broken: unknown[] }[] = [
    {
      name: "a subset that goes while requests still do",
      base: routes("a", "b") + rule("a", "b"),
      head: routes("a", "b") + rule("a"),
      broken: [{ missing: "subset", isNew: true, route: "http[0]", destination: { subset: "b" } }],
    },
    {
      name: "a subset that nobody made before it got requests",
      base: routes("a") + rule("a"),
      head: routes("a", "b") + rule("a"),
      broken: [{ missing: "subset", isNew: true, destination: { subset: "b" } }],
    },
    {
      name: "a subset that was missing already",
      base: routes("a", "b") + rule("a"),
      head: routes("a", "b", "c") + rule("a", "c"),
      broken: [{ missing: "subset", isNew: false, destination: { subset: "b" } }],
    },
    {
      name: "not a subset of which Git shows no DestinationRule",
      base: "",
      head: routes("a", "b"),
      broken: [],
    },
    {
      name: "a service that goes while requests still do",
      base: service() + service("ratings") + virtualService("- route: [{ destination: { host: ratings } }]"),
      head: service() + virtualService("- route: [{ destination: { host: ratings } }]"),
      broken: [{ missing: "host", isNew: true, destination: { host: "ratings.prod.svc.cluster.local" } }],
    },
    {
      name: "not a leg without weight",
      base: routes("a") + rule("a"),
      head: virtualService(`- ${split({ a: 1, gone: 0 })}`) + rule("a"),
      broken: [],
    },
  ];
  for (const { name, base, head, broken } of cases) {
    it(name, () => {
      expect(change(base, head).broken).toMatchObject(broken);
      expect(change(base, head).broken).toHaveLength(broken.length);
    });
  }

  it("are marked where shares move to them", () => {
    const [shift] = change(routes("a") + rule("a"), routes("a", "b") + rule("a")).shifts;
    expect(shift!.after.map(({ destination: { subset }, fails }) => [subset, fails])).toEqual([
      ["a", undefined],
      ["b", "503: no such subset"],
    ]);
  });
});
