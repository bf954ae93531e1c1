import { validateObject } from "../../src/mesh/validity/validity.ts";
import { manifest, table, webhookCodes } from "./manifests.ts";

const said = (spec: string, metadata = {}) =>
  webhookCodes(validateObject(manifest("ServiceEntry", spec, metadata))).map((text) =>
    text.replace("spec.", ""),
  );
const https = "ports: [{ number: 443, name: https, protocol: HTTPS }]";

table("hosts and addresses", [
  ["names and wildcards", said(`hosts: [a.com, "*.b.com"]\n${https}`), []],
  [
    "everything, nothing, partial wildcards",
    [
      ...said(`hosts: ["*"]\n${https}`),
      ...said(https),
      ...said(`hosts: ["*a.com"]\n${https}`),
      ...said(`hosts: [10.0.0.1]\n${https}`),
    ],
    ["invalid-host hosts[0]", "required hosts", "(partial-wildcard hosts[0])", "invalid-host hosts[0]"],
  ],
  [
    "addresses",
    said(`hosts: [a.com]\naddresses: [10.0.0.1, 10.0.0.0/8, "::1", a]\n${https}`),
    ["invalid-address addresses[3]"],
  ],
  [
    "blocks where names are looked up",
    said(`hosts: [a.com]\nresolution: DNS\naddresses: [10.0.0.0/8]\n${https}`),
    ["conflict addresses[0]"],
  ],
  [
    "exported to nobody",
    [
      ...said(`hosts: [a.com]\n${https}\nexportTo: ["~"]`),
      ...said(`hosts: [a.com]\n${https}\nexportTo: ["~", .]`),
    ],
    ["conflict exportTo"],
  ],
]);

table("ports", [
  ["none", said("hosts: [a.com]"), []],
  [
    "twice",
    said(
      "hosts: [a.com]\nports: [{ number: 80, name: a, protocol: HTTP }, { number: 80, name: a, protocol: HTTP }]",
    ),
    ["duplicate ports[1].name", "duplicate ports[1].number"],
  ],
  [
    "names, numbers, protocols, targets",
    said(
      "hosts: [a.com]\nports: [{ number: 0, name: a_b, protocol: FOO, targetPort: 70000 }, { number: 81, name: ok, protocol: http, targetPort: 0 }]",
    ),
    [
      "invalid-port ports[0].targetPort",
      "invalid-name ports[0].name",
      "unknown-protocol ports[0].protocol",
      "invalid-port ports[0].number",
    ],
  ],
  [
    "TCP without addresses",
    [
      ...said(
        "hosts: [a.com]\nports: [{ number: 1, name: a, protocol: TCP }, { number: 2, name: b }, { number: 3, name: c, protocol: tcp }]",
      ),
      ...said("hosts: [a.com]\nresolution: DNS\nports: [{ number: 1, name: a, protocol: TCP }]"),
    ],
    ["(addresses-needed ports[0])", "(addresses-needed ports[1])"],
  ],
  [
    "TCP where addresses are not given out",
    said("hosts: [a.com]\nresolution: DNS\nports: [{ number: 1, name: a, protocol: TCP }]", {
      labels: { "networking.istio.io/enable-autoallocate-ip": "False" },
    }),
    ["(addresses-needed ports[0])"],
  ],
  [
    "several hosts",
    [
      ...said("hosts: [a.com, b.com]\nresolution: DNS\nports: [{ number: 1, name: a, protocol: TCP }]"),
      ...said("hosts: [a.com, b.com]\nports: [{ number: 1, name: a, protocol: TCP }]\naddresses: [10.0.0.1]"),
      ...said(`hosts: [a.com, b.com]\nresolution: DNS\naddresses: [10.0.0.1]\n${https}`),
    ],
    ["conflict ports[0]", "(ambiguous-hosts hosts)"],
  ],
]);

const selector = (rest: string) => said(`hosts: [a.com]\n${https}\n${rest}`);

table("workload selectors", [
  [
    "beside endpoints",
    selector(
      "resolution: STATIC\nworkloadSelector: { labels: { a: b } }\nendpoints: [{ address: 10.0.0.1 }]",
    ),
    ["conflict endpoints"],
  ],
  [
    "of everything, of nothing resolved",
    selector("workloadSelector: {}"),
    ["(selects-all workloadSelector)", "(no-effect workloadSelector)"],
  ],
  [
    "wildcards end validation",
    selector("workloadSelector: { labels: { a: '*' } }\nexportTo: ['-']"),
    ["invalid-label workloadSelector.labels.a"],
  ],
]);

table("endpoints", [
  [
    "with resolution NONE",
    [...selector("endpoints: [{ address: 10.0.0.1 }]"), ...selector("endpoints: []")],
    ["conflict endpoints"],
  ],
  [
    "static",
    selector(
      "resolution: STATIC\nendpoints: [{ address: 10.0.0.1, ports: { https: 8443 } }, { address: 'unix:///a' }, { address: 'unix://@a' }]",
    ),
    [],
  ],
  [
    "static without addresses",
    selector("resolution: STATIC\nendpoints: [{ address: a.com }, {}, { network: east }]"),
    [
      "invalid-address endpoints[0].address",
      "required endpoints[1].address",
      "(no-address endpoints[2].address)",
    ],
  ],
  [
    "sockets",
    [
      ...selector("resolution: STATIC\nendpoints: [{ address: 'unix://a', ports: { https: 1 } }]"),
      ...said("hosts: [a.com]\nresolution: STATIC\nendpoints: [{ address: 'unix:///a' }]"),
    ],
    ["invalid-address endpoints[0].address", "conflict endpoints[0].ports", "conflict endpoints[0].address"],
  ],
  [
    "ports and labels",
    selector(
      "resolution: STATIC\nendpoints: [{ address: 10.0.0.1, ports: { http: 70000 }, labels: { '-': a } }]",
    ),
    [
      "unknown-port endpoints[0].ports.http",
      "invalid-port endpoints[0].ports.http",
      'invalid-label endpoints[0].labels["-"]',
    ],
  ],
  [
    "looked up",
    selector(
      "resolution: DNS\nendpoints: [{ address: b.com, ports: { other: 1 } }, { address: 'unix:///a' }, {}]",
    ),
    [
      "unknown-port endpoints[0].ports.other",
      "invalid-address endpoints[1].address",
      "invalid-address endpoints[2].address",
    ],
  ],
  [
    "one in turn",
    selector("resolution: DNS_ROUND_ROBIN\nendpoints: [{ address: b.com }, { address: c.com }]"),
    ["conflict endpoints"],
  ],
  [
    "wildcards that nobody can look up",
    [
      ...said(`hosts: ["*.a.com", "*.b.com"]\nresolution: DNS\n${https}`),
      ...said(`hosts: ["*.a.com"]\nresolution: DNS\nendpoints: [{ address: b.com }]\n${https}`),
    ],
    ["invalid-host hosts[0]"],
  ],
]);

table("dynamic DNS", [
  [
    "of wildcards",
    said('hosts: ["*.a.com"]\nresolution: DYNAMIC_DNS\nports: [{ number: 443, name: tls, protocol: TLS }]'),
    [],
  ],
  [
    "of other hosts, ports, addresses",
    said(
      `hosts: [a.com]\nresolution: DYNAMIC_DNS\naddresses: [10.0.0.1]\nendpoints: [{ address: 10.0.0.1 }]\n${https}`,
    ),
    [
      "invalid-host hosts[0]",
      "conflict addresses",
      "conflict endpoints",
      "unknown-protocol ports[0].protocol",
    ],
  ],
  [
    "inside the mesh, behind a waypoint",
    said('hosts: ["*.a.com"]\nlocation: MESH_INTERNAL\nresolution: DYNAMIC_DNS', {
      labels: { "istio.io/use-waypoint": "w" },
    }),
    ["conflict location"],
  ],
  [
    "inside the mesh, without waypoint",
    said('hosts: ["*.a.com"]\nlocation: MESH_INTERNAL\nresolution: DYNAMIC_DNS', {
      labels: { "istio.io/use-waypoint": "None" },
    }),
    [],
  ],
  ["numbers that mean nothing", said("hosts: [a.com]\nresolution: 9"), ["unknown-value resolution"]],
]);
