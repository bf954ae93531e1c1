import { schemaErrors } from "../../src/mesh/validity/validity.ts";
import { pathText } from "../../src/mesh/validity/violation.ts";
import { manifest, table } from "./manifests.ts";

const codes = (kind: string, spec: string) =>
  schemaErrors(manifest(kind, spec)).map(({ code, path }) => `${code} ${pathText(path.slice(1))}`.trim());
const rule = (spec: string) => codes("DestinationRule", `host: a\ntrafficPolicy: { ${spec} }`);
const entry = (spec: string) => codes("ServiceEntry", `hosts: [a.com]\n${spec}`);

table("rules in CEL", [
  [
    "durations",
    rule(
      "connectionPool: { http: { idleTimeout: 0s }, tcp: { idleTimeout: 0s, connectTimeout: 999us } }, loadBalancer: { warmupDurationSecs: 5 min }",
    ),
    [
      "rule trafficPolicy.connectionPool.http.idleTimeout",
      "rule trafficPolicy.connectionPool.tcp.connectTimeout",
      "rule trafficPolicy.loadBalancer.warmupDurationSecs",
    ],
  ],
  [
    "hosts and addresses",
    [...codes("ServiceEntry", 'hosts: ["*"]'), ...entry("resolution: DNS\naddresses: [10.0.0.0/8]")],
    ["rule hosts[0]", "rule addresses"],
  ],
  [
    "ports",
    [
      ...entry("ports: [{ number: 0, name: a }, { number: 65536, name: b, targetPort: 0 }]"),
      ...entry("ports: [{ number: 1, name: a }, { number: 1, name: b }]"),
    ],
    ["rule ports[0].number", "rule ports[1].number", "rule ports[1].targetPort", "rule ports"],
  ],
  [
    "endpoints",
    [
      ...entry("endpoints: []"),
      ...entry("resolution: STATIC\nendpoints: []\nworkloadSelector: {}"),
      ...entry("resolution: DNS_ROUND_ROBIN\nendpoints: [{ address: a }, { address: b }]"),
    ],
    ["rule endpoints", "rule endpoints", "rule endpoints"],
  ],
  [
    "addresses of endpoints",
    entry(
      "resolution: STATIC\nendpoints: [{}, { network: east }, { address: 'unix://a' }, { address: 'unix:///a/' }, { address: 'unix:///a', ports: {} }, { address: 'unix://' }]",
    ),
    [
      "rule endpoints[0].address",
      "rule endpoints[2].address",
      "rule endpoints[3].address",
      "rule endpoints[4].ports",
      "rule endpoints[5].address",
      "rule endpoints[5].address",
    ],
  ],
  [
    "port names",
    entry(
      `resolution: STATIC\nendpoints: [{ address: a, ports: { a_b: 1, ok: 0 } }, { address: a, ports: { a_b: 1 } }, { address: a, ports: { ${"a".repeat(63)}: 1 } }]`,
    ),
    ["rule endpoints[0].ports.ok", "rule endpoints[1].ports", "rule endpoints[2].ports"],
  ],
  [
    "selectors",
    [
      ...codes("DestinationRule", "host: a\nworkloadSelector: { matchLabels: { 'a*': b, '': c } }"),
      ...codes("Sidecar", "workloadSelector: { labels: { a: 'b*' } }"),
    ],
    [
      "rule workloadSelector.matchLabels",
      "rule workloadSelector.matchLabels",
      "rule workloadSelector.labels.a",
    ],
  ],
  [
    "certificates",
    codes(
      "Gateway",
      'servers: [{ hosts: ["*"], port: { number: 1, name: a, protocol: HTTPS }, tls: { credentialName: a, credentialNames: [b], tlsCertificates: [{}] } }]',
    ),
    ["rule servers[0].tls.credentialNames", "rule servers[0].tls.credentialNames"],
  ],
]);
