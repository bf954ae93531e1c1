import { dump } from "js-yaml";
import { readManifests } from "../../src/manifest/read.ts";
import { buildMesh } from "../../src/mesh/build.ts";
import type { Mesh } from "../../src/mesh/object.ts";
import { touchedBy } from "../../src/mesh/touched.ts";
import { customFindings } from "../../src/policy/custom/findings.ts";
import { type EffectivePolicy, effectivePolicy } from "../../src/policy/effective.ts";
import { findings } from "../../src/policy/findings.ts";
import { policyLayers } from "../../src/policy/layers.ts";
import { Whereabouts } from "../../src/policy/placements.ts";
import { Moment } from "../../src/rules/moment.ts";
import type { TrafficChange } from "../../src/traffic/change.ts";
import { compareTraffic } from "../../src/traffic/compare.ts";
import { cpuTime } from "./cpu.ts";
import type { Row } from "./row.ts";
import { type Routes, realistic, slower, split } from "./tables.ts";

type Manifests = readonly object[];

/** A change of what is applied, as the two texts of one file. */
interface Scenario {
  readonly name: string;
  readonly base: Manifests;
  readonly head: Manifests;
}

const manifest = (apiVersion: string, kind: string, name: string, spec: object) => ({
  apiVersion,
  kind,
  metadata: { name, namespace: "prod" },
  spec,
});
const istio = "networking.istio.io/v1";

const virtualService = (name: string, http: Routes, hosts = [`${name}.example.com`]) =>
  manifest(istio, "VirtualService", name, { hosts, gateways: ["gateway", "mesh"], http });

/** What a table of routes speaks about: its gateway, and services with subsets and what protects them. */
const surroundings: Manifests = [
  manifest(istio, "Gateway", "gateway", {
    selector: { istio: "ingressgateway" },
    servers: [{ port: { number: 80, name: "http", protocol: "HTTP" }, hosts: ["*"] }],
  }),
  ...["svc", "default", ...Array.from({ length: 50 }, (_, i) => i)].flatMap((id) => {
    const name = id === "svc" ? "svc" : `service-${id}`;
    return [
      manifest("v1", "Service", name, { selector: { app: name }, ports: [{ name: "http", port: 80 }] }),
      manifest(istio, "DestinationRule", name, {
        host: name,
        trafficPolicy: { outlierDetection: { consecutive5xxErrors: 5 } },
        subsets: ["stable", "canary"].map((subset) => ({ name: subset, labels: { version: subset } })),
      }),
    ];
  }),
];

/** Every split of a table with another share for the canary. */
const moved = (routes: Routes, points: number): Routes =>
  routes.map((route) => ({ ...route, route: split(points) }));

function scenarios(): Scenario[] {
  const table = realistic(1000);
  const spread = (routes: Routes) =>
    Array.from({ length: 100 }, (_, i) =>
      virtualService(`shop-${i}`, [...routes.slice(i * 10, i * 10 + 9), { route: split(50) }]),
    );
  const one = (routes: Routes) => [virtualService("shop", routes)];
  const change = (name: string, base: Manifests, head: Manifests): Scenario => ({
    name,
    base: [...surroundings, ...base],
    head: [...surroundings, ...head],
  });
  return [
    change("1,000 routes of one VirtualService, a timeout each", one(table), one(slower(table))),
    change(
      "1,000 routes of one VirtualService, 10 points each",
      one(moved(table, 10)),
      one(moved(table, 20)),
    ),
    change(
      "1,000 routes of one VirtualService, 50 points each",
      one(moved(table, 10)),
      one(moved(table, 60)),
    ),
    change("100 VirtualServices of 10 routes, a timeout each", spread(table), spread(slower(table))),
    change(
      "100 VirtualServices of 10 routes, 50 points each",
      spread(moved(table, 10)),
      spread(moved(table, 60)),
    ),
  ];
}

const textOf = (manifests: Manifests) => manifests.map((each) => dump(each)).join("---\n");
const meshOf = (text: string): Mesh => buildMesh([readManifests("mesh.yaml", text)]);

const absent = { kind: "absent", source: "policy.yaml" } as const;
const nothing: TrafficChange = { shifts: [], changes: [], incomplete: [], unreachable: [], broken: [] };
const rounds = 25;

/**
 * What judging by the pack `recommended` adds to the time of the traffic diff, on meshes that are already built: the
 * comparison, and the lines of its changes and shifts, which the diff is never shown without.
 */
function added({ name, base, head }: Scenario): Row {
  const [before, after] = [textOf(base), textOf(head)];
  let [comparing, judging, found] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 0];
  for (let round = 0; round < rounds; round++) {
    const sides = { base: meshOf(before), head: meshOf(after) };
    let traffic = nothing;
    const lines = new Set<number>();
    const touched = new Set(touchedBy(sides.base, sides.head).objects);
    comparing = Math.min(
      comparing,
      cpuTime(() => {
        traffic = compareTraffic(sides.base, sides.head);
        for (const { range } of traffic.changes) lines.add(range.line);
        for (const { head } of traffic.shifts) lines.add(head?.range?.line ?? 0);
      }),
    );
    const policy = effectivePolicy(policyLayers(absent, absent), "enforce");
    judging = Math.min(
      judging,
      cpuTime(() => {
        found = findings({ ...sides, traffic, touched, moment: new Moment(0) }, policy).length;
      }),
    );
  }
  const percent = Math.round((100 * judging) / comparing);
  const figures = `traffic ${comparing.toFixed(1)} ms, policy ${judging.toFixed(1)} ms`;
  return { name, value: `${figures}: ${percent} % on top (${found} findings)` };
}

/** Rules as organisations write them: a field of the object, a walk over its routes, the old object, shares, a pattern. */
const expressions = [
  "!object.spec.http.exists(r, has(r.mirror))",
  "object.spec.http.all(r, !has(r.name) || r.name.matches('^[a-z][a-z0-9-]*$'))",
  "oldObject == null || object.spec.hosts == oldObject.spec.hosts",
  "shifts.all(s, s.points <= 80)",
  "routes.all(r, r.destinations.map(d, d.share).sum() <= 100.5)",
];

function customPolicy(rules: readonly string[]): EffectivePolicy {
  const custom = rules.map((expression, index) => ({
    id: `rule-${index}`,
    kinds: ["VirtualService"],
    severity: "warn",
    expression,
    message: "no",
  }));
  const text = dump({ version: 1, custom });
  return effectivePolicy(policyLayers({ ...absent, kind: "file", commit: null, text }, absent), "enforce");
}

/** What rules in CEL cost over 1,000 changed objects. */
function customRules(name: string, rules: readonly string[]): Row {
  const table = realistic(10, 7);
  const mesh = (points: number) =>
    textOf(Array.from({ length: 1000 }, (_, i) => virtualService(`shop-${i}`, moved(table, points))));
  const [before, after] = [mesh(10), mesh(20)];
  const policy = customPolicy(rules);
  let [least, found] = [Number.POSITIVE_INFINITY, 0];
  for (let round = 0; round < 5; round++) {
    const sides = { base: meshOf(before), head: meshOf(after) };
    const traffic = compareTraffic(sides.base, sides.head);
    const touched = new Set(touchedBy(sides.base, sides.head).objects);
    const whereabouts = new Whereabouts(sides.base, sides.head, policy);
    const work = () => {
      found = customFindings({ ...sides, traffic, touched }, policy, whereabouts).length;
    };
    least = Math.min(least, cpuTime(work));
  }
  return { name, value: `${least.toFixed(1)} ms (${found} findings)` };
}

/** CPU time of judging changes that are already read and compared. */
export async function policy(): Promise<Row[]> {
  const fifty = Array.from({ length: 10 }, () => expressions).flat();
  const hostile =
    "object.spec.http.all(a, object.spec.http.all(b, object.spec.http.all(c, routes.all(d, true))))";
  return [
    ...scenarios().map(added),
    customRules("50 rules in CEL over 1,000 objects", fifty),
    customRules("a rule in CEL that walks in circles, over 1,000 objects", [hostile]),
  ];
}
