import { validateObject } from "../../src/mesh/validity/validity.ts";
import { manifest, table, webhookCodes } from "./manifests.ts";

const said = (spec: string) => webhookCodes(validateObject(manifest("VirtualService", spec)));
const to = "route: [{ destination: { host: reviews } }]";
/** One HTTP route with these settings. */
const http = (settings: string, spec = "hosts: [reviews]") => said(`${spec}\nhttp: [{ ${settings} }]`);
const matching = (match: string, spec?: string) => http(`match: [{ ${match} }], ${to}`, spec);

table("what an HTTP route does", [
  ["nothing", http("timeout: 5s"), ["required spec.http[0].route"]],
  [
    "two things",
    http(`redirect: { uri: / }, fault: {}, directResponse: { status: 200 }, ${to}`),
    [
      "conflict spec.http[0].route",
      "conflict spec.http[0].fault",
      "conflict spec.http[0].directResponse",
      "required spec.http[0].fault",
    ],
  ],
  [
    "answers and rewrites",
    http("directResponse: { status: 200 }, rewrite: { uri: / }"),
    ["conflict spec.http[0].rewrite"],
  ],
  ["delegates", http("delegate: { name: a }, rewrite: { uri: / }"), []],
  ["delegates and routes", http(`delegate: { name: a }, ${to}`), ["conflict spec.http[0].route"]],
  ["delegates an empty route", http("delegate: { name: a }, route: []"), []],
  ["delegates from a delegate", http(`delegate: { name: a }, ${to}`, ""), ["conflict spec.http[0].delegate"]],
  [
    "mirrors twice",
    http(`mirror: { host: a }, mirrors: [{ destination: { host: b } }], ${to}`),
    ["conflict spec.http[0].mirror"],
  ],
  ["redirects and mirrors", http("redirect: { uri: / }, mirror: { host: a }"), []],
]);

table("matches", [
  [
    "all kinds of matches",
    matching(
      'uri: { prefix: "" }, method: { exact: "" }, headers: { x-a: {}, ":path": { prefix: / } }, queryParams: { a: { regex: .* } }, port: 80, sourceLabels: { a: b }',
    ),
    [],
  ],
  [
    "empty prefix",
    matching('scheme: { prefix: "" }, headers: { a: { prefix: "" } }'),
    ["empty-match spec.http[0].match[0].headers.a.prefix", "empty-match spec.http[0].match[0].scheme.prefix"],
  ],
  ["empty regex", matching('uri: { regex: "" }'), ["empty-match spec.http[0].match[0].uri.regex"]],
  [
    "no regex",
    matching('uri: { regex: "[" }, queryParams: { a: { regex: "*" } }'),
    [
      "invalid-regex spec.http[0].match[0].uri.regex",
      "invalid-regex spec.http[0].match[0].queryParams.a.regex",
    ],
  ],
  [
    "a star means presence in withoutHeaders only",
    matching('withoutHeaders: { a: { regex: "*" } }, headers: { a: { regex: "*" } }'),
    ["invalid-regex spec.http[0].match[0].headers.a.regex"],
  ],
  [
    "no header",
    matching('headers: { "a b": {}, "": {}, ":foo": {} }'),
    [
      'invalid-header spec.http[0].match[0].headers["a b"]',
      'invalid-header spec.http[0].match[0].headers[""]',
      'invalid-header spec.http[0].match[0].headers[":foo"]',
    ],
  ],
  [
    "claims at gateways",
    matching('headers: { "@request.auth.claims.group": { exact: a } }', "hosts: [a]\ngateways: [gw]"),
    [],
  ],
  [
    "claims in the mesh",
    matching('headers: { "@request.auth.claims.group": { exact: a } }'),
    ['jwt-claim-in-mesh spec.http[0].match[0].headers["@request.auth.claims.group"]'],
  ],
  [
    "port, labels, namespace, gateways",
    matching('port: 70000, sourceLabels: { "-": a }, sourceNamespace: a.b, gateways: [a/]'),
    [
      "invalid-port spec.http[0].match[0].port",
      'invalid-label spec.http[0].match[0].sourceLabels["-"]',
      "invalid-gateway spec.http[0].match[0].gateways[0]",
      "invalid-namespace spec.http[0].match[0].sourceNamespace",
    ],
  ],
  ["old gateway references are not told here", matching("gateways: [gw.ns]"), []],
]);

table("destinations", [
  [
    "weights that do not sum up to 100",
    http("route: [{ destination: { host: a }, weight: 1 }, { destination: { host: b }, weight: 200 }]"),
    [],
  ],
  [
    "weights of 0",
    http("route: [{ destination: { host: a } }, { destination: { host: b }, weight: 0 }]"),
    ["zero-weights spec.http[0].route"],
  ],
  ["one weight of 0", http("route: [{ destination: { host: a }, weight: 0 }]"), []],
  [
    "a negative weight",
    http("route: [{ destination: { host: a }, weight: -1 }]"),
    ["out-of-range spec.http[0].route[0].weight"],
  ],
  [
    "host, subset, port",
    http(
      'route: [{ destination: { host: "*", subset: a.b, port: {} } }, { destination: { host: 10.0.0.1 }, weight: 1 }]',
    ),
    [
      "invalid-host spec.http[0].route[0].destination.host",
      "invalid-name spec.http[0].route[0].destination.subset",
      "invalid-port spec.http[0].route[0].destination.port.number",
      "invalid-host spec.http[0].route[1].destination.host",
    ],
  ],
  ["none", http("route: [{ weight: 1 }]"), ["required spec.http[0].route[0].destination"]],
  [
    "mirrors",
    http(`mirror: { host: "*" }, mirrorPercentage: { value: 101 }, ${to}`),
    ["out-of-range spec.http[0].mirrorPercentage.value", "invalid-host spec.http[0].mirror.host"],
  ],
  [
    "several mirrors",
    http(`mirrors: [{}, { destination: { host: a }, percentage: { value: -1 } }], ${to}`),
    ["required spec.http[0].mirrors[0].destination", "out-of-range spec.http[0].mirrors[1].percentage.value"],
  ],
  [
    "an old mirror percentage",
    http(`mirror: { host: a }, mirrorPercent: 101, ${to}`),
    ["out-of-range spec.http[0].mirrorPercent", "(deprecated spec.http[0].mirrorPercent)"],
  ],
]);
