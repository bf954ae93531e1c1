import { validateObject } from "../../src/mesh/validity/validity.ts";
import { manifest, table, webhookCodes } from "./manifests.ts";

const said = (spec: string) => webhookCodes(validateObject(manifest("VirtualService", spec)));
const to = "route: [{ destination: { host: reviews } }]";
/** One HTTP route with these settings. */
const http = (settings: string, spec = "hosts: [reviews]") => said(`${spec}\nhttp: [{ ${settings} }]`);

table("actions", [
  ["redirect to nothing", http("redirect: { redirectCode: 301 }"), ["required spec.http[0].redirect"]],
  ["redirect to port 0", http("redirect: { port: 0 }"), []],
  [
    "redirect to path and prefix",
    http("redirect: { uri: /, prefixRewrite: / }"),
    ["conflict spec.http[0].redirect"],
  ],
  [
    "redirect of a prefix that is not matched",
    http("match: [{ uri: { exact: / } }], redirect: { prefixRewrite: / }"),
    ["conflict spec.http[0].redirect.prefixRewrite"],
  ],
  [
    "redirect of a prefix without match",
    http("match: [{ method: { exact: GET } }], redirect: { prefixRewrite: / }"),
    [],
  ],
  [
    "redirect code, scheme, port",
    [
      ...http("redirect: { uri: /, redirectCode: 200 }"),
      ...http("redirect: { scheme: HTTP }"),
      ...http("redirect: { port: 70000 }"),
    ],
    [
      "out-of-range spec.http[0].redirect.redirectCode",
      "unknown-value spec.http[0].redirect.scheme",
      "invalid-port spec.http[0].redirect.port",
    ],
  ],
  [
    "direct response status",
    [...http("directResponse: { status: 600 }"), ...http("directResponse: { status: 199 }")],
    ["out-of-range spec.http[0].directResponse.status"],
  ],
  [
    "large bodies",
    [...http(`directResponse: { status: 200, body: { string: "${"a".repeat(102_401)}" } }`)],
    ["(large-body spec.http[0].directResponse.body)"],
  ],
  [
    "rewrites",
    [
      ...http(`rewrite: { uri: "" }, ${to}`),
      ...http(`rewrite: { uri: /, uriRegexRewrite: { match: a, rewrite: b } }, ${to}`),
      ...http(`rewrite: { uriRegexRewrite: { match: a } }, ${to}`),
      ...http(`rewrite: { uriRegexRewrite: { match: "(", rewrite: b } }, ${to}`),
    ],
    [
      "required spec.http[0].rewrite",
      "conflict spec.http[0].rewrite",
      "required spec.http[0].rewrite.uriRegexRewrite",
      "invalid-regex spec.http[0].rewrite.uriRegexRewrite.match",
    ],
  ],
  [
    "faults",
    http(
      `fault: { abort: { httpStatus: 600, percentage: { value: 0.0001 } }, delay: { percentage: { value: 100.1 } } }, ${to}`,
    ),
    ["out-of-range spec.http[0].fault.delay.percentage.value"],
  ],
  [
    "gRPC statuses",
    [
      ...http(`fault: { abort: { grpcStatus: NOT_FOUND } }, ${to}`),
      ...http(`fault: { abort: { grpcStatus: "5" } }, ${to}`),
      ...http(`fault: { abort: { http2Error: a } }, ${to}`),
    ],
    [
      "unknown-value spec.http[0].fault.abort.grpcStatus",
      "not-supported spec.http[0].fault.abort.http2Error",
    ],
  ],
  ["an abort of nothing, of which Istio loses its warning", http(`fault: { abort: {} }, ${to}`), []],
  [
    "exponential delays",
    http(`fault: { delay: { exponentialDelay: 1s } }, ${to}`),
    ["not-supported spec.http[0].fault.delay.exponentialDelay"],
  ],
  ["retries", http(`retries: { attempts: 2, retryOn: "5xx,503,reset" }, ${to}`), []],
  [
    "retries that are off",
    [
      ...http(`retries: { retryOn: 5xx }, ${to}`),
      ...http(`retries: { backoff: 1s, retryIgnorePreviousHosts: true }, ${to}`),
    ],
    ["retries-off spec.http[0].retries.attempts"],
  ],
  [
    "retries of nothing known",
    http(`retries: { attempts: -1, retryOn: "5xx,999," }, ${to}`),
    [
      "out-of-range spec.http[0].retries.attempts",
      "unknown-value spec.http[0].retries.retryOn",
      "unknown-value spec.http[0].retries.retryOn",
    ],
  ],
  [
    "durations",
    http(`timeout: 1500us, retries: { attempts: 1, perTryTimeout: 1ms, backoff: 500us }, ${to}`),
    ["invalid-duration spec.http[0].retries.backoff", "invalid-duration spec.http[0].timeout"],
  ],
  [
    "CORS",
    http(
      `corsPolicy: { allowOrigins: [{}, { regex: "(" }], allowMethods: [GET, get, "*"], allowHeaders: ["*", "a b"], exposeHeaders: [""], maxAge: 1500ms }, ${to}`,
    ),
    [
      "empty-match spec.http[0].corsPolicy.allowOrigins[0]",
      "invalid-regex spec.http[0].corsPolicy.allowOrigins[1].regex",
      "unknown-value spec.http[0].corsPolicy.allowMethods[1]",
      "invalid-header spec.http[0].corsPolicy.allowHeaders[1]",
      "invalid-header spec.http[0].corsPolicy.exposeHeaders[0]",
      "invalid-duration spec.http[0].corsPolicy.maxAge",
    ],
  ],
]);

table("header operations", [
  ["host and authority in requests", http(`headers: { request: { set: { Host: a } } }, ${to}`), []],
  [
    "host twice",
    http(`rewrite: { authority: a }, headers: { request: { add: { ":authority": b } } }, ${to}`),
    ['conflict spec.http[0].headers.request.add[":authority"]'],
  ],
  [
    "pseudo-headers",
    http(
      `headers: { request: { set: { ":path": a }, remove: [":authority"] }, response: { add: { Host: a }, set: { "": a } } }, ${to}`,
    ),
    [
      'invalid-header spec.http[0].headers.request.set[":path"]',
      "invalid-header spec.http[0].headers.request.remove[0]",
      "invalid-header spec.http[0].headers.response.add.Host",
      'invalid-header spec.http[0].headers.response.set[""]',
    ],
  ],
  [
    "values",
    http(`headers: { request: { set: { a: "100%", "b c": "\\t", d: "\\u0001" } } }, ${to}`),
    [
      "invalid-header spec.http[0].headers.request.set.a",
      "invalid-header spec.http[0].headers.request.set.d",
    ],
  ],
  [
    "on a destination",
    http("route: [{ destination: { host: a }, headers: { response: { remove: [host] } } }]"),
    ["invalid-header spec.http[0].route[0].headers.response.remove[0]"],
  ],
]);
