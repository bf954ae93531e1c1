import { describe, expect, test } from "vitest";
import { type Kind, schemas } from "../../src/mesh/validity/schema/kinds.ts";
import { fieldNode, type ObjectNode } from "../../src/mesh/validity/schema/node.ts";
import { validateObject } from "../../src/mesh/validity/validity.ts";
import { decodeMessage } from "../../src/mesh/validity/webhook/decode.ts";
import { manifest, webhookCodes, yaml } from "./manifests.ts";

/** What istiod makes of a `spec`. */
function decoded(kind: Kind, text: string) {
  const { spec } = yaml(`spec: ${text}`);
  return decodeMessage(fieldNode(schemas[kind], "spec") as ObjectNode, spec!, ["spec"]).message;
}

describe("reads what the API server would refuse", () => {
  test.each<[what: string, kind: Kind, spec: string, message: unknown]>([
    ["unknown fields are skipped", "VirtualService", "{ hosts: [a], foo: 1 }", { hosts: ["a"] }],
    [
      "protobuf's names are taken, the usual ones first",
      "VirtualService",
      "{ export_to: [a], http: [{ cors_policy: { max_age: 1s, maxAge: 2s } }] }",
      { exportTo: ["a"], http: [{ corsPolicy: { maxAge: "2s" } }] },
    ],
    [
      "a name with a digit",
      "DestinationRule",
      "{ traffic_policy: { outlier_detection: { consecutive_5xx_errors: 5 } } }",
      { trafficPolicy: { outlierDetection: { consecutive5xxErrors: 5 } } },
    ],
    [
      "quoted numbers",
      "VirtualService",
      "{ http: [{ route: [{ weight: '50' }, { weight: ' 5 ' }, { weight: 'null' }], mirrorPercentage: { value: '1e1' } }] }",
      { http: [{ route: [{ weight: 50 }, { weight: 5 }, { weight: 0 }], mirrorPercentage: { value: 10 } }] },
    ],
    [
      "numbers that are none",
      "VirtualService",
      "{ http: [{ mirrorPercentage: { value: 'NaN' } }, { mirrorPercentage: { value: '-Infinity' } }] }",
      {
        http: [
          { mirrorPercentage: { value: Number.NaN } },
          { mirrorPercentage: { value: Number.NEGATIVE_INFINITY } },
        ],
      },
    ],
    [
      "numbers for words",
      "Gateway",
      "{ servers: [{ tls: { mode: 1, minProtocolVersion: 99 } }] }",
      { servers: [{ tls: { mode: "SIMPLE", minProtocolVersion: "99" } }] },
    ],
    [
      "nulls",
      "VirtualService",
      "{ hosts: null, gateways: [null], http: [null, { headers: null, match: [{ headers: { a: null }, sourceLabels: { b: null } }] }] }",
      { gateways: [""], http: [{}, { match: [{ headers: { a: {} }, sourceLabels: { b: "" } }] }] },
    ],
    [
      "empty lists and maps are absent",
      "VirtualService",
      "{ hosts: [], http: [{ route: [], match: [{ headers: {} }] }] }",
      { http: [{ match: [{}] }] },
    ],
    [
      "of several, the one declared last",
      "VirtualService",
      "{ http: [{ match: [{ uri: { regex: a, exact: b } }], redirect: { derivePort: FROM_REQUEST_PORT, port: 80 } }] }",
      { http: [{ match: [{ uri: { regex: "a" } }], redirect: { derivePort: "FROM_REQUEST_PORT" } }] },
    ],
    [
      "bytes over several lines",
      "VirtualService",
      '{ http: [{ directResponse: { body: { bytes: "YW\\nJj" } } }] }',
      { http: [{ directResponse: { body: { bytes: "abc" } } }] },
    ],
    ["a spec that is null", "VirtualService", "null", {}],
  ])("%s", (_, kind, spec, message) => {
    expect(decoded(kind, spec)).toEqual(message);
  });
});

describe("refuses what protobuf cannot hold", () => {
  test.each([
    ["text for a list", "hosts: a", "wrong-type spec.hosts"],
    ["a number for a text", "hosts: [5]", "wrong-type spec.hosts[0]"],
    ["a list for an object", "http: [[]]", "wrong-type spec.http[0]"],
    ["a fraction", "http: [{ retries: { attempts: 1.5 } }]", "wrong-type spec.http[0].retries.attempts"],
    [
      "a quoted fraction, sign or exponent",
      "http: [{ retries: { attempts: '1.0' } }]",
      "wrong-type spec.http[0].retries.attempts",
    ],
    [
      "33 bits",
      "http: [{ retries: { attempts: 2147483648 } }]",
      "out-of-range spec.http[0].retries.attempts",
    ],
    ["a negative port", "http: [{ match: [{ port: -1 }] }]", "out-of-range spec.http[0].match[0].port"],
    [
      "a quoted boolean",
      "http: [{ corsPolicy: { allowCredentials: 'true' } }]",
      "wrong-type spec.http[0].corsPolicy.allowCredentials",
    ],
    [
      "a word in other capitals",
      "http: [{ redirect: { derivePort: from_request_port } }]",
      "unknown-value spec.http[0].redirect.derivePort",
    ],
    ["a duration without unit", "http: [{ timeout: '5' }]", "invalid-duration spec.http[0].timeout"],
    ["a duration that is a number", "http: [{ timeout: 5 }]", "wrong-type spec.http[0].timeout"],
    [
      "bytes that are no base64",
      "http: [{ directResponse: { body: { bytes: abc } } }]",
      "wrong-format spec.http[0].directResponse.body.bytes",
    ],
  ])("%s", (_, spec, code) => {
    expect(webhookCodes(validateObject(manifest("VirtualService", spec)))).toEqual([code]);
  });
});

test("what the API server drops, the webhook of an accepted object never sees", () => {
  const judged = validateObject(
    manifest(
      "ServiceEntry",
      "hosts: [a.com]\nresolution: STATIC\nports: [{ number: 1, name: tcp, protocol: TCP }]\nendpoints: [{ address: 10.0.0.1, ports: { other: null } }]",
    ),
  );
  expect(judged.webhook.valid).toBe(false);
  expect(judged.crd.valid).toBe(true);
  expect(judged.accepted).toBe(true);
});
