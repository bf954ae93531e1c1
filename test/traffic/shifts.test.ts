import { describe, expect, it } from "vitest";
import { compareTraffic } from "../../src/traffic/compare.ts";
import { change, meshFrom, service, split, summary, virtualService } from "./manifests.ts";

const to = (subset: string) => split({ [subset]: 100 });
const on = (match: string, route: string) => `- match: [{ ${match} }]\n  ${route}`;

const gateway = (servers: string) => `
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: edge, namespace: prod }
spec: { selector: { istio: edge }, servers: [${servers}] }
`;
const http = (hosts: string, tls = "") =>
  `{ port: { number: 80, name: http, protocol: HTTP }, hosts: [${hosts}]${tls} }`;
const https = (hosts: string) =>
  `{ port: { number: 443, name: https, protocol: HTTPS }, hosts: [${hosts}], tls: { mode: SIMPLE, credentialName: c } }`;

describe("the class of a shift, in the operator's words", () => {
  const cases: { name: string; base: string[]; head: string[]; shifts: string[] }[] = [
    {
      name: "exceptions name what sets them apart",
      base: [on("uri: { prefix: /api/ }", to("a"))],
      head: [
        on("uri: { prefix: /api/ }, headers: { beta: {} }", to("a")),
        on("uri: { prefix: /api/ }", to("b")),
      ],
      shifts: ["step 100: path /api/*, unless header beta present: a 100 → b 100"],
    },
    {
      name: "what is left over is everything else",
      base: [on("uri: { prefix: /api/ }", to("a")), `- ${to("a")}`],
      head: [on("uri: { prefix: /api/ }", to("a")), `- ${to("b")}`],
      shifts: ["step 100: everything else: a 100 → b 100"],
    },
    {
      name: "a route taken out leaves its requests to the next",
      base: [on("uri: { prefix: /api/v2/ }", to("b")), on("uri: { prefix: /api/ }", to("a"))],
      head: [on("uri: { prefix: /api/ }", to("a"))],
      shifts: ["step 100: path /api/v2/*: b 100 → a 100"],
    },
    {
      name: "a wider route in front takes what both ask for",
      base: [on("headers: { beta: {} }", to("a"))],
      head: [on("uri: { regex: '/x.*' }", to("b")), on("headers: { beta: {} }", to("a"))],
      shifts: [
        "introduced 0: path ~ //x.*/, unless header beta present: nobody → b 100",
        "step 100: header beta present and path ~ //x.*/: a 100 → b 100",
      ],
    },
    {
      name: "several matches of one route are one shift",
      base: [on("uri: { exact: /a } }, { method: { exact: POST }", to("a"))],
      head: [on("uri: { exact: /a } }, { method: { exact: POST }", to("b"))],
      shifts: ["step 100: path = /a; or method = POST: a 100 → b 100"],
    },
    {
      name: "callers are named where a route asks for them",
      base: [on("sourceLabels: { app: web }", to("a")), `- ${to("a")}`],
      head: [on("sourceLabels: { app: web }", to("b")), `- ${to("a")}`],
      shifts: ["step 100: from app=web: a 100 → b 100"],
    },
    {
      name: "callers are left out where all of them get the same",
      base: [on("sourceLabels: { app: web }, uri: { prefix: /w/ }", to("w")), `- ${to("a")}`],
      head: [on("sourceLabels: { app: web }, uri: { prefix: /w/ }", to("w")), `- ${to("b")}`],
      shifts: ["step 100: every request; or everything else: a 100 → b 100"],
    },
    {
      name: "values that would blur are quoted, absent headers and queries have words",
      base: [`- ${to("a")}`],
      head: [
        on(
          "headers: { x: { exact: 'a b' } }, withoutHeaders: { debug: {}, z: { prefix: q } }, queryParams: { v: { exact: '2' } }",
          to("b"),
        ),
        `- ${to("a")}`,
      ],
      shifts: [
        'step 100: header x = "a b" and header debug absent and not header z q* and query v = 2: a 100 → b 100',
      ],
    },
  ];
  for (const { name, base, head, shifts } of cases) {
    it(name, () => {
      const seen = change(
        service() + virtualService(base.join("\n")),
        service() + virtualService(head.join("\n")),
      );
      expect(seen.shifts.map(summary)).toEqual(shifts);
    });
  }
});

describe("where a shift happens", () => {
  const two = (route: string) =>
    virtualService(`- ${route}`, "hosts: [reviews, reviews.example.com]\n  gateways: [mesh, edge]");

  it("one edit through several hosts and gateways is one shift that names them", () => {
    const { shifts } = change(two(to("a")), two(to("b")));
    expect(shifts).toHaveLength(1);
    expect(shifts[0]).toMatchObject({
      object: "VirtualService/prod/reviews",
      host: "reviews.prod.svc.cluster.local, reviews.example.com",
      gateway: "mesh, prod/edge",
      points: 100,
    });
  });

  it("several ports of one gateway are one shift", () => {
    const routes = (route: string) =>
      gateway(`${http("a.com")}, ${https("a.com")}`) +
      virtualService(`- ${route}`, "hosts: [a.com]\n  gateways: [edge]");
    const { shifts } = change(routes(to("a")), routes(to("b")));
    expect(shifts.map(summary)).toEqual(["step 100: every request: a 100 → b 100"]);
  });

  it("a Gateway that starts to redirect sends plaintext requests away", () => {
    const routes = virtualService(`- ${to("a")}`, "hosts: [a.com]\n  gateways: [edge]");
    const { shifts } = change(
      gateway(http("a.com")) + routes,
      gateway(http("a.com", ", tls: { httpsRedirect: true }")) + routes,
    );
    expect(shifts.map(summary)).toEqual(["step 100: every request: a 100 → redirect 100"]);
    expect(shifts[0]!.example!.scheme).toBe("http");
  });

  it("a VirtualService for one name takes it from the wildcard's, paths it does not know included", () => {
    const wide = virtualService(`- ${to("a")}`, "hosts: ['*.example.com']\n  gateways: [edge]", "wide");
    const narrow = virtualService(
      on("uri: { prefix: /api/ }", to("b")),
      "hosts: [api.example.com]\n  gateways: [edge]",
      "narrow",
    );
    const { shifts } = change(wide, wide + narrow);
    expect(shifts.map(({ host, ...shift }) => `${host}: ${summary({ host, ...shift })}`)).toEqual([
      "api.example.com: step 100: path /api/*: a 100 → b 100",
      "api.example.com: removed 0: everything else: a 100 → nobody",
    ]);
  });

  it("a wildcard's example is a name that no other table answers", () => {
    const wide = (route: string) =>
      virtualService(`- ${route}`, "hosts: ['*.example.com']\n  gateways: [edge]", "wide");
    const www = virtualService(`- ${to("a")}`, "hosts: [www.example.com]\n  gateways: [edge]", "www");
    const { shifts } = change(wide(to("a")) + www, wide(to("b")) + www);
    expect(shifts.map(({ example }) => example!.host)).toEqual(["any.example.com"]);
  });

  it("a delegate's edit is a shift of the delegate, through its root's hosts", () => {
    const root = virtualService("- match: [{ uri: { prefix: /r/ } }]\n  delegate: { name: leaf }");
    const leaf = (route: string) =>
      virtualService(`- ${route}`, "gateways: []", "leaf").replace("  gateways: []\n", "");
    const { shifts } = change(root + leaf(to("a")), root + leaf(to("b")));
    expect(shifts).toMatchObject([
      { object: "VirtualService/prod/leaf", host: "reviews.prod.svc.cluster.local", class: "path /r/*" },
    ]);
  });

  it("requests that go from one VirtualService to another name both", () => {
    const old = virtualService(`- ${to("a")}`, "hosts: [a.com]\n  gateways: [edge]", "old");
    const [shift] = change(
      old,
      virtualService(`- ${to("b")}`, "hosts: [a.com]\n  gateways: [edge]", "new"),
    ).shifts;
    expect([shift!.base!.object, shift!.head!.object]).toEqual([
      "VirtualService/prod/old",
      "VirtualService/prod/new",
    ]);
  });

  it("TLS connections are told apart by server name", () => {
    const tls = (weight: number) => `
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: db, namespace: prod }
spec:
  hosts: [db.example.com, "*.db.example.com"]
  gateways: [edge]
  tls:
    - match: [{ port: 443, sniHosts: [db.example.com] }]
      route:
        - { destination: { host: db, subset: a }, weight: ${100 - weight} }
        - { destination: { host: db, subset: b }, weight: ${weight} }
    - match: [{ port: 443, sniHosts: ["*.db.example.com"] }]
      route: [{ destination: { host: db, subset: a } }]
`;
    const { shifts } = change(tls(10), tls(60));
    expect(shifts.map(summary)).toEqual([
      "step 50: SNI = db.example.com and port 443: a 90, b 10 → a 40, b 60",
    ]);
    expect(shifts[0]).toMatchObject({ protocol: "tls", host: "db.example.com" });
  });

  it("TCP connections by destination", () => {
    const tcp = (subset: string) => `
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: db, namespace: prod }
spec:
  hosts: [db]
  tcp:
    - match: [{ destinationSubnets: [10.1.0.0/16] }]
      route: [{ destination: { host: db, subset: ${subset} } }]
    - route: [{ destination: { host: db, subset: a } }]
`;
    const { shifts } = change(tcp("a"), tcp("b"));
    expect(shifts.map(summary)).toEqual(["step 100: destination 10.1.0.0/16: a 100 → b 100"]);
    expect(shifts[0]!.example!.curl).toMatch(/^nc 10\.1\./);
  });
});

describe("how sure a shift is", () => {
  const routes = (name: string, subset: string) =>
    virtualService(`- ${to(subset)}`, "hosts: [a.com]\n  gateways: [edge]", name);

  it("certain, even where Git does not show the Gateway", () => {
    expect(change(routes("v", "a"), routes("v", "b")).shifts.map(({ certainty }) => certainty)).toEqual([
      "certain",
    ]);
  });

  it("in need of the inventory where the age of two VirtualServices decides", () => {
    const { shifts } = change(routes("v", "a") + routes("w", "a"), routes("v", "b") + routes("w", "a"));
    expect(shifts.map(({ certainty }) => certainty)).toEqual(["needs-inventory"]);
  });

  it("certain where VirtualServices share a host but no request", () => {
    const team = (name: string, subset: string) =>
      virtualService(
        on(`uri: { prefix: /${name}/ }`, to(subset)),
        "hosts: [a.com]\n  gateways: [edge]",
        name,
      );
    const others = team("v", "a") + routes("rest", "a");
    const { shifts } = change(others + team("w", "a"), others + team("w", "b"));
    expect(shifts.map(summary)).toEqual(["step 100: path /w/*: a 100 → b 100"]);
  });

  it("undecided where the budget ends, and then nothing is left out", () => {
    const paths = (subset: string) =>
      virtualService(["/a/", "/b/"].map((path) => on(`uri: { prefix: ${path} }`, to(subset))).join("\n"));
    const { shifts, incomplete } = compareTraffic(meshFrom(paths("a")), meshFrom(paths("b")), { budget: 0 });
    expect(new Set(shifts.map(({ certainty }) => certainty))).toEqual(new Set(["undecided"]));
    expect(shifts.map(summary)).toContain("step 100: path /a/*: a 100 → b 100 (undecided)");
    expect(shifts.every(({ example }) => example === null)).toBe(true);
    expect(incomplete).toMatchObject([{ gateway: "mesh", host: "reviews.prod.svc.cluster.local" }]);
  });
});

describe("the example of a shift", () => {
  const example = (match: string) => {
    const base = virtualService(`- ${to("a")}`);
    const head = virtualService(`${on(match, to("b"))}\n- ${to("a")}`);
    return change(service() + base, service() + head).shifts[0]!.example!;
  };

  it("is a line for the shell", () => {
    expect(
      example("uri: { prefix: /api/ }, method: { exact: POST }, headers: { user-tier: { exact: gold } }")
        .curl,
    ).toBe("curl -X POST -H 'user-tier: gold' http://reviews.prod.svc.cluster.local:9080/api/");
    expect(example("queryParams: { v: { exact: '2' } }").curl).toBe(
      "curl 'http://reviews.prod.svc.cluster.local:9080/?v=2'",
    );
  });

  it("quotes what a shell would read", () => {
    expect(example(`uri: { exact: "/it's;reboot&x" }`).curl).toBe(
      "curl 'http://reviews.prod.svc.cluster.local:9080/it'\\''s;reboot&x'",
    );
  });

  it("says who calls where that matters", () => {
    expect(example("sourceLabels: { app: web }").from).toEqual({ labels: { app: "web" } });
  });
});
