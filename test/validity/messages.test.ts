import { describe, expect, test } from "vitest";
import { manifest, told, yaml } from "./manifests.ts";

/** What a user reads, for the mistakes that public repositories really hold. */
const mistakes: [mistake: string, kind: string, spec: string, read: string[]][] = [
  [
    "timeout inside a route destination",
    "VirtualService",
    "hosts: [reviews]\nhttp: [{ route: [{ destination: { host: reviews }, timeout: 5s }] }]",
    [
      "spec.http[0].route[0].timeout: `timeout` is not a field of a route destination; it belongs one level up, beside `route` → move `timeout` to the HTTP route, beside `route`",
    ],
  ],
  [
    "weight inside the destination",
    "VirtualService",
    "hosts: [reviews]\nhttp: [{ route: [{ destination: { host: reviews, weight: 10 } }] }]",
    [
      "spec.http[0].route[0].destination.weight: `weight` is not a field of a destination; it belongs one level up, beside `destination` → move `weight` to the route destination, beside `destination`",
    ],
  ],
  [
    "a route leg without destination",
    "VirtualService",
    "hosts: [reviews]\nhttp: [{ route: [{ host: reviews }] }]",
    [
      "spec.http[0].route[0].host: `host` is not a field of a route destination; it belongs inside `destination` → move `host` into `destination`",
      "spec.http[0].route[0].destination: a route destination needs `destination` → add `destination`",
    ],
  ],
  [
    "a fault's status outside its abort",
    "VirtualService",
    "hosts: [reviews]\nhttp: [{ fault: { httpStatus: 500 }, route: [{ destination: { host: reviews } }] }]",
    [
      "spec.http[0].fault.httpStatus: `httpStatus` is not a field of a fault injection; it belongs inside `abort` → move `httpStatus` into `abort`",
      "spec.http[0].fault: a fault injection needs `delay` or `abort` → add one of them, or remove `fault`",
    ],
  ],
  [
    "a traffic policy in a VirtualService",
    "VirtualService",
    "hosts: [reviews]\ntrafficPolicy: {}\nhttp: [{ route: [{ destination: { host: reviews } }] }]",
    [
      "spec.trafficPolicy: `trafficPolicy` is not a field of a VirtualService; a DestinationRule has it → move `trafficPolicy` to a DestinationRule",
    ],
  ],
  [
    "half the name of a field",
    "VirtualService",
    "hosts: [reviews]\nhttp: [{ rewrite: { uri: /, regexRewrite: {} }, route: [{ destination: { host: reviews } }] }]",
    [
      "spec.http[0].rewrite.regexRewrite: `regexRewrite` is not a field of a rewrite → write `uriRegexRewrite`",
    ],
  ],
  [
    "protobuf's names and other capitals",
    "VirtualService",
    "hosts: [reviews]\nhttp: [{ timeOut: 5s, retries: { attempts: 2, per_try_timeout: 1s }, route: [{ destination: { host: reviews } }] }]",
    [
      "spec.http[0].timeOut: `timeOut` is not a field of an HTTP route → write `timeout`",
      "spec.http[0].retries.per_try_timeout: `per_try_timeout` is not a field of a retry policy → write `perTryTimeout`",
    ],
  ],
  [
    "a misspelt word of an enumeration",
    "DestinationRule",
    "host: reviews\ntrafficPolicy: { tls: { mode: ITSIO_MUTUAL } }",
    [
      'spec.trafficPolicy.tls.mode: `mode` cannot be "ITSIO_MUTUAL": it is one of DISABLE, SIMPLE, MUTUAL, ISTIO_MUTUAL → write `ISTIO_MUTUAL`',
    ],
  ],
  [
    "the workload selector of another kind",
    "DestinationRule",
    "host: reviews\nworkloadSelector: { labels: { app: reviews } }",
    ["spec.workloadSelector.labels: `labels` is not a field of a workload selector → write `matchLabels`"],
  ],
  [
    "a limit beside the protocol it is for",
    "DestinationRule",
    "host: reviews\ntrafficPolicy: { connectionPool: { maxConnections: 10, http: { connectTimeout: 1s } } }",
    [
      "spec.trafficPolicy.connectionPool.maxConnections: `maxConnections` is not a field of a connection pool; it belongs inside `tcp` → move `maxConnections` into `tcp`",
      "spec.trafficPolicy.connectionPool.http.connectTimeout: `connectTimeout` is not a field of HTTP connection settings; it belongs inside `tcp`, which stands beside `http` → move `connectTimeout` into `tcp`",
    ],
  ],
  [
    "values of other types",
    "VirtualService",
    "hosts: [y]\nhttp: [{ timeout: 5, match: [{ uri: /api, headers: { v: { exact: 1 } } }], route: [{ destination: { host: reviews, port: 80 }, weight: '50' }] }]",
    [
      "spec.hosts[0]: `hosts[0]` must be a string, not `true` → put the word in quotes: without them YAML reads y, yes, on as `true`",
      "spec.http[0].timeout: `timeout` must be a duration such as `5s`, not the number 5 → write `timeout: 5s`",
      'spec.http[0].match[0].uri: `uri` must be a string match, an object with `exact`, `prefix`, `regex`, not the string "/api" → write `uri: { exact: "/api" }`',
      'spec.http[0].match[0].headers.v.exact: `exact` must be a string, not the number 1 → write `exact: "1"`, in quotes',
      "spec.http[0].route[0].destination.port: `port` must be a port selector, an object with `number`, not the number 80 → write `port: { number: 80 }`",
      'spec.http[0].route[0].weight: `weight` must be a whole number, not the string "50" → write `weight: 50`, without quotes',
    ],
  ],
  [
    "durations that Go does not read",
    "VirtualService",
    "hosts: [reviews]\nhttp: [{ timeout: 1d, corsPolicy: { maxAge: 5 min }, retries: { attempts: 1, perTryTimeout: '2', backoff: 0s }, route: [{ destination: { host: reviews } }] }]",
    [
      'spec.http[0].timeout: `timeout` must be a duration of at least 1ms, such as `5s`, not "1d" → write `24h`: the longest unit is the hour',
      'spec.http[0].corsPolicy.maxAge: `maxAge` must be a duration of at least 1ms, such as `5s`, not "5 min" → write `5m`',
      'spec.http[0].retries.perTryTimeout: `perTryTimeout` must be a duration of at least 1ms, such as `5s`, not "2" → write `2s`: a duration needs a unit',
      'spec.http[0].retries.backoff: `backoff` must be a duration of at least 1ms, such as `5s`, not "0s" → leave the field out: a duration of zero does not switch it off',
    ],
  ],
  [
    "conditions with spaces between them",
    "VirtualService",
    'hosts: [reviews]\nhttp: [{ retries: { attempts: 1, retryOn: "5xx, reset" }, route: [{ destination: { host: reviews } }] }]',
    [
      'spec.http[0].retries.retryOn: " reset" is not a retry condition; conditions are joined by commas without spaces → write `reset`',
    ],
  ],
  [
    "lookahead",
    "VirtualService",
    'hosts: [reviews]\nhttp: [{ match: [{ uri: { regex: "/(?!admin).*" } }], route: [{ destination: { host: reviews } }] }]',
    [
      'spec.http[0].match[0].uri.regex: "/(?!admin).*" is not an RE2 expression: invalid or unsupported Perl syntax: `(?!` → rewrite it without lookahead and lookbehind, which RE2 does not have',
    ],
  ],
  [
    "endpoints that nothing resolves to",
    "ServiceEntry",
    "hosts: [api.example.com]\nendpoints: [{ address: 10.0.0.1 }]",
    [
      "spec.endpoints: a ServiceEntry must not have `endpoints` with resolution NONE, which is the default → set `resolution: STATIC` (or DNS), or remove `endpoints`",
    ],
  ],
  [
    "a Sidecar host without namespace",
    "Sidecar",
    "egress: [{ hosts: [reviews] }]",
    [
      'spec.egress[0].hosts[0]: "reviews" must have the form `namespace/host` → write `./reviews` or `*/reviews`',
    ],
  ],
  [
    "TLS on a port of plain text",
    "Gateway",
    'servers: [{ hosts: ["*"], port: { number: 443, name: web, protocol: HTTP }, tls: { mode: SIMPLE, credentialName: cert } }]',
    [
      "spec.servers[0].tls: a server with protocol HTTP speaks plain text: of `tls` it may have `httpsRedirect` → write `protocol: HTTPS`, or remove the TLS settings",
    ],
  ],
];

describe("tells what is wrong, where, and what to write instead", () => {
  test.each(mistakes)("%s", (_, kind, spec, read) => {
    expect(told(manifest(kind, spec))).toEqual(read);
  });

  test("settings outside `spec`", () => {
    expect(told({ ...manifest("Sidecar", "egress: [{ hosts: ['./*'] }]"), egress: [] })).toEqual([
      "egress: `egress` is not a field of a Sidecar manifest; it belongs inside `spec` → move `egress` into `spec`",
    ]);
  });

  test("kinds, groups and versions that do not exist", () => {
    const object = (apiVersion: string, kind: string) =>
      told(yaml(`{ apiVersion: ${apiVersion}, kind: ${kind}, spec: {} }`));
    expect(object("networking.istio.io/v1", "VirtualServce")).toEqual([
      'kind: "VirtualServce" is not a kind of `networking.istio.io` that Sluice judges → write `VirtualService`',
    ]);
    expect(object("config.istio.io/v1alpha2", "Gateway")).toEqual([
      'apiVersion: "config.istio.io/v1alpha2" is not the `apiVersion` of a Gateway → write `networking.istio.io/v1`',
    ]);
    expect(object("networking.istio.io/v2", "Sidecar")).toContain(
      "apiVersion: `networking.istio.io/v2` is not a version that is served → write `networking.istio.io/v1`",
    );
  });

  test("begins in lower case or with the value, and ends without a full stop", () => {
    const lines = mistakes.flatMap(([, kind, spec]) => told(manifest(kind, spec)));
    for (const text of lines) expect(text).toMatch(/^[^:]+: (?:[a-z`"]).*[^.]$/);
  });
});
