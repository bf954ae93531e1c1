import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import type { HTTPRoute } from "../../src/mesh/istio.ts";
import type { RequestExample } from "../../src/traffic/change.ts";
import type { ChangedClass } from "../../src/traffic/classes/changed-classes.ts";
import { changedClasses, idOf, service } from "../traffic/changed-classes.ts";
import { edit, request, table } from "../traffic/generate.ts";
import { effect, type Request, type Service, speaks, type Winner, winner } from "../traffic/oracle.ts";

const runs = process.env.SLUICE_LONG === "1" ? 34_000 : 400;

/** The request that an example stands for; values nobody mentions fill what it leaves open. */
function replayed(example: RequestExample): Request {
  return {
    ...example,
    authority: example.host,
    port: example.port ?? 1,
    namespace: example.from?.namespace ?? "somewhere",
    labels: example.from?.labels ?? {},
  };
}

/** Where nothing is built a gateway answers 404, like an unmatched request. */
const treatmentOf = ({ id, route }: Winner, gateway: string) =>
  JSON.stringify(route === null ? (gateway === "mesh" ? id : "none") : effect(route));

const same = (id: string, gateway: string) => (gateway !== "mesh" && id === "default" ? "not-found" : id);

/** How much a long run has looked at. */
const seen = { pairs: 0, classes: 0, requests: 0, changed: 0 };
afterAll(() => {
  if (process.env.SLUICE_LONG === "1") console.log(JSON.stringify(seen));
});

function check(
  base: readonly Service[],
  head: readonly Service[],
  gateway: string,
  requests: readonly Request[],
  answer = (services: readonly Service[], each: Request) => winner(services, gateway, each),
): void {
  const contexts = changedClasses(base, head);
  for (const { incomplete } of contexts) expect(incomplete).toBeNull();
  const classes = contexts.flatMap((context) => context.classes);
  for (const changed of classes) expectExact(changed, base, head, gateway, answer);
  const pairs = new Set(classes.map((changed) => `${idOf(changed.base)} → ${idOf(changed.head)}`));
  seen.pairs++;
  seen.classes += classes.length;
  for (const each of requests) {
    seen.requests++;
    const [before, after] = [answer(base, each), answer(head, each)];
    if (treatmentOf(before, gateway) === treatmentOf(after, gateway)) continue;
    seen.changed++;
    const pair = `${same(before.id, gateway)} → ${same(after.id, gateway)}`;
    expect(pairs, JSON.stringify([each, base, head])).toContain(pair);
  }
}

function expectExact(
  changed: ChangedClass,
  base: readonly Service[],
  head: readonly Service[],
  gateway: string,
  answer: (services: readonly Service[], each: Request) => Winner,
): void {
  const each = replayed(changed.example()!);
  const [before, after] = [answer(base, each), answer(head, each)];
  expect([idOf(changed.base), idOf(changed.head)], JSON.stringify(each)).toEqual([
    same(before.id, gateway),
    same(after.id, gateway),
  ]);
  expect(treatmentOf(before, gateway)).not.toBe(treatmentOf(after, gateway));
}

const requests = fc.array(request, { minLength: 40, maxLength: 80 });
const either = fc.oneof(
  { weight: 3, arbitrary: edit },
  { weight: 1, arbitrary: table.map((fresh) => () => fresh) },
);

describe("changed classes are exactly the requests that get another answer", { timeout: 3_600_000 }, () => {
  for (const gateway of ["ns/gw", "mesh"]) {
    it(`of one VirtualService at ${gateway}`, () => {
      fc.assert(
        fc.property(table, either, requests, (routes, change, list) => {
          check([service("v", routes, gateway)], [service("v", change(routes), gateway)], gateway, list);
        }),
        { numRuns: runs },
      );
    });

    it(`of two VirtualServices for one host at ${gateway}`, () => {
      fc.assert(
        fc.property(table, table, edit, edit, requests, (left, right, change, other, list) => {
          const base = [service("v", left, gateway), service("w", right, gateway)];
          const head = [service("v", change(left), gateway), service("w", other(right), gateway)];
          check(base, head, gateway, list);
        }),
        { numRuns: Math.ceil(runs / 2) },
      );
    });
  }

  it("of hosts and wildcards at one gateway", () => {
    const hosts = fc.uniqueArray(
      fc.constantFrom("a.x.com", "*.x.com", "b.x.com", "*.com", "*", "q.b.x.com"),
      {
        minLength: 1,
        maxLength: 2,
      },
    );
    const authority = fc.constantFrom(
      "a.x.com",
      "A.x.com:80",
      "b.x.com",
      "c.x.com",
      "q.b.x.com:8080",
      "z.com",
      "foo.org",
      "x.com",
    );
    const fate = fc.constantFrom("kept", "kept", "added", "removed", "fewer hosts");
    const entries = fc.array(fc.tuple(hosts, table, fc.option(edit, { nil: null }), fate), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(
        entries,
        fc.array(fc.tuple(request, authority), { minLength: 30, maxLength: 50 }),
        (list, tries) => {
          const base: Service[] = [];
          const head: Service[] = [];
          for (const [i, [names, routes, change, what]] of list.entries()) {
            if (what !== "added") base.push(service(`v${i}`, routes, "ns/gw", names));
            const kept = what === "fewer hosts" ? names.slice(-1) : names;
            if (what !== "removed") head.push(service(`v${i}`, change?.(routes) ?? routes, "ns/gw", kept));
          }
          const known = new Set(base.map(({ name }) => name));
          head.sort((a, b) => Number(!known.has(a.name)) - Number(!known.has(b.name)));
          check(
            base,
            head,
            "ns/gw",
            tries.map(([each, host]) => ({ ...each, authority: host })),
            answerByHost,
          );
        },
      ),
      { numRuns: runs },
    );
  });

  it("and a comparison out of budget names at least those", () => {
    fc.assert(
      fc.property(table, either, fc.nat(3_000), requests, (routes, change, units, list) => {
        const noCallers = (each: HTTPRoute): HTTPRoute => {
          const strip = ({
            port,
            sourceNamespace,
            sourceLabels,
            ...rest
          }: NonNullable<HTTPRoute["match"]>[number]) => rest;
          return each.match ? { ...each, match: each.match.map(strip) } : each;
        };
        const base = [service("v", routes.map(noCallers), "ns/gw")];
        const head = [service("v", change(routes).map(noCallers), "ns/gw")];
        const contexts = changedClasses(base, head, units);
        const pairs = new Set(
          contexts.flatMap(({ classes }) => classes.map((c) => `${idOf(c.base)} → ${idOf(c.head)}`)),
        );
        // So many guesses are no longer listed one by one.
        const isCapped = contexts.some(
          ({ incomplete, classes }) => incomplete !== null && classes.length >= 200,
        );
        for (const each of list) {
          const [before, after] = [winner(base, "ns/gw", each), winner(head, "ns/gw", each)];
          if (isCapped || treatmentOf(before, "ns/gw") === treatmentOf(after, "ns/gw")) continue;
          expect(pairs).toContain(`${same(before.id, "ns/gw")} → ${same(after.id, "ns/gw")}`);
        }
      }),
      { numRuns: runs },
    );
  });
});

/** Envoy chooses the virtual host first: the exact name, else the longest wildcard; its port and case do not count. */
function answerByHost(services: readonly Service[], each: Request): Winner {
  const host = each.authority.toLowerCase().replace(/:\d+$/, "");
  const covers = (pattern: string) =>
    pattern === host ||
    (pattern.startsWith("*") && host.length > pattern.length - 1 && host.endsWith(pattern.slice(1)));
  const rank = (pattern: string) => (pattern.startsWith("*") ? pattern.length : 1_000);
  const speaking = services.filter((service) => speaks(service, "ns/gw", each));
  const [best] = speaking
    .flatMap(({ spec }) => spec.hosts ?? [])
    .filter(covers)
    .sort((a, b) => rank(b) - rank(a));
  if (best === undefined) return { id: "not-found", route: null };
  return winner(
    services.filter(({ spec }) => spec.hosts?.includes(best)),
    "ns/gw",
    each,
  );
}
