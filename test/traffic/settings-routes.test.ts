import { describe, expect, it } from "vitest";
import type { Change } from "../../src/traffic/change.ts";
import { change, split, virtualService } from "./manifests.ts";

const route = (fields: string) =>
  virtualService(`- ${split({ stable: 100 })}\n${fields.replaceAll(/^/gm, "  ")}`);
const line = ({ kind, path, before, after, direction }: Change) =>
  `${kind} ${path}: ${before} → ${after}, ${direction}`;
const defaults = "2 retries on Istio's default conditions";

describe("settings of a route", () => {
  const cases = [
    {
      name: "a timeout set, raised, lowered, removed",
      values: ["", "timeout: 5s", "timeout: 10s", "timeout: 500ms", ""],
      changes: [
        ["timeout http[0].timeout: none → 5s, tighter"],
        ["timeout http[0].timeout: 5s → 10s, looser"],
        ["timeout http[0].timeout: 10s → 500ms, tighter"],
        ["timeout http[0].timeout: 500ms → none, looser"],
      ],
    },
    {
      name: "retries: Istio's default, more, none",
      values: ["", "retries: { attempts: 5, retryOn: 5xx }", "retries: { attempts: 0 }", ""],
      changes: [
        [`retries http[0].retries: ${defaults} → 5 retries on 5xx, looser`],
        ["retries http[0].retries: 5 retries on 5xx → none, tighter"],
        [`retries http[0].retries: none → ${defaults}, looser`],
      ],
    },
    {
      name: "the longest wait without a timeout: every attempt's own, and the back-off between them",
      values: [
        "",
        "retries: { attempts: 2, perTryTimeout: 2s }",
        "retries: { attempts: 2, perTryTimeout: 3s }",
      ],
      changes: [
        [
          `retries http[0].retries: ${defaults} → ${defaults}, at most 2s each, other`,
          "longestWait http[0] longest wait: unbounded → 6.1s, tighter",
        ],
        [
          `retries http[0].retries: ${defaults}, at most 2s each → ${defaults}, at most 3s each, other`,
          "longestWait http[0] longest wait: 6.1s → 9.1s, looser",
        ],
      ],
    },
    {
      name: "with a timeout the attempts do not count",
      values: [
        "timeout: 5s\nretries: { attempts: 2, perTryTimeout: 2s }",
        "timeout: 5s\nretries: { attempts: 3, perTryTimeout: 2s }",
      ],
      changes: [
        [
          `retries http[0].retries: ${defaults}, at most 2s each → 3 retries on Istio's default conditions, at most 2s each, looser`,
        ],
      ],
    },
    {
      name: "an injected delay comes on top of the timeout",
      values: ["timeout: 5s", "timeout: 5s\nfault: { delay: { fixedDelay: 2s, percentage: { value: 10 } } }"],
      changes: [
        [
          "longestWait http[0] longest wait: 5s → 7s, looser",
          "fault http[0].fault: none → 2s delay for 10 %, other",
        ],
      ],
    },
    {
      name: "an abort, a mirror, a rewrite, header operations, CORS",
      values: [
        "",
        "fault: { abort: { httpStatus: 503, percentage: { value: 0.5 } } }",
        "mirror: { host: reviews, subset: canary }\nmirrorPercentage: { value: 20 }",
        "rewrite: { uri: /v2/ }",
        "headers: { request: { set: { x-a: b } } }",
        "corsPolicy: { allowOrigins: [{ exact: 'https://example.com' }] }",
      ],
      changes: [
        ["fault http[0].fault: none → abort with 503 for 0.5 %, other"],
        [
          "mirror http[0].mirrors: none → 20 % to reviews.prod.svc.cluster.local canary, other",
          "fault http[0].fault: abort with 503 for 0.5 % → none, other",
        ],
        [
          "mirror http[0].mirrors: 20 % to reviews.prod.svc.cluster.local canary → none, other",
          "rewrite http[0].rewrite: none → path to /v2/, other",
        ],
        [
          "rewrite http[0].rewrite: path to /v2/ → none, other",
          'headers http[0].headers: none → {"request":{"set":{"x-a":"b"}}}, other',
        ],
        [
          'headers http[0].headers: {"request":{"set":{"x-a":"b"}}} → none, other',
          'cors http[0].corsPolicy: none → {"origins":[{"exact":"https://example.com"}]}, other',
        ],
      ],
    },
  ];
  for (const { name, values, changes } of cases) {
    it(name, () => {
      const states = values.map(route);
      const seen = changes.map((_, i) => change(states[i]!, states[i + 1]!));
      expect(seen.map((each) => each.changes.map(line))).toEqual(changes);
      expect(seen.flatMap(({ shifts }) => shifts)).toEqual([]);
    });
  }

  it("redirects and direct responses change as such, and move nobody", () => {
    const redirect = (to: string) => virtualService(`- redirect: { authority: ${to} }`);
    expect(change(redirect("a.com"), redirect("b.com")).changes.map(line)).toEqual([
      "redirect http[0].redirect: 301 to host a.com → 301 to host b.com, other",
    ]);
    const response = (status: number) => virtualService(`- directResponse: { status: ${status} }`);
    expect(change(response(503), response(200)).changes.map(line)).toEqual([
      'directResponse http[0].directResponse: 503 "" → 200 "", other',
    ]);
    expect(change(redirect("a.com"), redirect("b.com")).shifts).toEqual([]);
    const prefix = (to: string) => virtualService(`- redirect: { prefixRewrite: ${to} }`);
    expect(change(prefix("/a"), prefix("/b")).changes.map(line)).toEqual([
      "redirect http[0].redirect: 301 to prefix /a → 301 to prefix /b, other",
    ]);
  });

  it("header operations of a leg move nobody", () => {
    const leg = (headers: string) =>
      virtualService(`- route: [{ destination: { host: reviews, subset: stable }${headers} }]`);
    const seen = change(leg(""), leg(", headers: { response: { remove: [x-a] } }"));
    expect(seen.shifts).toEqual([]);
    expect(seen.changes.map(line)).toEqual([
      'headers http[0].headers: none → stable: {"response":{"remove":["x-a"]}}, other',
    ]);
  });

  it("requests that fall to another route meet its timeout", () => {
    const rest = `- ${split({ stable: 100 })}\n  timeout: 5s`;
    const special = `- match: [{ uri: { prefix: /slow/ } }]\n  ${split({ stable: 100 })}\n  timeout: 60s`;
    expect(change(virtualService(rest), virtualService(`${special}\n${rest}`)).changes.map(line)).toEqual([
      "timeout http[0].timeout: 5s → 60s, looser",
    ]);
  });

  it("a change stands on head's line; where the field is gone, on its route", () => {
    const timed = virtualService(`- ${split({ stable: 100 })}\n  timeout: 5s`);
    const untimed = virtualService(`- ${split({ stable: 100 })}`);
    const [set] = change(untimed, timed).changes;
    const [gone] = change(timed, untimed).changes;
    expect([set!.range.line, gone!.range.line]).toEqual([10, 9]);
  });

  it("several matches, hosts and gateways of one route are one change", () => {
    const routes = (timeout: string) =>
      virtualService(
        `- match: [{ uri: { prefix: /a/ } }, { uri: { prefix: /b/ } }]\n  ${split({ stable: 100 })}\n  timeout: ${timeout}`,
        "hosts: [reviews, reviews.example.com]\n  gateways: [mesh, edge]",
      );
    expect(change(routes("1s"), routes("2s")).changes.map(line)).toEqual([
      "timeout http[0].timeout: 1s → 2s, looser",
    ]);
  });
});
