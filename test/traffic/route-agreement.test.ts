import fc from "fast-check";
import { expect, test } from "vitest";
import type { Mesh } from "../../src/mesh/object.ts";
import { routeContexts } from "../../src/traffic/effective/contexts.ts";
import { requestMatches, requestView } from "../../src/traffic/effective/proxy/request-match.ts";
import { routesFor } from "../../src/traffic/effective/proxy-routes.ts";
import type { RouteTable } from "../../src/traffic/effective/table.ts";
import { answer } from "../../src/traffic/route.ts";
import {
  gateway,
  meshFrom,
  service,
  serviceEntry,
  sidecar,
  virtualService,
} from "../resolution/manifests.ts";

/** The tables that the comparison reads, and the simulator of one request, are two readings of the same mesh. */

const namespaces = ["one", "two"];
const names = ["alpha", "beta"];
const hostsOfMesh = namespaces.flatMap((namespace) =>
  names.map((name) => `${name}.${namespace}.svc.cluster.local`),
);
const otherHosts = ["api.example.com", "www.example.com", "other.net"];
const wildcards = ["*.one.svc.cluster.local", "*.svc.cluster.local", "*.example.com", "*"];
const apps = ["x", "y"];
const paths = ["/", "/a", "/a/b", "/c"];

const match = fc.record(
  {
    uri: fc.oneof(
      fc.record({ prefix: fc.constantFrom(...paths) }),
      fc.record({ exact: fc.constantFrom(...paths) }),
      fc.record({ regex: fc.constantFrom(".*", "/a.*") }),
    ),
    sourceLabels: fc.record({ app: fc.constantFrom(...apps) }),
    sourceNamespace: fc.constantFrom(...namespaces),
    gateways: fc.constantFrom(["mesh"], ["one/gw"]),
    port: fc.constantFrom(80, 8080),
    method: fc.record({ exact: fc.constantFrom("GET", "POST") }),
  },
  { requiredKeys: [] },
);
const route = fc.record({
  match: fc.array(match, { maxLength: 2 }),
  to: fc.constantFrom("r1", "r2", "r3", "r4"),
});
const virtual = fc.record({
  namespace: fc.constantFrom(...namespaces),
  // A wildcard stands alone: whether it owns another host's service decides ports that a table does not follow.
  hosts: fc.oneof(
    fc.uniqueArray(fc.constantFrom(...hostsOfMesh, ...otherHosts), { minLength: 1, maxLength: 2 }),
    fc.constantFrom(...wildcards).map((host) => [host]),
  ),
  gateways: fc.constantFrom(["mesh"], ["one/gw"], ["mesh", "one/gw"]),
  exportTo: fc.constantFrom([], ["*"], ["."], ["two"], ["one", "two"]),
  http: fc.array(route, { minLength: 1, maxLength: 3 }),
});
const servers = fc.array(
  fc.record({
    port: fc.constantFrom(80, 8080),
    hosts: fc.uniqueArray(fc.constantFrom(...otherHosts, "*.example.com", "*", "one/*.example.com"), {
      minLength: 1,
      maxLength: 2,
    }),
    redirect: fc.boolean(),
  }),
  { minLength: 1, maxLength: 2 },
);
const egress = fc.record({
  namespace: fc.constantFrom("two", "istio-system"),
  hosts: fc.uniqueArray(fc.constantFrom("*/*", "./*", "one/*", "*/alpha.one.svc.cluster.local", "~one/*"), {
    minLength: 1,
    maxLength: 2,
  }),
  selector: fc.boolean(),
});
const world = fc.record({
  virtuals: fc.array(virtual, { minLength: 1, maxLength: 4 }),
  servers,
  egress: fc.array(egress, { maxLength: 1 }),
});

type World = typeof world extends fc.Arbitrary<infer Value> ? Value : never;

function meshOf({ virtuals, servers: list, egress: sidecars }: World): Mesh {
  const text = (value: unknown): string => JSON.stringify(value);
  const parts = [
    ...namespaces.flatMap((namespace) =>
      names.map((name) => service(`${namespace}/${name}`, ["http:80", "http-b:8080"])),
    ),
    serviceEntry(
      "one/e",
      "hosts: [api.example.com]\nresolution: DNS\nports: [{number: 80, name: http, protocol: HTTP}]",
    ),
    gateway(
      "one/gw",
      `selector: {app: gw}\nservers: ${text(
        list.map(({ port, hosts, redirect }, index) => ({
          port: { number: port, name: `http-${index}`, protocol: "HTTP" },
          hosts,
          ...(redirect && { tls: { httpsRedirect: true } }),
        })),
      )}`,
    ),
    ...virtuals.map(({ namespace, hosts, gateways, exportTo, http }, index) => {
      const routes = http.map(({ match: matches, to }) => ({
        ...(matches.length > 0 && { match: matches }),
        route: [{ destination: { host: to, port: { number: 1 } } }],
      }));
      return virtualService(
        `${namespace}/v${index}`,
        `hosts: ${text(hosts)}\ngateways: ${text(gateways)}\nexportTo: ${text(exportTo)}\nhttp: ${text(routes)}`,
      );
    }),
    ...sidecars.map(({ namespace, hosts, selector }) => {
      const own = selector && namespace !== "istio-system" ? "workloadSelector: {labels: {app: x}}\n" : "";
      return sidecar(`${namespace}/s`, `${own}egress: [{hosts: ${text(hosts)}}]`);
    }),
  ];
  return meshFrom(parts.join(""));
}

interface Asked {
  readonly namespace: string;
  readonly app: string;
  readonly port: number;
  readonly path: string;
  readonly method: string;
}

/** What a table says happens to a request. */
function fromTable(table: RouteTable, host: string, asked: Asked): string {
  const inMesh = table.context.gateway === "mesh";
  const labels = new Map([["app", inMesh ? asked.app : "gw"]]);
  const list = routesFor(table, { namespace: asked.namespace, labels, port: asked.port });
  if (list.redirectToHttps) return "redirect";
  const { path, method } = asked;
  const view = requestView({ path, method, authority: host, scheme: "http", headers: {} });
  const found = list.routes.find(({ conditions }) => requestMatches(conditions, view));
  const effect = found?.action ?? list.otherwise;
  return effect.kind === "route"
    ? effect.legs.map(({ destination }) => destination.host).join()
    : effect.kind;
}

function fromSimulator(mesh: Mesh, table: RouteTable, host: string, asked: Asked): string {
  const inMesh = table.context.gateway === "mesh";
  const proxy = { namespace: asked.namespace, labels: { app: inMesh ? asked.app : "gw" }, gateway: !inMesh };
  const { port, path, method } = asked;
  const found = answer(mesh, { proxy, port, host, path, method, scheme: "http" });
  return found.outcome === "route" ? found.destinations.map((item) => item.host).join() : found.outcome;
}

const requests = fc.array(
  fc.record({
    namespace: fc.constantFrom(...namespaces, "three"),
    app: fc.constantFrom(...apps, "z"),
    port: fc.constantFrom(80, 8080),
    path: fc.constantFrom(...paths, "/d"),
    method: fc.constantFrom("GET", "PUT"),
  }),
  { minLength: 1, maxLength: 4 },
);

test("tables and simulator agree on every host of a mesh", () => {
  const nothing = meshFrom(service("x/x", ["http:80"]));
  fc.assert(
    fc.property(world, requests, (given, asked) => {
      const mesh = meshOf(given);
      for (const { context, head } of routeContexts(nothing, mesh)) {
        if (!head || context.host.startsWith("*")) continue;
        for (const request of asked) {
          if (context.ports && !context.ports.includes(request.port)) continue;
          // Hosts outside the registry are answered on port 80 alone, which a table without a service cannot know.
          if (context.gateway === "mesh" && !head.known) continue;
          const told = fromTable(head, context.host, request);
          const simulated = fromSimulator(mesh, head, context.host, request);
          expect([context.gateway, context.host, request, told]).toEqual([
            context.gateway,
            context.host,
            request,
            simulated,
          ]);
        }
      }
    }),
    { numRuns: 500 },
  );
});
