import { validateObject } from "../../src/mesh/validity/validity.ts";
import { manifest, table, webhookCodes } from "./manifests.ts";

const said = (spec: string) => webhookCodes(validateObject(manifest("DestinationRule", spec)));
/** A DestinationRule with this traffic policy; paths begin inside it. */
const policy = (settings: string) =>
  said(`host: reviews\ntrafficPolicy: { ${settings} }`).map((text) =>
    text.replace("spec.trafficPolicy.", ""),
  );

table("hosts, subsets, exports", [
  ["any host", [...said('host: "*"'), ...said('host: "*.local"'), ...said("host: reviews")], []],
  [
    "no host",
    [...said("subsets: []"), ...said("host: 10.0.0.1")],
    ["invalid-host spec.host", "invalid-host spec.host"],
  ],
  [
    "subsets",
    said("host: a\nsubsets: [{ name: v1 }, { name: v1, labels: {} }, { name: a.b, labels: { v: '-' } }, {}]"),
    [
      "duplicate spec.subsets[1].name",
      "invalid-name spec.subsets[2].name",
      "invalid-label spec.subsets[2].labels.v",
      "required spec.subsets[3].name",
    ],
  ],
  [
    "warnings of subsets are lost",
    said("host: a\nsubsets: [{ name: v1, trafficPolicy: { outlierDetection: { consecutiveErrors: 5 } } }]"),
    [],
  ],
  ["a selector", said("host: a\nworkloadSelector: { matchLabels: { a: b } }\nexportTo: [.]"), []],
  [
    "a selector beyond the namespace",
    [
      ...said("host: a\nworkloadSelector: { matchLabels: { a: b } }\nexportTo: [other]"),
      ...said("host: a\nworkloadSelector: { matchLabels: { a: b } }\nexportTo: [., other]"),
    ],
    ["conflict spec.exportTo", "conflict spec.exportTo"],
  ],
  [
    "a selector of everything, of wildcards",
    [
      ...said("host: a\nworkloadSelector: {}"),
      ...said("host: a\nworkloadSelector: { matchLabels: { 'a*': '*', '': b } }"),
    ],
    [
      "(selects-all spec.workloadSelector)",
      'invalid-label spec.workloadSelector.matchLabels["a*"]',
      'invalid-label spec.workloadSelector.matchLabels[""]',
    ],
  ],
]);

table("traffic policies", [
  [
    "empty",
    [...said("host: a\ntrafficPolicy: {}"), ...said("host: a\ntrafficPolicy: { portLevelSettings: [] }")],
    ["required spec.trafficPolicy", "required spec.trafficPolicy"],
  ],
  [
    "of a port",
    policy("portLevelSettings: [{ port: { number: 0 }, tls: {} }, { tls: {} }, { port: {} }]"),
    ["required portLevelSettings[1].port", "required portLevelSettings[2]"],
  ],
  [
    "warnings of ports are lost",
    policy(
      "portLevelSettings: [{ port: {}, outlierDetection: { consecutiveErrors: 1, maxEjectionPercent: 101 } }]",
    ),
    ["out-of-range portLevelSettings[0].outlierDetection.maxEjectionPercent"],
  ],
  [
    "tunnel",
    policy("tunnel: { protocol: PUT, targetHost: a_b, targetPort: 0 }"),
    ["unknown-value tunnel.protocol", "invalid-host tunnel.targetHost", "invalid-port tunnel.targetPort"],
  ],
  [
    "tunnel and PROXY protocol end everything",
    policy("tunnel: {}, proxyProtocol: {}, outlierDetection: { maxEjectionPercent: 101 }"),
    ["conflict tunnel"],
  ],
  [
    "version of the PROXY protocol",
    policy("proxyProtocol: { version: 2 }"),
    ["unknown-value proxyProtocol.version"],
  ],
  ["retry budgets are not looked at", policy("retryBudget: { percent: 120, budgetInterval: 0s }"), []],
]);

table("outlier detection", [
  ["empty switches it on", policy("outlierDetection: {}"), []],
  [
    "durations and percentages",
    policy(
      "outlierDetection: { interval: 1500us, baseEjectionTime: 0s, maxEjectionPercent: 101, minHealthPercent: -1 }",
    ),
    [
      "invalid-duration outlierDetection.baseEjectionTime",
      "invalid-duration outlierDetection.interval",
      "out-of-range outlierDetection.maxEjectionPercent",
      "out-of-range outlierDetection.minHealthPercent",
    ],
  ],
  [
    "the ignored setting",
    policy("outlierDetection: { consecutiveErrors: 5 }"),
    ["(deprecated outlierDetection.consecutiveErrors)"],
  ],
  [
    "local failures",
    [
      ...policy("outlierDetection: { consecutiveLocalOriginFailures: 5 }"),
      ...policy(
        "outlierDetection: { consecutiveLocalOriginFailures: 5, splitExternalLocalOriginErrors: true }",
      ),
    ],
    ["conflict outlierDetection.consecutiveLocalOriginFailures"],
  ],
]);

table("connection pools", [
  ["empty", policy("connectionPool: {}"), ["required connectionPool"]],
  [
    "limits",
    policy(
      "connectionPool: { http: { http1MaxPendingRequests: -1, http2MaxRequests: -1, maxRequestsPerConnection: -1, maxRetries: -1, maxConcurrentStreams: -1 }, tcp: { maxConnections: -1 } }",
    ),
    [
      "http1MaxPendingRequests",
      "http2MaxRequests",
      "maxRequestsPerConnection",
      "maxRetries",
      "maxConcurrentStreams",
    ]
      .map((field) => `out-of-range connectionPool.http.${field}`)
      .concat("out-of-range connectionPool.tcp.maxConnections"),
  ],
  [
    "protocols",
    policy("connectionPool: { http: { h2UpgradePolicy: UPGRADE, useClientProtocol: true } }"),
    ["conflict connectionPool.http.useClientProtocol"],
  ],
  [
    "keepalives",
    policy(
      "connectionPool: { http: { http2KeepAlive: { interval: 0s } }, tcp: { tcpKeepalive: { time: 0s, interval: 0s } } }",
    ),
    [
      "invalid-duration connectionPool.http.http2KeepAlive.interval",
      "required connectionPool.http.http2KeepAlive.timeout",
      "invalid-duration connectionPool.tcp.tcpKeepalive.time",
      "invalid-duration connectionPool.tcp.tcpKeepalive.interval",
    ],
  ],
  [
    "idle timeouts that are off",
    [
      ...policy("connectionPool: { tcp: { idleTimeout: 0s } }"),
      ...policy("connectionPool: { tcp: { idleTimeout: -500us } }"),
    ],
    [],
  ],
  [
    "idle timeouts",
    [
      ...policy(
        "connectionPool: { tcp: { idleTimeout: -1s, connectTimeout: 0s, maxConnectionDuration: 0s } }",
      ),
      ...policy("connectionPool: { http: { idleTimeout: 0s } }"),
    ],
    [
      "invalid-duration connectionPool.tcp.connectTimeout",
      "invalid-duration connectionPool.tcp.maxConnectionDuration",
      "invalid-duration connectionPool.tcp.idleTimeout",
      "invalid-duration connectionPool.http.idleTimeout",
    ],
  ],
]);

const tls = (settings: string) => policy(`tls: { ${settings} }`).map((text) => text.replace("tls.", ""));

table("TLS", [
  [
    "modes without certificates",
    [...tls("mode: DISABLE"), ...tls("mode: SIMPLE"), ...tls("mode: ISTIO_MUTUAL, clientCertificate: a")],
    [],
  ],
  [
    "mutual",
    [
      ...tls("mode: MUTUAL"),
      ...tls("mode: MUTUAL, clientCertificate: a, privateKey: b"),
      ...tls("mode: MUTUAL, credentialName: a"),
    ],
    ["required clientCertificate", "required privateKey"],
  ],
  ["credentials and files", tls("mode: SIMPLE, credentialName: a, caCrl: b"), ["conflict caCrl"]],
  [
    "credentials in a ConfigMap",
    [
      ...tls("mode: SIMPLE, credentialName: 'configmap://prod/a'"),
      ...tls("mode: SIMPLE, credentialName: 'configmap://other/a'"),
      ...tls("credentialName: 'configmap://prod'"),
    ],
    ["invalid-credential credentialName", "invalid-credential credentialName"],
  ],
  [
    "unverified",
    [
      ...tls("mode: SIMPLE, insecureSkipVerify: true, credentialName: a"),
      ...tls("mode: MUTUAL, insecureSkipVerify: true, credentialName: a"),
      ...tls("mode: MUTUAL, insecureSkipVerify: true, credentialName: a, subjectAltNames: [b]"),
      ...tls("mode: DISABLE, insecureSkipVerify: true, caCertificates: a"),
    ],
    ["conflict credentialName", "conflict subjectAltNames"],
  ],
]);
