import type { HTTPRoute } from "../../src/mesh/istio.ts";
import type { Service } from "../traffic/oracle.ts";

/** The `http` list of one VirtualService. */
export type Routes = readonly HTTPRoute[];

/** Reproducible and evenly spread (mulberry32): the same tables on every machine. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides;
  };
}

const words = [
  "users",
  "orders",
  "cart",
  "items",
  "search",
  "pay",
  "auth",
  "admin",
  "v1",
  "v2",
  "report",
  "img",
];

export const split = (canary: number) => [
  { destination: { host: "svc", subset: "stable" }, weight: 100 - canary },
  { destination: { host: "svc", subset: "canary" }, weight: canary },
];
const to = (name: string | number) => [{ destination: { host: `service-${name}` } }];

/** A table as large repositories have it: mostly prefixes, some exact paths, a few expressions, headers and methods. */
export function realistic(size: number, seed = size): Routes {
  const roll = dice(seed);
  const word = () => words[roll(words.length)];
  const routes = Array.from({ length: size - 1 }, (_, i): HTTPRoute => {
    const path = `/${word()}/${word()}-${roll(size * 2)}${roll(2) === 0 ? "" : `/${word()}`}`;
    const form = roll(20);
    const uri =
      form === 0 ? { regex: `${path}/[0-9]+(/.*)?` } : form < 6 ? { exact: path } : { prefix: path };
    const extra = roll(50);
    const condition =
      extra < 5
        ? { headers: { "user-tier": { exact: ["gold", "premium", "beta"][roll(3)]! } } }
        : extra < 8
          ? { method: { exact: "POST" } }
          : extra === 8
            ? { withoutHeaders: { "x-debug": {} } }
            : {};
    return {
      name: `r${i}`,
      match: [{ uri, ...condition }],
      route: roll(2) === 0 ? to(roll(50)) : split(roll(100)),
    };
  });
  return [...routes, { route: to("default") }];
}

export const service = (http: Routes, index = 0): Service => ({
  name: `v${index}`,
  spec: { hosts: [`h${index}.example.com`], gateways: ["gw"], http },
});

export function edited(routes: Routes, index: number, route: Partial<HTTPRoute>): Routes {
  return routes.map((each, i) => (i === index ? { ...each, ...route } : each));
}

export const slower = (routes: Routes): Routes => routes.map((route) => ({ ...route, timeout: "7s" }));

/** Tables made to be expensive: what a comparison may cost is bounded, and it says where it gave up. */
export function adversarial(): { name: string; routes: Routes }[] {
  const many = (count: number, make: (i: number) => HTTPRoute): Routes => [
    ...Array.from({ length: count }, (_, i) => make(i)),
    { route: to("rest") },
  ];
  const header = (name: string, value: string) => ({ [name]: { exact: value } });
  const roll = dice(12345);
  const clause = (i: number): HTTPRoute => {
    const names = new Set<number>();
    while (names.size < 3) names.add(roll(30));
    const [wanted, unwanted] = [{}, {}] as [Record<string, object>, Record<string, object>];
    for (const name of names) (roll(2) === 0 ? wanted : unwanted)[`h${name}`] = {};
    return { match: [{ headers: wanted, withoutHeaders: unwanted }], route: to(i) };
  };
  const flag = (i: number): HTTPRoute => ({
    match: [{ headers: header(`flag${i}`, "on") }],
    route: to(`f${i}`),
  });
  const path = (i: number): HTTPRoute => ({ match: [{ uri: { prefix: `/p${i}/` } }], route: to(i) });
  return [
    {
      name: "400 disjoint header pairs",
      routes: many(400, (i) => ({
        match: [{ headers: { ...header(`a${i}`, "1"), ...header(`b${i}`, "1") } }],
        route: to(i),
      })),
    },
    {
      name: "16 expressions that may match anywhere",
      routes: many(16, (i) => ({ match: [{ uri: { regex: `.*w${i}q.*` } }], route: to(i) })),
    },
    {
      name: "12 such expressions, each with its own header",
      routes: many(12, (i) => ({
        match: [{ uri: { regex: `.*w${i}q.*` }, headers: header(`h${i}`, "1") }],
        route: to(i),
      })),
    },
    { name: "129 random clauses over 30 headers", routes: many(129, clause) },
    {
      name: "30 two-header routes before 200 paths",
      routes: [
        ...Array.from(
          { length: 30 },
          (_, i): HTTPRoute => ({
            match: [{ headers: { ...header(`a${i % 6}`, `v${i}`), ...header(`b${i % 5}`, `w${i}`) } }],
            route: to(`f${i}`),
          }),
        ),
        ...many(200, path),
      ],
    },
    {
      name: "50 flags before 500 paths",
      routes: [...Array.from({ length: 50 }, (_, i) => flag(i)), ...many(500, path)],
    },
    {
      name: "1,000 nested prefixes",
      routes: many(1000, (i) => ({ match: [{ uri: { prefix: "/a".repeat(1000 - i) } }], route: to(i) })),
    },
    {
      name: "1,000 prefixes in any case",
      routes: many(1000, (i) => ({
        match: [{ uri: { prefix: `/Svc${i}/` }, ignoreUriCase: true }],
        route: to(i),
      })),
    },
    {
      name: "500 expressions with 2¹⁴ states",
      routes: many(500, (i) => ({ match: [{ uri: { regex: `/${i}(a|b)*a(a|b){14}` } }], route: to(i) })),
    },
    {
      name: "11 source labels on 300 routes",
      routes: many(300, (i) => ({
        match: [{ sourceLabels: { [`l${i % 11}`]: "v" }, uri: { prefix: `/p${i}` } }],
        route: to(i),
      })),
    },
  ];
}
