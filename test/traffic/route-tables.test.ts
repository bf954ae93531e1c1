import { describe, expect, test } from "vitest";
import type { Mesh } from "../../src/mesh/object.ts";
import { routeContexts } from "../../src/traffic/effective/contexts.ts";
import { routesFor } from "../../src/traffic/effective/proxy-routes.ts";
import { isSameTable } from "../../src/traffic/effective/same-table.ts";
import { staticValues } from "../../src/traffic/effective/static-values.ts";
import type { ContextPair, ProxyContext, RouteTable } from "../../src/traffic/effective/table.ts";
import {
  gateway,
  http,
  meshFrom,
  meshOfFiles,
  service,
  sidecar,
  virtualService,
} from "../resolution/manifests.ts";

const nobody = meshFrom(service("x/x", ["http:80"]));
const tables = (mesh: Mesh): readonly ContextPair[] => routeContexts(nobody, mesh);

function tableOf(mesh: Mesh, host: string, where = "mesh", protocol = "http"): RouteTable {
  const found = tables(mesh).find(
    ({ context }) => context.host === host && context.gateway === where && context.protocol === protocol,
  )?.head;
  if (!found) throw new Error(`no table for ${host} at ${where}`);
  return found;
}

function proxy(
  namespace: string | null = null,
  labels: Record<string, string> = {},
  port: number | null = null,
): ProxyContext {
  return { namespace, port, labels: new Map(Object.entries(labels)) };
}

/** The hosts that a proxy's routes lead to, in order, then what answers otherwise. */
function order(table: RouteTable, from: ProxyContext = proxy()): string {
  const { routes, otherwise } = routesFor(table, from);
  const names = routes.map(({ action }) =>
    action.legs.map(({ destination }) => destination.host.split(".")[0]).join("+"),
  );
  return [...names, otherwise.kind].join(" ");
}

describe("contexts", () => {
  test("name every gateway, host and protocol of both sides", () => {
    const base = meshFrom(
      virtualService("default/v", `hosts: [a.com, reviews]\ngateways: [mesh, gw]\n${http(" -> a")}`),
    );
    const head = meshFrom(
      virtualService("default/v", `hosts: ["*.b.com"]\ngateways: [gw]\n${http(" -> b")}`) +
        virtualService("default/t", "hosts: [db]\ntcp: [{route: [{destination: {host: db}}]}]"),
    );
    const names = routeContexts(base, head).map(({ context, base: before, head: after }) => [
      `${context.gateway} ${context.protocol} ${context.host}`,
      Boolean(before),
      Boolean(after),
    ]);
    expect(names.sort()).toEqual([
      ["default/gw http *.b.com", false, true],
      ["default/gw http a.com", true, false],
      ["default/gw http reviews.default.svc.cluster.local", true, false],
      ["mesh http a.com", true, false],
      ["mesh http reviews.default.svc.cluster.local", true, false],
      ["mesh tcp db.default.svc.cluster.local", false, true],
    ]);
  });

  test("answer each host on each side by the most specific name there is", () => {
    const wide = virtualService("default/wide", `hosts: ["*.shop.com"]\ngateways: [gw]\n${http(" -> wide")}`);
    const own = virtualService("default/own", `hosts: [a.shop.com]\ngateways: [gw]\n${http("/only -> own")}`);
    const pair = routeContexts(meshFrom(wide), meshFrom(wide + own)).find(
      ({ context }) => context.host === "a.shop.com",
    );
    expect(pair?.base && order(pair.base)).toBe("wide not-found");
    expect(pair?.head && order(pair.head)).toBe("own not-found");
  });

  test("tell a change once for all ports of a gateway", () => {
    const servers = gateway(
      "default/gw",
      'selector: {app: gw}\nservers: [{port: {number: 80, name: a, protocol: HTTP}, hosts: ["*"]}, {port: {number: 443, name: b, protocol: HTTPS}, hosts: ["*"], tls: {mode: SIMPLE, credentialName: c}}]',
    );
    const mesh = (to: string): Mesh =>
      meshFrom(
        servers +
          service("default/a", ["http:80"]) +
          service("default/b", ["http:80"]) +
          virtualService("default/v", `hosts: [a.com]\ngateways: [gw]\n${http(` -> ${to}`)}`),
      );
    const changed = routeContexts(mesh("a"), mesh("b")).filter(({ base, head }) => !isSameTable(base, head));
    expect(changed.map(({ context }) => context.ports)).toEqual([[80, 443]]);
  });

  test("follow a Gateway that gets another selector", () => {
    const mesh = (app: string): Mesh =>
      meshFrom(
        gateway(
          "default/gw",
          `selector: {app: ${app}}\nservers: [{port: {number: 80, name: a, protocol: HTTP}, hosts: ["*"]}]`,
        ) + virtualService("default/v", `hosts: [a.com]\ngateways: [gw]\n${http(" -> a")}`),
      );
    const [pair, ...rest] = routeContexts(mesh("one"), mesh("two"));
    expect(rest).toEqual([]);
    expect(isSameTable(pair?.base ?? null, pair?.head ?? null)).toBe(true);
  });

  test("keep overlays of different environments apart", () => {
    const overlay = (to: string): string =>
      virtualService("default/v", `hosts: [reviews]\n${http(` -> ${to}`)}`);
    const mesh = (prod: string): Mesh =>
      meshOfFiles({ "prod/v.yaml": overlay(prod), "staging/v.yaml": overlay("staging") });
    const pairs = routeContexts(mesh("old"), mesh("new")).map(({ world, base, head }) => [
      world,
      base && order(base),
      head && order(head),
    ]);
    expect(pairs).toEqual([
      ["prod", "old not-found", "new not-found"],
      ["staging", "staging not-found", "staging not-found"],
    ]);
  });

  test("put what is new in head behind what was there", () => {
    const bound = (name: string): string =>
      virtualService(`default/${name}`, `hosts: [a.com]\ngateways: [gw]\n${http(`/${name} -> ${name}`)}`);
    const [pair] = routeContexts(meshFrom(bound("m")), meshFrom(bound("a") + bound("m")));
    expect(pair?.head && order(pair.head)).toBe("m a not-found");
  });
});

describe("routes of one proxy", () => {
  const both = `http:
- {match: [{sourceLabels: {app: a}}], route: [{destination: {host: a}}]}
- {match: [{sourceNamespace: ns, port: 80}], route: [{destination: {host: ns}}]}
- {match: [{gateways: [mesh], sourceNamespace: ignored}], route: [{destination: {host: g}}]}
- {match: [{uri: {prefix: /x}}], route: [{destination: {host: x}}]}`;
  const table = tableOf(
    meshFrom(virtualService("default/v", `hosts: [reviews]\n${both}`)),
    "reviews.default.svc.cluster.local",
  );

  test.each<[string, ProxyContext, string]>([
    ["any", proxy(), "g not-found"],
    ["by label", proxy(null, { app: "a" }), "a not-found"],
    ["by namespace and port", proxy("ns", {}, 80), "ns not-found"],
    ["by namespace, other port", proxy("ns", {}, 81), "g not-found"],
  ])("%s", (_, from, expected) => {
    expect(order(table, from)).toBe(expected);
  });

  test("what tells proxies apart is listed", () => {
    expect(staticValues(table)).toEqual({
      ports: [80],
      namespaces: ["ns"],
      labels: new Map([["app", ["a"]]]),
    });
  });

  test("a service of the cluster has a route of its own", () => {
    const mesh = meshFrom(
      virtualService(
        "default/v",
        "hosts: [reviews]\nhttp: [{match: [{sourceNamespace: ns}], route: [{destination: {host: a}}]}]",
      ),
    );
    const own = tableOf(mesh, "reviews.default.svc.cluster.local");
    expect([order(own), order(own, proxy("ns"))]).toEqual(["default", "a not-found"]);
    expect(own.known).toBe(false);
  });

  test("a foreign host without a ServiceEntry has none", () => {
    const mesh = meshFrom(
      virtualService(
        "default/v",
        "hosts: [a.com]\nhttp: [{match: [{sourceNamespace: ns}], route: [{destination: {host: a}}]}]",
      ),
    );
    expect(order(tableOf(mesh, "a.com"))).toBe("passthrough");
  });

  test("visibility counts for the proxy's namespace, private before public", () => {
    const mesh = meshFrom(
      virtualService("default/a", `hosts: [reviews]\n${http(" -> public")}`) +
        virtualService("default/b", `hosts: [reviews]\nexportTo: ["."]\n${http(" -> private")}`) +
        virtualService(
          "other/c",
          `hosts: [reviews.default.svc.cluster.local]\nexportTo: [third]\n${http(" -> named")}`,
        ),
    );
    const own = tableOf(mesh, "reviews.default.svc.cluster.local");
    expect(["default", "third", "fourth"].map((namespace) => order(own, proxy(namespace)))).toEqual([
      "private not-found",
      "named not-found",
      "public not-found",
    ]);
    expect(staticValues(own).namespaces.toSorted()).toEqual(["default", "third"]);
  });

  test("a Sidecar that hides a host hides its routes", () => {
    const mesh = meshFrom(
      service("default/reviews", ["http:80"]) +
        virtualService("default/v", `hosts: [reviews]\n${http(" -> a")}`) +
        sidecar("closed/s", 'egress: [{hosts: ["./*"]}]\noutboundTrafficPolicy: {mode: REGISTRY_ONLY}') +
        sidecar("open/s", 'egress: [{hosts: ["*/*"]}]'),
    );
    const own = tableOf(mesh, "reviews.default.svc.cluster.local");
    expect(["closed", "open", "other"].map((namespace) => order(own, proxy(namespace)))).toEqual([
      "blackhole",
      "a not-found",
      "a not-found",
    ]);
    expect(staticValues(own).namespaces).toEqual(["closed"]);
  });

  test("the order of two that nobody dated is unknown where both answer", () => {
    const own = (name: string, more = ""): string =>
      virtualService(
        `default/${name}`,
        `hosts: [a.com]\ngateways: [gw]\n${http(`/${name} -> ${name}`)}`,
        more,
      );
    const undated = tableOf(meshFrom(own("a") + own("b")), "a.com", "default/gw");
    const dated = tableOf(
      meshFrom(
        own("a", "creationTimestamp: 2021-01-01T00:00:00Z") +
          own("b", "creationTimestamp: 2020-01-01T00:00:00Z"),
      ),
      "a.com",
      "default/gw",
    );
    expect(routesFor(undated, proxy()).orderUnknown).toBe(true);
    expect(routesFor(dated, proxy()).orderUnknown).toBe(false);
    expect(order(dated)).toBe("b a not-found");
  });

  test("TLS hosts are contexts of their own, TCP rules end with the service itself", () => {
    const mesh = meshFrom(
      service("default/db", ["tcp:9000"]) +
        virtualService(
          "default/t",
          "hosts: [db]\ntcp: [{match: [{destinationSubnets: [10.0.0.0/8]}, {destinationSubnets: [10.1.0.0/16]}], route: [{destination: {host: a}}]}]",
        ) +
        virtualService(
          "default/s",
          "hosts: ['*.x.com']\ntls:\n- {match: [{sniHosts: [a.x.com, '*.x.com']}], route: [{destination: {host: s}}]}",
        ),
    );
    expect(order(tableOf(mesh, "db.default.svc.cluster.local", "mesh", "tcp"))).toBe("a a default");
    expect(order(tableOf(mesh, "a.x.com", "mesh", "tls"))).toBe("s not-found");
  });
});
