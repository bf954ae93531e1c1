import { validateObject } from "../../src/mesh/validity/validity.ts";
import { manifest, table, webhookCodes } from "./manifests.ts";

const said = (spec: string) =>
  webhookCodes(validateObject(manifest("Sidecar", spec))).map((text) => text.replace("spec.", ""));
const egress = (...listeners: string[]) => said(`egress: [${listeners.join(", ")}]`);
const ingress = (settings: string, protocol = "HTTP") =>
  said(`ingress: [{ port: { number: 80, protocol: ${protocol}, name: a }, ${settings} }]`);
const all = 'hosts: ["./*"]';

table("Sidecars", [
  ["empty", said("workloadSelector: {}"), ["required"].map((code) => `${code} spec`)],
  [
    "of all workloads",
    said(`workloadSelector: {}\negress: [{ ${all} }]`),
    ["(selects-all workloadSelector)"],
  ],
  [
    "wildcards end validation",
    said("workloadSelector: { labels: { 'a*': b } }"),
    ['invalid-label workloadSelector.labels["a*"]'],
  ],
  ["a pool for everything", said("inboundConnectionPool: {}"), ["required inboundConnectionPool"]],
]);

const hosts = (text: string) => egress(`{ hosts: ${text} }`);

table("imported hosts", [
  ["all forms", hosts('["./*", "*/a.com", "ns/*.b.com", "~/c.com", "~ns/d.com", "~*/e.com"]'), []],
  ["none", egress("{}"), ["required egress[0].hosts"]],
  [
    "no forms",
    hosts('[reviews, "./reviews", "./10.0.0.1", "./*a.com", "a.b/c.com", "~~/d.com", "/*"]'),
    [0, 1, 2, 3, 4, 5, 6].map(
      (index) => `${index > 3 ? "invalid-namespace" : "invalid-host"} egress[0].hosts[${index}]`,
    ),
  ],
  [
    "repeated",
    hosts('["./*", "prod/a.com", "ns/b.com", "ns/b.com", "ns/*", "~ns/b.com"]'),
    ["(redundant egress[0].hosts[1])", "(redundant egress[0].hosts[3])", "(redundant egress[0].hosts[4])"],
  ],
  ["everything and more", hosts('["*/*", "./a.com"]'), ["(redundant egress[0].hosts)"]],
]);

table("egress listeners", [
  [
    "the catch-all last",
    egress(`{ ${all} }`, `{ port: { number: 80, protocol: HTTP, name: a }, ${all} }`),
    ["conflict egress[0]"],
  ],
  [
    "ports",
    egress(
      `{ port: { number: 80, protocol: FOO, name: a_b, targetPort: 1 }, bind: x, ${all} }`,
      `{ port: { number: 80 }, ${all} }`,
    ),
    [
      "no-effect egress[0].port.targetPort",
      "invalid-name egress[0].port.name",
      "unknown-protocol egress[0].port.protocol",
      "invalid-address egress[0].bind",
      "duplicate egress[1].port",
    ],
  ],
  [
    "sockets",
    egress(
      `{ port: { number: 0 }, bind: "unix:///a", ${all} }`,
      `{ port: {}, bind: "unix:///a", captureMode: IPTABLES, ${all} }`,
      `{ port: {}, bind: 10.0.0.1, ${all} }`,
    ),
    ["conflict egress[1].captureMode", "duplicate egress[1].bind", "invalid-address egress[2].bind"],
  ],
]);

table("ingress listeners", [
  ["without port", said("ingress: [{ bind: x }]"), ["required ingress[0].port"]],
  [
    "ports",
    said("ingress: [{ port: { number: 0, name: a_b }, bind: 'unix:///a' }, { port: { number: 0 } }]"),
    [
      "invalid-name ingress[0].port.name",
      "invalid-port ingress[0].port.number",
      "invalid-address ingress[0].bind",
      "invalid-port ingress[1].port.number",
      "duplicate ingress[1].port.number",
    ],
  ],
  [
    "endpoints",
    ["127.0.0.1:80", "0.0.0.0:80", "'[::1]:80'", "':80'", "'unix:///a'", "'unix://@a'", "''"].flatMap(
      (endpoint) => ingress(`defaultEndpoint: ${endpoint}`),
    ),
    [],
  ],
  [
    "endpoints elsewhere",
    ["10.0.0.1:80", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:http", "'::1:80'", "'unix://a'"].flatMap(
      (endpoint) => ingress(`defaultEndpoint: ${endpoint}`),
    ),
    Array(6).fill("invalid-address ingress[0].defaultEndpoint"),
  ],
  ["TLS", ingress("tls: { mode: SIMPLE, serverCertificate: a, privateKey: b }", "HTTPS"), []],
  [
    "TLS that a Sidecar does not have",
    ingress("tls: { mode: AUTO_PASSTHROUGH, httpsRedirect: true, subjectAltNames: [a], credentialName: b }"),
    [
      "not-supported ingress[0].tls.subjectAltNames",
      "not-supported ingress[0].tls.httpsRedirect",
      "not-supported ingress[0].tls.credentialName",
      "not-supported ingress[0].tls.mode",
      "conflict ingress[0].tls",
      "(no-effect ingress[0].tls)",
    ],
  ],
  [
    "pools",
    [
      ...ingress("connectionPool: { http: { maxRetries: -1 } }", "TCP"),
      ...ingress("connectionPool: { http: {} }", "grpc"),
    ],
    ["out-of-range ingress[0].connectionPool.http.maxRetries", "(no-effect ingress[0].connectionPool.http)"],
  ],
]);

const outbound = (settings: string) =>
  said(`outboundTrafficPolicy: { ${settings} }`).map((text) => text.replace("outboundTrafficPolicy.", ""));

table("outbound traffic", [
  ["modes", [...outbound(""), ...outbound("mode: ALLOW_ANY")], []],
  ["a mode of the whole mesh", outbound("mode: 3"), ["unknown-value mode"]],
  ["a proxy", outbound("mode: ALLOW_ANY, egressProxy: { host: proxy.a.com, port: { number: 80 } }"), []],
  [
    "a proxy without mode",
    outbound("egressProxy: { host: a, port: { number: 80 } }"),
    ["conflict egressProxy"],
  ],
  [
    "a proxy nowhere",
    [
      ...outbound('mode: ALLOW_ANY, egressProxy: { host: "*.a", port: { number: 0 } }'),
      ...outbound("mode: ALLOW_ANY, egressProxy: { host: a }"),
      ...outbound("mode: ALLOW_ANY, egressProxy: { host: a, port: {} }"),
    ],
    ["invalid-host egressProxy.host", "required egressProxy.port", "invalid-port egressProxy.port.number"],
  ],
]);
