import { describe, expect, it } from "vitest";
import type { Change } from "../../src/traffic/change.ts";
import { change, destinationRule } from "./manifests.ts";

const line = ({ kind, path, before, after, direction }: Change) =>
  `${kind} ${path}: ${before} → ${after}, ${direction}`;

const rule = (policy: string) => destinationRule(`host: reviews\ntrafficPolicy: ${policy}`);
const object = (kind: string, spec: string, namespace = "prod") => `
---
apiVersion: networking.istio.io/v1
kind: ${kind}
metadata: { name: x, namespace: ${namespace} }
spec: ${spec}
`;
const sidecar = (spec: string) => object("Sidecar", spec);
const gateway = (servers: string) =>
  object("Gateway", `{ selector: { istio: edge }, servers: [${servers}] }`);
const server = (hosts: string, rest = "") =>
  `{ port: { number: 443, name: https, protocol: HTTPS }, hosts: [${hosts}]${rest} }`;
const entry = (fields: string) =>
  object(
    "ServiceEntry",
    `{ ports: [{ number: 443, name: tls, protocol: TLS }], resolution: DNS, ${fields} }`,
  );

const standard = "5 consecutive 5xx, every 10s, out for 30s, at most 10 %";

describe("settings of other objects", () => {
  const cases: { name: string; base: string; head: string; changes: string[] }[] = [
    {
      name: "outlier detection that goes is looser",
      base: rule("{ outlierDetection: {} }"),
      head: rule("{ connectionPool: {} }"),
      changes: [`outlierDetection outlierDetection: ${standard} → off, looser`],
    },
    {
      name: "outlier detection that bears more is looser",
      base: rule("{ outlierDetection: {} }"),
      head: rule("{ outlierDetection: { consecutive5xxErrors: 50 } }"),
      changes: [`outlierDetection outlierDetection: ${standard} → 50${standard.slice(1)}, looser`],
    },
    {
      name: "zero switches it off",
      base: rule("{ outlierDetection: { consecutive5xxErrors: 5 } }"),
      head: rule("{ outlierDetection: { consecutive5xxErrors: 0 } }"),
      changes: [`outlierDetection outlierDetection: ${standard} → off, looser`],
    },
    {
      name: "a subset's own policy replaces the block for that subset alone",
      base: destinationRule(
        "host: reviews\ntrafficPolicy: { outlierDetection: {} }\nsubsets: [{ name: canary }, { name: stable }]",
      ),
      head: destinationRule(
        "host: reviews\ntrafficPolicy: { outlierDetection: {} }\nsubsets: [{ name: canary, trafficPolicy: { outlierDetection: { interval: 1s } } }, { name: stable }]",
      ),
      changes: [
        `outlierDetection subset canary outlierDetection: ${standard} → ${standard.replace("10s", "1s")}, tighter`,
      ],
    },
    {
      name: "what changes for the host is not said again for its subsets",
      base: destinationRule("host: reviews\nsubsets: [{ name: a }, { name: b }]"),
      head: destinationRule(
        "host: reviews\ntrafficPolicy: { tls: { mode: DISABLE } }\nsubsets: [{ name: a }, { name: b }]",
      ),
      changes: ["tls tls: none → DISABLE, looser"],
    },
    {
      name: "settings of a port replace all blocks",
      base: rule("{ outlierDetection: {} }"),
      head: rule(
        "{ outlierDetection: {}, portLevelSettings: [{ port: { number: 80 }, connectionPool: { tcp: { maxConnections: 1 } } }] }",
      ),
      changes: [
        `outlierDetection port 80 outlierDetection: ${standard} → off, looser`,
        "connectionPool port 80 connectionPool: none → maxConnections 1, tighter",
      ],
    },
    {
      name: "connection limits",
      base: rule("{ connectionPool: { tcp: { maxConnections: 100, connectTimeout: 1s } } }"),
      head: rule("{ connectionPool: { tcp: { maxConnections: 200 } } }"),
      changes: [
        "connectionPool connectionPool: maxConnections 100, connectTimeout 1s → maxConnections 200, looser",
      ],
    },
    {
      name: "TLS that no longer verifies",
      base: rule("{ tls: { mode: SIMPLE } }"),
      head: rule("{ tls: { mode: SIMPLE, insecureSkipVerify: true } }"),
      changes: ["tls tls: SIMPLE → SIMPLE, server not verified, looser"],
    },
    {
      name: "load balancing has no direction",
      base: rule("{ loadBalancer: { simple: RANDOM } }"),
      head: rule("{ loadBalancer: { simple: ROUND_ROBIN } }"),
      changes: ['loadBalancer loadBalancer: {"simple":"RANDOM"} → {"simple":"ROUND_ROBIN"}, other'],
    },
    {
      name: "a subset that comes or goes",
      base: destinationRule("host: reviews\nsubsets: [{ name: a, labels: { v: '1' } }]"),
      head: destinationRule("host: reviews\nsubsets: [{ name: b, labels: { v: '1' } }]"),
      changes: [
        "subset subset a of reviews.prod.svc.cluster.local: v=1 → not defined, other",
        "subset subset b of reviews.prod.svc.cluster.local: not defined → v=1, other",
      ],
    },
    {
      name: "egress that opens",
      base: sidecar("{ egress: [{ hosts: [./*] }] }"),
      head: sidecar("{ egress: [{ hosts: ['*/*'] }] }"),
      changes: ["egress egress: prod/* → */*, looser"],
    },
    {
      name: "egress that closes",
      base: sidecar("{ egress: [{ hosts: ['*/*'] }] }"),
      head: sidecar("{ egress: [{ hosts: [./*, other/api.other.svc.cluster.local] }] }"),
      changes: ["egress egress: */* → other/api.other.svc.cluster.local, prod/*, tighter"],
    },
    {
      name: "egress that moves",
      base: sidecar("{ egress: [{ hosts: [a/*] }] }"),
      head: sidecar("{ egress: [{ hosts: [b/*] }] }"),
      changes: ["egress egress: a/* → b/*, other"],
    },
    {
      name: "an exclusion closes",
      base: sidecar("{ egress: [{ hosts: ['*/*'] }] }"),
      head: sidecar("{ egress: [{ hosts: ['*/*', '~secret/*'] }] }"),
      changes: ["egress egress: */* → */*, ~secret/*, tighter"],
    },
    {
      name: "a Sidecar that goes leaves everything open",
      base: sidecar("{ egress: [{ hosts: [./*] }], outboundTrafficPolicy: { mode: REGISTRY_ONLY } }"),
      head: "",
      changes: [
        "egress egress: prod/* → */*, looser",
        "outboundTrafficPolicy outboundTrafficPolicy.mode: REGISTRY_ONLY → ALLOW_ANY, looser",
      ],
    },
    {
      name: "where a Sidecar takes requests in, and where it leads them",
      base: sidecar(
        "{ ingress: [{ port: { number: 80, protocol: HTTP, name: h }, defaultEndpoint: '127.0.0.1:8080' }, { port: { number: 81, protocol: TCP, name: t } }] }",
      ),
      head: sidecar(
        "{ ingress: [{ port: { number: 80, protocol: HTTP, name: x }, defaultEndpoint: '127.0.0.1:9090' }, { port: { number: 82, protocol: TCP, name: t } }] }",
      ),
      changes: [
        "ingress ingress port 80: HTTP to 127.0.0.1:8080 → HTTP to 127.0.0.1:9090, other",
        "ingress ingress port 81: TCP → null, other",
        "ingress ingress port 82: null → TCP, other",
      ],
    },
    {
      name: "what a Sidecar lets in at once",
      base: sidecar(
        "{ inboundConnectionPool: { tcp: { maxConnections: 5 } }, ingress: [{ port: { number: 80, protocol: HTTP, name: h }, connectionPool: { tcp: { maxConnections: 5 } } }] }",
      ),
      head: sidecar(
        "{ inboundConnectionPool: { tcp: { maxConnections: 9 } }, ingress: [{ port: { number: 80, protocol: HTTP, name: h }, connectionPool: { tcp: { maxConnections: 3 } } }] }",
      ),
      changes: [
        "connectionPool inboundConnectionPool: maxConnections 5 → maxConnections 9, looser",
        "connectionPool ingress port 80: maxConnections 5 → maxConnections 3, tighter",
      ],
    },
    {
      name: "how a Sidecar captures what goes out",
      base: sidecar("{ egress: [{ port: { number: 80, protocol: HTTP, name: h }, hosts: [./*] }] }"),
      head: sidecar(
        "{ egress: [{ port: { number: 80, protocol: HTTP, name: h }, bind: 127.0.0.1, captureMode: NONE, hosts: [./*] }] }",
      ),
      changes: ["egressListener egress port 80: HTTP → HTTP on 127.0.0.1, capture NONE, other"],
    },
    {
      name: "where unknown traffic is sent",
      base: sidecar("{ outboundTrafficPolicy: { mode: ALLOW_ANY } }"),
      head: sidecar(
        "{ outboundTrafficPolicy: { mode: ALLOW_ANY, egressProxy: { host: gate.edge.svc.cluster.local, port: { number: 80 } } } }",
      ),
      changes: [
        "egressProxy outboundTrafficPolicy.egressProxy: null → gate.edge.svc.cluster.local:80, other",
      ],
    },
    {
      name: "a Gateway that opens a port and a host",
      base: gateway(server("a.com", ", tls: { mode: SIMPLE, credentialName: c }")),
      head: gateway(
        `${server("a.com, b.com", ", tls: { mode: SIMPLE, credentialName: c }")}, { port: { number: 80, name: http, protocol: HTTP }, hosts: [a.com] }`,
      ),
      changes: [
        "gatewayHosts port 443 HTTPS: a.com → a.com, b.com, looser",
        "gatewayListener port 80 HTTP: null → a.com, looser",
      ],
    },
    {
      name: "a Gateway that asks less of clients",
      base: gateway(
        server("a.com", ", tls: { mode: MUTUAL, credentialName: c, minProtocolVersion: TLSV1_3 }"),
      ),
      head: gateway(
        server("a.com", ", tls: { mode: SIMPLE, credentialName: c, minProtocolVersion: TLSV1_2 }"),
      ),
      changes: [
        'gatewayTls port 443 HTTPS: MUTUAL, from TLSV1_3, {"credentialName":"c"} → SIMPLE, from TLSV1_2, {"credentialName":"c"}, looser',
      ],
    },
    {
      name: "a Gateway that no longer redirects to HTTPS",
      base: gateway(
        "{ port: { number: 80, name: http, protocol: HTTP }, hosts: [a.com], tls: { httpsRedirect: true } }",
      ),
      head: gateway("{ port: { number: 80, name: http, protocol: HTTP }, hosts: [a.com] }"),
      changes: ["gatewayTls port 80 HTTP: redirect to HTTPS → none, looser"],
    },
    {
      name: "a ServiceEntry that comes, for everybody and then for its namespace",
      base: "",
      head: entry("hosts: [api.example.com]"),
      changes: ["serviceEntry hosts: nothing → api.example.com, looser"],
    },
    {
      name: "a ServiceEntry that is shown to fewer",
      base: entry("hosts: [api.example.com]"),
      head: entry("hosts: [api.example.com], exportTo: ['.']"),
      changes: ["exportTo exportTo: * → ., tighter"],
    },
  ];
  for (const { name, base, head, changes } of cases) {
    it(name, () => {
      const seen = change(base, head);
      expect(seen.changes.map(line)).toEqual(changes);
      expect(seen.shifts).toEqual([]);
    });
  }

  it("too many settings to look at are said to have changed", () => {
    const many = (mode: string) => {
      const ports = Array.from(
        { length: 200 },
        (_, i) => `{ port: { number: ${i + 1} }, tls: { mode: ${mode} } }`,
      );
      const subsets = Array.from({ length: 200 }, (_, i) => `{ name: s${i} }`);
      return destinationRule(
        `host: reviews\ntrafficPolicy: { portLevelSettings: [${ports.join(", ")}] }\nsubsets: [${subsets.join(", ")}]`,
      );
    };
    expect(change(many("SIMPLE"), many("DISABLE")).changes).toMatchObject([
      { kind: "destinationRule", object: "DestinationRule/prod/reviews", certainty: "undecided" },
    ]);
  });

  it("a change stands in head's object, or in base's where it is gone", () => {
    const [lost] = change(rule("{ outlierDetection: {} }"), destinationRule("host: reviews")).changes;
    const [gone] = change({ "a.yaml": rule("{ outlierDetection: {} }") }, { "b.yaml": "" }).changes;
    expect([lost!.range.line, gone!.range.file, gone!.range.line]).toEqual([6, "a.yaml", 8]);
    expect(gone!.object).toBe("DestinationRule/prod/reviews");
  });
});
