import { expect, test } from "vitest";
import { judgedKind, schemaErrors, validateObject } from "../../src/mesh/validity/validity.ts";
import { pathText } from "../../src/mesh/validity/violation.ts";
import { manifest, table } from "./manifests.ts";

const codes = (kind: string, spec: string) =>
  schemaErrors(manifest(kind, spec)).map(({ code, path }) => `${code} ${pathText(path.slice(1))}`.trim());
const route = (spec: string) => codes("VirtualService", `hosts: [a]\nhttp: [{ ${spec} }]`);
const rule = (spec: string) => codes("DestinationRule", `host: a\ntrafficPolicy: { ${spec} }`);
const entry = (spec: string) => codes("ServiceEntry", `hosts: [a.com]\n${spec}`);

table("types and limits", [
  [
    "strings, numbers, booleans",
    route("timeout: true, match: [{ port: '80', ignoreUriCase: 1 }], retries: { attempts: 1.5 }"),
    [
      "wrong-type http[0].timeout",
      "wrong-type http[0].match[0].port",
      "wrong-type http[0].match[0].ignoreUriCase",
      "wrong-type http[0].retries.attempts",
    ],
  ],
  [
    "objects and lists",
    route("match: {}, route: [a], headers: []"),
    ["wrong-type http[0].match", "wrong-type http[0].route[0]", "wrong-type http[0].headers"],
  ],
  [
    "whole numbers with a fraction of nothing",
    route("route: [{ destination: { host: a }, weight: 50.0 }, { destination: { host: a }, weight: 1e1 }]"),
    [],
  ],
  [
    "32 bits",
    route("retries: { attempts: 2147483648 }, match: [{ port: 4294967296 }, { port: -1 }]"),
    [
      "out-of-range http[0].retries.attempts",
      "out-of-range http[0].match[0].port",
      "out-of-range http[0].match[1].port",
    ],
  ],
  [
    "64 bits",
    [
      ...rule("loadBalancer: { consistentHash: { minimumRingSize: 9007199254740993 } }"),
      ...rule("loadBalancer: { consistentHash: { minimumRingSize: 9223372036854775808 } }"),
    ],
    ["wrong-type trafficPolicy.loadBalancer.consistentHash.minimumRingSize"],
  ],
  [
    "bounds",
    rule("retryBudget: { percent: 120 }, outlierDetection: { outlierDetectionHttpErrorCodes: [99, 599] }"),
    [
      "out-of-range trafficPolicy.retryBudget.percent",
      "out-of-range trafficPolicy.outlierDetection.outlierDetectionHttpErrorCodes[0]",
    ],
  ],
  [
    "words",
    rule("tls: { mode: simple }, proxyProtocol: { version: 1 }"),
    ["unknown-value trafficPolicy.tls.mode", "unknown-value trafficPolicy.proxyProtocol.version"],
  ],
  [
    "bytes",
    [
      ...route("directResponse: { status: 200, body: { bytes: YQ== } }"),
      ...route("directResponse: { status: 200, body: { bytes: a } }"),
    ],
    ["wrong-format http[0].directResponse.body.bytes"],
  ],
  [
    "lengths",
    [
      ...codes("ServiceEntry", "hosts: []"),
      ...entry(`addresses: [${"a".repeat(65)}]`),
      ...entry(`workloadSelector: { labels: { a: ${"ü".repeat(63)} } }`),
    ],
    ["too-few hosts", "too-long addresses[0]"],
  ],
  [
    "required fields",
    [
      ...codes("ServiceEntry", "location: MESH_EXTERNAL"),
      ...codes("Gateway", "servers: [{}]"),
      ...codes("VirtualService", "tls: [{ match: [{}] }, {}]"),
    ],
    [
      "required hosts",
      "required servers[0].port",
      "required servers[0].hosts",
      "required tls[0].match[0].sniHosts",
      "required tls[1].match",
    ],
  ],
  [
    "keys of lists",
    entry("ports: [{ number: 1, name: a }, { number: 2, name: a }]"),
    ["duplicate ports[1].name"],
  ],
]);

table("unknown fields", [
  [
    "other capitals",
    route("timeOut: 5s, Timeout: 5s"),
    ["unknown-field http[0].timeOut", "unknown-field http[0].Timeout"],
  ],
  [
    "protobuf's names, with one exception",
    route("per_try_timeout: 5s, mirror_percent: 5"),
    ["unknown-field http[0].per_try_timeout"],
  ],
  [
    "names that every object inherits",
    route("constructor: {}, toString: 1"),
    ["unknown-field http[0].constructor", "unknown-field http[0].toString"],
  ],
  ["nulls", route("foo: null"), ["unknown-field http[0].foo"]],
]);

table("nulls", [
  [
    "of fields are dropped",
    route("timeout: null, match: null, headers: { request: { set: { a: null } } }"),
    [],
  ],
  ["of wrappers are kept", route("mirrorPercent: null, retries: { retryRemoteLocalities: null }"), []],
  ["do not stand for required fields", codes("DestinationRule", "host: null"), ["required host"]],
  ["do not count as one of several", route("fault: { abort: { httpStatus: 500, grpcStatus: null } }"), []],
  [
    "in lists stay",
    route("match: [null], headers: { request: { remove: [null] } }"),
    ["wrong-type http[0].match[0]", "wrong-type http[0].headers.request.remove[0]"],
  ],
]);

table("one of several", [
  [
    "string matches",
    route("match: [{ uri: { exact: a, prefix: b }, headers: { a: { exact: a, regex: b } } }]"),
    ["one-of http[0].match[0].uri", "one-of http[0].match[0].headers.a"],
  ],
  [
    "faults, redirects, bodies",
    route(
      "fault: { abort: { httpStatus: 500, grpcStatus: OK }, delay: { fixedDelay: 1s, exponentialDelay: 1s } }, redirect: { port: 80, derivePort: FROM_REQUEST_PORT }, directResponse: { status: 200, body: { string: a, bytes: YQ== } }",
    ),
    [
      "one-of http[0].fault.abort",
      "one-of http[0].fault.delay",
      "one-of http[0].redirect",
      "one-of http[0].directResponse.body",
    ],
  ],
  [
    "load balancers",
    rule(
      "loadBalancer: { simple: RANDOM, consistentHash: { useSourceIp: true, httpHeaderName: a, ringHash: {}, maglev: {} } }",
    ),
    [
      "one-of trafficPolicy.loadBalancer.consistentHash",
      "one-of trafficPolicy.loadBalancer.consistentHash",
      "one-of trafficPolicy.loadBalancer",
    ],
  ],
]);

const sidecar = manifest("Sidecar", "egress: [{ hosts: ['./*'] }]");

test("status may hold more than the schema knows, but not less well", () => {
  const withStatus = (status: object) => schemaErrors({ ...sidecar, status: status as never });
  expect(
    withStatus({
      addresses: [],
      conditions: [{ lastProbeTime: "2024-01-01T00:00:00Z", observedGeneration: "1" }],
    }),
  ).toEqual([]);
  expect(
    withStatus({ conditions: [{ lastProbeTime: "now", foo: 1 }], validationMessages: {} }).map(
      ({ code }) => code,
    ),
  ).toEqual(["wrong-format", "unknown-field", "wrong-type"]);
});

test("every served version has the same schema, and no other version has one", () => {
  const versions = ["v1", "v1beta1", "v1alpha3", "v1alpha1", "v2"];
  const valid = versions.map((version) =>
    validateObject({ ...sidecar, apiVersion: `networking.istio.io/${version}` }),
  );
  expect(valid.map(({ crd }) => crd.valid)).toEqual([true, true, true, false, false]);
  expect(valid.map(({ webhook }) => webhook.valid)).toEqual([true, true, true, true, true]);
});

test("metadata that nobody can read is refused, unknown metadata is not", () => {
  expect(schemaErrors({ ...sidecar, metadata: { name: "a", bogus: 1 } })).toEqual([]);
  expect(
    schemaErrors({ ...sidecar, metadata: { name: 1, labels: { a: true } } }).map(({ path }) =>
      pathText(path),
    ),
  ).toEqual(["metadata.name", "metadata.labels.a"]);
});

test("objects of other groups are none of ours", () => {
  expect(judgedKind({ ...sidecar, apiVersion: "gateway.networking.k8s.io/v1", kind: "Gateway" })).toBe(null);
  expect(schemaErrors({ apiVersion: "v1", kind: "Service", spec: 5 })).toEqual([]);
});
