import { validateObject } from "../../src/mesh/validity/validity.ts";
import { manifest, table, webhookCodes } from "./manifests.ts";

const said = (spec: string) => webhookCodes(validateObject(manifest("VirtualService", spec)));
const to = "route: [{ destination: { host: reviews } }]";

const routes = (...all: string[]) =>
  said(`hosts: [a]\nhttp: [${all.map((route) => `{ ${route}, ${to} }`).join(", ")}]`);

table("rules that no request reaches", [
  [
    "behind a catch-all",
    routes("name: first", "match: [{ port: 80 }, { port: 81 }]", "name: last"),
    [
      "(unreachable-route spec.http[1].match[0])",
      "(unreachable-route spec.http[1].match[1])",
      "(unreachable-route spec.http[2])",
    ],
  ],
  [
    "the same match again",
    routes(
      "match: [{ uri: { prefix: /a }, name: one }]",
      "match: [{ name: other, uri: { prefix: /a }, port: 0 }]",
    ),
    ["(ineffective-match spec.http[1].match[0])", "(unreachable-route spec.http[1])"],
  ],
  [
    "longer prefix behind a shorter",
    routes("match: [{ uri: { prefix: /a } }]", "match: [{ uri: { prefix: /ab } }]"),
    ["(ineffective-match spec.http[1].match[0])"],
  ],
  [
    "longer prefix of another method, port or header",
    routes(
      "match: [{ uri: { prefix: /a }, method: { exact: POST } }]",
      "match: [{ uri: { prefix: /ab } }]",
      "match: [{ uri: { prefix: /abc }, port: 80 }]",
      "match: [{ uri: { prefix: /abcd }, headers: { x: {} } }]",
    ),
    [],
  ],
  ["exact behind prefix", routes("match: [{ uri: { prefix: /a } }]", "match: [{ uri: { exact: /ab } }]"), []],
  [
    "source labels are not looked at",
    routes("match: [{ uri: { prefix: /a }, sourceLabels: { a: b } }]", "match: [{ uri: { prefix: /ab } }]"),
    ["(ineffective-match spec.http[1].match[0])"],
  ],
]);
