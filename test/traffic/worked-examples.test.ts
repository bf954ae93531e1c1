import { describe, expect, it } from "vitest";
import { change, destinationRule, service, split, summary, virtualService } from "./manifests.ts";

const route = (weights: Record<string, number>) => virtualService(`- ${split(weights)}`);
const subsets = (canary: string) =>
  destinationRule(
    `host: reviews\nsubsets: [{ name: stable, labels: { v: "1" } }, { name: canary, labels: { v: "${canary}" } }]`,
  );

describe("the worked examples of the semantics", () => {
  const cases = [
    {
      name: "1: 90/10 → 40/60 is a step of 50 points",
      base: route({ stable: 90, canary: 10 }),
      head: route({ stable: 40, canary: 60 }),
      shifts: ["step 50: every request: stable 90, canary 10 → stable 40, canary 60"],
    },
    {
      name: "2: 40/60 → 100/0 drops the leg without weight",
      base: route({ stable: 40, canary: 60 }),
      head: route({ stable: 100, canary: 0 }),
      shifts: ["step 60: every request: stable 40, canary 60 → stable 100"],
    },
    {
      name: "3: 90/10 → 0/100 moves 90 points",
      base: route({ stable: 90, canary: 10 }),
      head: route({ stable: 0, canary: 100 }),
      shifts: ["step 90: every request: stable 90, canary 10 → canary 100"],
    },
    {
      name: "4: scaling 9/1 to 90/10 changes nothing",
      base: route({ stable: 9, canary: 1 }),
      head: route({ stable: 90, canary: 10 }),
      shifts: [],
    },
    {
      name: "5: the whole service → 90/10 is a first split of 10 points",
      base: virtualService("- route: [{ destination: { host: reviews } }]"),
      head: route({ stable: 90, canary: 10 }),
      shifts: ["first-split 10: every request: reviews 100 → stable 90, canary 10"],
    },
    {
      name: "5: so is a first VirtualService over a service that Git shows",
      base: service(),
      head: service() + route({ stable: 90, canary: 10 }),
      shifts: ["first-split 10: every request: reviews 100 → stable 90, canary 10"],
    },
    {
      name: "5: and over one that Git does not show, which stays in doubt",
      base: "",
      head: route({ stable: 90, canary: 10 }),
      shifts: ["first-split 10: every request: reviews 100 → stable 90, canary 10 (needs-inventory)"],
    },
    {
      name: "6: a rule for premium users above 90/10 moves only them",
      base: route({ stable: 90, canary: 10 }),
      head: virtualService(`
- match: [{ headers: { user-tier: { exact: premium } } }]
  ${split({ canary: 100 })}
- ${split({ stable: 90, canary: 10 })}`),
      shifts: ["step 90: header user-tier = premium: stable 90, canary 10 → canary 100"],
    },
    {
      name: "7: 50/50 → 100 is a step of 50 points, whoever is stable",
      base: route({ v1: 50, v2: 50 }),
      head: route({ v1: 100 }),
      shifts: ["step 50: every request: v1 50, v2 50 → v1 100"],
    },
    {
      name: "a new service and its routes are introduced, no step",
      base: "",
      head: service() + route({ stable: 50, canary: 50 }),
      shifts: ["introduced 0: every request: nobody → stable 50, canary 50"],
    },
    {
      name: "a service and its routes that go are removed, no step",
      base: service() + route({ stable: 50, canary: 50 }),
      head: "",
      shifts: ["removed 0: every request: stable 50, canary 50 → nobody"],
    },
    {
      name: "back to the whole service is a step",
      base: service() + route({ stable: 50, canary: 50 }),
      head: service(),
      shifts: ["step 100: every request: stable 50, canary 50 → reviews 100"],
    },
    {
      name: "a route where nothing matched is introduced, one that goes is removed",
      base: virtualService(`
- match: [{ uri: { prefix: /old/ } }]
  ${split({ stable: 100 })}`),
      head: virtualService(`
- match: [{ uri: { prefix: /new/ } }]
  ${split({ stable: 100 })}`),
      shifts: [
        "introduced 0: path /new/*: nobody → stable 100",
        "removed 0: path /old/*: stable 100 → nobody",
      ],
    },
    {
      name: "thirds are exact: 33 ⅓ points, not 33.3333333331",
      base: route({ a: 1, b: 1, c: 1 }),
      head: route({ a: 2, b: 1 }),
      shifts: [
        `step ${100 / 3}: every request: a ${100 / 3}, b ${100 / 3}, c ${100 / 3} → a ${200 / 3}, b ${100 / 3}`,
      ],
    },
    {
      name: "a route that becomes a redirect sends everybody away",
      base: route({ stable: 100 }),
      head: virtualService("- redirect: { authority: elsewhere.example.com }"),
      shifts: ["step 100: every request: stable 100 → redirect 100"],
    },
  ];
  for (const { name, base, head, shifts } of cases) {
    it(name, () => {
      expect(change(base, head).shifts.map(summary)).toEqual(shifts);
    });
  }

  it("9: a subset whose labels change is told even where no share moves", () => {
    const routes = route({ stable: 40, canary: 60 });
    const { shifts, changes } = change(routes + subsets("2"), routes + subsets("3"));
    expect(shifts).toEqual([]);
    expect(changes).toMatchObject([{ kind: "subset", before: "v=2", after: "v=3", direction: "other" }]);
  });

  it("12: a timeout that goes is looser", () => {
    const timed = virtualService(`- ${split({ stable: 100 })}\n  timeout: 5s`);
    const { shifts, changes } = change(timed, route({ stable: 100 }));
    expect(shifts).toEqual([]);
    expect(changes).toMatchObject([
      { kind: "timeout", before: "5s", after: "none", direction: "looser", path: "http[0].timeout" },
    ]);
  });
});
