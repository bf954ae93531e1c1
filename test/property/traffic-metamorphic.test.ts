import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { HTTPRoute } from "../../src/mesh/istio.ts";
import type { Leg, TrafficChange } from "../../src/traffic/change.ts";
import { compareTraffic } from "../../src/traffic/compare.ts";
import { changedClasses, idOf, service } from "../traffic/changed-classes.ts";
import { edit, meshOf, request, table } from "../traffic/generate.ts";
import { effect, type Service, winner } from "../traffic/oracle.ts";

const runs = process.env.SLUICE_LONG === "1" ? 10_000 : 200;

const compare = (base: readonly Service[], head: readonly Service[]) =>
  compareTraffic(meshOf(base), meshOf(head));
const silence = ({ shifts, changes, incomplete }: TrafficChange) => ({ shifts, changes, incomplete });
const nothing = { shifts: [], changes: [], incomplete: [] };

/** Ways to write the same table otherwise; numbers choose where. */
const rewritings: Readonly<
  Record<string, (routes: readonly HTTPRoute[], at: number) => readonly HTTPRoute[]>
> = {
  "other names": (routes) => routes.map((route, i) => ({ ...route, name: `route-${i}` })),
  "weights seven times as large": (routes) =>
    routes.map(({ route = [], ...rest }) => ({
      ...rest,
      route: route.map((leg) => (leg.weight === undefined ? leg : { ...leg, weight: leg.weight * 7 })),
    })),
  "matches of a route in reverse": (routes) =>
    routes.map((route) => (route.match ? { ...route, match: [...route.match].reverse() } : route)),
  "one route for each match": (routes) =>
    routes.flatMap((route) => route.match?.map((match) => ({ ...route, match: [match] })) ?? [route]),
  "a route twice": (routes, at) => {
    const i = at % (routes.length || 1);
    return [...routes.slice(0, i + 1), ...routes.slice(i, i + 1), ...routes.slice(i + 1)];
  },
  "routes behind a route without match": (routes, at) => {
    const last = routes.findIndex(({ match }) => match === undefined);
    return last < 0 ? routes : [...routes, routes[at % routes.length]!];
  },
  "a leg of weight zero": (routes) =>
    routes.map(({ route = [], ...rest }) => ({
      ...rest,
      route: route.length < 2 ? route : [...route, { destination: { host: "never.com" }, weight: 0 }],
    })),
  "a match that asks what another asks already": (routes, at) =>
    routes.map((route) => {
      const extra = route.match?.[at % route.match.length];
      return extra === undefined ? route : { ...route, match: [...route.match!, extra] };
    }),
};

/** Destinations with their parts, however they are ordered. */
function shares(legs: readonly Leg[]): string {
  const texts = legs.map(({ destination: { host, subset }, share }) => {
    return `${host} ${subset ?? ""} ${(share.numerator / share.denominator).toFixed(9)}`;
  });
  return texts.sort().join(", ");
}

function expectedShares(route: HTTPRoute | null): string {
  const parts = Object.entries(effect(route).shares).map(([name, share]) => `${name} ${share.toFixed(9)}`);
  return parts.sort().join(", ");
}

describe("comparisons of comparisons", { timeout: 3_600_000 }, () => {
  for (const gateway of ["ns/gw", "mesh"]) {
    for (const [name, rewrite] of Object.entries(rewritings)) {
      it(`${name} changes nothing at ${gateway}`, () => {
        fc.assert(
          fc.property(table, fc.nat(20), (routes, at) => {
            const [base, head] = [
              [service("v", routes, gateway)],
              [service("v", rewrite(routes, at), gateway)],
            ];
            expect(silence(compare(base, head))).toEqual(nothing);
            expect(silence(compare(head, base))).toEqual(nothing);
          }),
          { numRuns: runs },
        );
      });
    }
  }

  it("a state and itself differ in nothing at all", () => {
    fc.assert(
      fc.property(table, table, (left, right) => {
        const services = [service("v", left, "ns/gw"), service("w", right, "mesh")];
        expect(compare(services, services)).toEqual({ ...nothing, unreachable: [], broken: [] });
      }),
      { numRuns: runs },
    );
  });

  it("there and back are mirror images", () => {
    const pairs = (base: readonly Service[], head: readonly Service[]) =>
      changedClasses(base, head).flatMap(({ classes }) =>
        classes.map((each) => [idOf(each.base), idOf(each.head)]),
      );
    fc.assert(
      fc.property(table, edit, (routes, change) => {
        const [base, head] = [[service("v", routes, "ns/gw")], [service("v", change(routes), "ns/gw")]];
        const back = pairs(head, base).map(([before, after]) => `${after} → ${before}`);
        const there = pairs(base, head).map(([before, after]) => `${before} → ${after}`);
        expect(there.sort()).toEqual(back.sort());
      }),
      { numRuns: runs },
    );
  });

  it("a route called unreachable answers nobody", () => {
    fc.assert(
      fc.property(
        table,
        edit,
        fc.array(request, { minLength: 40, maxLength: 60 }),
        (routes, change, requests) => {
          const [base, head] = [[service("v", routes, "ns/gw")], [service("v", change(routes), "ns/gw")]];
          const dead = compare(base, head).unreachable.map(({ route }) => `v ${route}`);
          const answering = new Set(requests.map((each) => winner(head, "ns/gw", each).id));
          for (const route of dead) {
            expect([...answering].filter((id) => id === route || id === `${route} match[0]`)).toEqual([]);
          }
        },
      ),
      { numRuns: runs },
    );
  });

  it("whoever gets other shares is in a shift that says exactly so", () => {
    fc.assert(
      fc.property(
        table,
        edit,
        fc.array(request, { minLength: 30, maxLength: 50 }),
        (routes, change, requests) => {
          const [base, head] = [[service("v", routes, "ns/gw")], [service("v", change(routes), "ns/gw")]];
          const { shifts } = compare(base, head);
          const moves = new Set(shifts.map(({ before, after }) => `${shares(before)} → ${shares(after)}`));
          for (const each of requests) {
            const [before, after] = [winner(base, "ns/gw", each).route, winner(head, "ns/gw", each).route];
            const [from, to] = [expectedShares(before), expectedShares(after)];
            if (from !== to) expect(moves, JSON.stringify(each)).toContain(`${from} → ${to}`);
          }
          for (const { before, after, points, kind } of shifts) {
            expect(shares(before)).not.toBe(shares(after));
            expect(points).toBeGreaterThanOrEqual(0);
            expect(points).toBeLessThanOrEqual(100);
            expect(kind === "introduced").toBe(before.length === 0);
          }
        },
      ),
      { numRuns: runs },
    );
  });
});
