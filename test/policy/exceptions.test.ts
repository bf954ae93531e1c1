import { describe, expect, it } from "vitest";
import { evaluate } from "../../src/evaluation.ts";
import { effectivePolicy } from "../../src/policy/effective.ts";
import { policyLayers } from "../../src/policy/layers.ts";

const now = Date.parse("2026-11-22T12:00:00Z");
const sidecar = (name: string, host: string) =>
  `apiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: { name: ${name}, namespace: prod }\nspec:\n  egress:\n    - hosts: ["${host}"]\n`;
const service = (weight: number) => `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, namespace: prod }
spec:
  hosts: [reviews]
  http:
    - route:
        - { destination: { host: reviews, subset: a }, weight: ${weight} }
        - { destination: { host: reviews, subset: b }, weight: ${100 - weight} }
`;

const rules = `rules:
  weight-step: { severity: block, maxStep: 20 }
  sidecar-egress-scope: { severity: block, forbid: ["*/*"] }
custom:
  - { id: named, kinds: [Sidecar], severity: block, expression: "object.metadata.name != 'odd'", message: odd }
`;
const exception = (rule: string, object: string, expires = "2027-06-30", more = "") =>
  `exceptions:\n  - { rule: ${rule}, object: ${object}, reason: r, owner: "@acme/data", expires: ${expires}${more} }\n`;

function judged(policy: { organisation?: string; repository?: string }, base: string[], head: string[]) {
  const file = (source: string, text: string | undefined) =>
    text === undefined
      ? ({ kind: "absent", source } as const)
      : ({ kind: "file", source, commit: null, text: `version: 1\nextends: []\n${text}` } as const);
  const effective = effectivePolicy(
    policyLayers(file("org.yaml", policy.organisation), file("repo.yaml", policy.repository)),
    "enforce",
  );
  expect(effective.unreadable).toEqual([]);
  const files = (texts: string[]) => new Map(texts.map((text, index) => [`${index}.yaml`, text]));
  const { evidence } = evaluate({ base: files(base), head: files(head), unreadable: [] }, effective, { now });
  return {
    states: evidence.findings.map(({ rule, state }) => `${rule} ${state}`),
    notices: evidence.notices.map(
      ({ message, range, fix }) => `${range.file}:${range.line} ${message}; ${fix}`,
    ),
  };
}

const open = sidecar("default", "*/*");
const opened = (organisation: string) => judged({ organisation }, [sidecar("default", "x/*")], [open]);

describe("an exception", () => {
  it("lets one rule pass for one object", () => {
    expect(opened(rules + exception("sidecar-egress-scope", "Sidecar/prod/default"))).toEqual({
      states: ["sidecar-egress-scope excepted"],
      notices: [],
    });
    expect(opened(rules + exception("sidecar-egress-scope", "Sidecar/prod/other")).states).toEqual([
      "sidecar-egress-scope new",
    ]);
  });

  it("holds through its last day, in UTC, and is told of two weeks before", () => {
    const until = (expires: string) =>
      opened(rules + exception("sidecar-egress-scope", "Sidecar/prod/default", expires));
    expect(until("2026-11-22").states).toEqual(["sidecar-egress-scope excepted"]);
    expect(until("2026-11-21").states).toEqual(["sidecar-egress-scope new"]);
    expect(until("2026-11-21").notices).toEqual([
      "org.yaml:9 the exception of sidecar-egress-scope for Sidecar/prod/default expired on 2026-11-21; ask @acme/data",
    ]);
    expect(until("2026-12-01").notices.join()).toMatch(/expires on 2026-12-01/);
    expect(until("2026-12-31").notices).toEqual([]);
  });

  it("reaches to its ceiling", () => {
    const moved = (ceiling: number) =>
      judged(
        {
          organisation:
            rules +
            exception("weight-step", "VirtualService/prod/reviews", "2027-06-30", `, ceiling: ${ceiling}`),
        },
        [service(90)],
        [service(50)],
      ).states;
    expect(moved(40)).toEqual(["weight-step excepted"]);
    expect(moved(39)).toEqual(["weight-step new"]);
  });

  it("speaks of rules of one's own as well", () => {
    const policy = rules + exception("custom/named", "Sidecar/prod/odd");
    expect(judged({ organisation: policy }, [], [sidecar("odd", "x/*")])).toEqual({
      states: ["custom/named excepted"],
      notices: [],
    });
  });
});

describe("an exception that excepts nothing", () => {
  const unused = (rule: string, object: string) => rules + exception(rule, object);

  it("is told of where its object is, though the change leaves that alone", () => {
    const policy = unused("sidecar-egress-scope", "Sidecar/prod/default");
    const change = [service(90), service(85)].map((text) => [sidecar("default", "x/*"), text]);
    expect(judged({ organisation: policy }, change[0]!, change[1]!).notices).toEqual([
      "org.yaml:9 the exception of sidecar-egress-scope for Sidecar/prod/default is not used: the rule has nothing to say of it; ask @acme/data",
    ]);
    const used = [service(90), service(85)].map((text) => [open, text]);
    expect(judged({ organisation: policy }, used[0]!, used[1]!).notices).toEqual([]);
  });

  it("may be meant for another repository, unless it is this repository's own", () => {
    const policy = unused("sidecar-egress-scope", "Sidecar/prod/elsewhere");
    const change = [[service(90)], [service(85)]] as const;
    expect(judged({ organisation: policy }, [...change[0]], [...change[1]]).notices).toEqual([]);
    expect(judged({ repository: policy }, [...change[0]], [...change[1]]).notices.join()).toMatch(
      /^repo\.yaml:9 .*not used: there is no such object/,
    );
  });

  it("waits for a step where the rule only speaks of steps", () => {
    const policy = unused("weight-step", "VirtualService/prod/reviews");
    expect(judged({ organisation: policy }, [service(90)], [service(85)]).notices).toEqual([]);
  });

  it("is told of rules of one's own", () => {
    const policy = unused("custom/named", "Sidecar/prod/default");
    expect(
      judged(
        { organisation: policy },
        [sidecar("default", "x/*")],
        [sidecar("default", "y/*")],
      ).notices.join(),
    ).toMatch(/exception of custom\/named for Sidecar\/prod\/default is not used/);
  });
});
