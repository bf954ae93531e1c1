import { describe, expect, it } from "vitest";
import { evaluate } from "../../src/evaluation.ts";
import { effectivePolicy } from "../../src/policy/effective.ts";
import { policyLayers } from "../../src/policy/layers.ts";
import { suggestions } from "../../src/suggestion.ts";

/** What is proposed for the findings of a rule when the text of one file changes. */
function proposed(rule: string, options: string, base: string, head: string) {
  const text = `version: 1\nmode: enforce\nrules:\n  ${rule}: { severity: block${options} }\n`;
  const layers = policyLayers(
    { kind: "file", source: "org.yaml", commit: null, text },
    { kind: "absent", source: "repo.yaml" },
  );
  const policy = effectivePolicy(layers, "enforce");
  const side = (manifest: string) => new Map([["mesh.yaml", manifest]]);
  const change = { base: side(base), head: side(head), unreadable: [] };
  const judged = evaluate(change, policy, { now: 0 });
  const found = judged.evidence.findings.filter((finding) => finding.rule === rule);
  expect(found).not.toEqual([]);
  const suggest = suggestions(change, policy, { now: 0 }, judged);
  return found.map((finding) => suggest([finding])?.text ?? null);
}

const route = (legs: string, timeout = "3s") => `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, namespace: prod }
spec:
  hosts: [reviews]
  http:
    - match: [{ method: { exact: GET } }]
      timeout: ${timeout}
      route: [${legs}]
`;
const leg = (subset: string, weight: number) =>
  `{ destination: { host: reviews, subset: ${subset} }, weight: ${weight} }`;
const legs = (...weights: readonly number[]) =>
  weights.map((weight, index) => leg(`v${index + 1}`, weight)).join(", ");

describe("what is proposed", () => {
  it.each([
    ["a step of two legs", "", legs(90, 10), legs(40, 60), legs(70, 30)],
    [
      "a step of three, who loses most keeping the rest",
      "",
      legs(80, 15, 5),
      legs(20, 45, 35),
      legs(60, 25, 15),
    ],
    ["a share that is no whole percent", ", maxStep: 7", legs(90, 10), legs(40, 60), legs(83, 17)],
    ["weights that do not add up to a hundred", "", legs(9, 1), legs(4, 6), legs(70, 30)],
    ["the next rung of a ladder", ", ladder: [0, 5, 20, 100]", legs(95, 5), legs(30, 70), legs(80, 20)],
    [
      "the first rung of a first split",
      ", ladder: [0, 5, 100]",
      "{ destination: { host: reviews } }",
      legs(60, 40),
      legs(95, 5),
    ],
  ])("for %s", (_, options, base, head, expected) => {
    expect(proposed("weight-step", options, route(base), route(head))).toEqual([
      `      route: [${expected}]`,
    ]);
  });

  it.each([
    ["nothing may move", ", maxStep: 0", legs(90, 10), legs(40, 60)],
    ["the leg that had everything is gone", "", legs(100), legs(0, 100)],
    ["one destination stands there twice", "", legs(90, 10), `${legs(40, 40)}, ${leg("v2", 20)}`],
  ])("nothing, where %s", (_, options, base, head) => {
    expect(proposed("weight-step", options, route(base), route(head))).toEqual([null]);
  });

  it("for a timeout out of its range: the nearer end", () => {
    const found = (timeout: string) =>
      proposed("timeout-range", "", route(legs(100)), route(legs(100), timeout));
    expect(found("30s")).toEqual(["      timeout: 5s"]);
    expect(found("10ms # short")).toEqual(["      timeout: 1s # short"]);
  });

  it("for a load balancer that has another name now", () => {
    const rule = (simple: string) => `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: reviews, namespace: prod }
spec:
  host: reviews
  trafficPolicy:
    loadBalancer: { simple: ${simple} }
`;
    expect(proposed("load-balancer-deprecated", "", "", rule("LEAST_CONN"))).toEqual([
      "    loadBalancer: { simple: LEAST_REQUEST }",
    ]);
  });

  it("for an old version of TLS", () => {
    const gateway = (version: string) => `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: edge, namespace: prod }
spec:
  selector: { istio: ingressgateway }
  servers:
    - port: { number: 443, name: https, protocol: HTTPS }
      hosts: [shop.example.com]
      tls:
        mode: SIMPLE
        credentialName: shop
        ${version}
`;
    expect(proposed("gateway-tls", "", "", gateway('minProtocolVersion: "TLSV1_0"'))).toEqual([
      "        minProtocolVersion: TLSV1_2",
    ]);
  });
});
