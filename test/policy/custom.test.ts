import { describe, expect, it } from "vitest";
import { evaluate } from "../../src/evaluation.ts";
import { Allowance } from "../../src/policy/custom/budget.ts";
import { compile, ExpressionError } from "../../src/policy/custom/expression.ts";
import { effectivePolicy } from "../../src/policy/effective.ts";
import { policyLayers } from "../../src/policy/layers.ts";
import { readPolicy } from "../../src/policy/read.ts";

const object = {
  metadata: { name: "reviews", labels: { team: "a" } },
  spec: {
    hosts: ["reviews.prod.svc.cluster.local", "*.example.com"],
    http: [
      {
        timeout: "10s",
        route: [
          { weight: 90n, host: "a" },
          { weight: 10n, host: "b" },
        ],
      },
    ],
  },
};

function evaluated(text: string, variables: Record<string, unknown> = { object, oldObject: null }): unknown {
  const expression = compile(text);
  if (!("evaluate" in expression)) throw new Error(expression.message);
  return expression.evaluate(variables);
}

describe("expressions in the vocabulary of ValidatingAdmissionPolicy", () => {
  it.each([
    ["has(object.spec.http)", true],
    ["object.spec.http.all(h, has(h.timeout))", true],
    ["object.spec.hosts.exists(h, h.startsWith('*'))", true],
    ["object.spec.http.map(h, h.timeout) == ['10s']", true],
    ["object.spec.http[0].route.map(r, r.weight).sum() == 100", true],
    ["object.?spec.?tls.orValue([]).size() == 0", true],
    ["object.metadata.name.matches('^[a-z]+$')", true],
    ["object.metadata.name.matches('VIEW')", false],
    ["duration(object.spec.http[0].timeout) <= duration('15s')", true],
    ["oldObject == null || object.spec.hosts == oldObject.spec.hosts", true],
    ["'a,b'.replace(',', ';') == 'a;b'", true],
    ["object.metadata.labels.all(k, k != 'bad')", true],
  ])("%s", (text, expected) => {
    expect(evaluated(text)).toBe(expected);
  });

  it.each([
    ["object.spec ==", /./],
    ["nobody.spec == 1", /nobody/],
    ["1 + 'a' == 2", /\+/],
    [`${"!".repeat(5_000)}true`, /longer/],
  ])("%s is refused when the policy is read", (text, message) => {
    expect(compile(text)).toMatchObject({
      message: expect.stringMatching(message),
      offset: expect.any(Number),
    });
  });

  it("stops at its budget", () => {
    const items = Array.from({ length: 300 }, (_, index) => BigInt(index));
    expect(() =>
      evaluated("object.all(a, object.all(b, object.all(c, a + b + c >= 0)))", { object: items }),
    ).toThrow(/more than 20000 steps/);
    expect(() => evaluated("object.a.b == 1", { object: {} })).toThrow(ExpressionError);
  });

  it.each([
    ["a list that is added to itself", "[1]"],
    ["a text that is added to itself", "'aaaaaaaaaaaaaaaa'"],
  ])("stops at %s again and again", (_, first) => {
    const names = Array.from({ length: 30 }, (_, index) => `x${index}`);
    const doubled = names.map(
      (name, index) => `cel.bind(${name}, ${index === 0 ? first : `x${index - 1} + x${index - 1}`}, `,
    );
    expect(() => evaluated(`${doubled.join("")}x29.size() > 0${")".repeat(30)}`)).toThrow(/more than 20000/);
  });

  it("stops at texts that grow by replacing", () => {
    const tenfold = ".replace('a', 'aaaaaaaaaa')".repeat(12);
    expect(() => evaluated(`'a'${tenfold}.size() > 0`)).toThrow(/more than 20000/);
  });

  it("stops a rule that is expensive on every object", () => {
    const expression = compile("object.all(a, object.all(b, a + b >= 0))");
    if (!("evaluate" in expression)) throw new Error(expression.message);
    const scope = { object: Array.from({ length: 60 }, (_, index) => BigInt(index)) };
    const allowance = new Allowance(10);
    expect(expression.evaluate(scope, allowance)).toBe(true);
    const rest = () => Array.from({ length: 9 }, () => expression.evaluate(scope, allowance));
    expect(rest).toThrow(/the rule takes more than 25000 steps over all objects/);
  });

  it("charges for a long pattern, and for a text by the length of both", () => {
    const pattern = "(a|aa|aaa){1,1000}b";
    expect(() => evaluated(`object.matches('${pattern}')`, { object: "a".repeat(100_000) })).toThrow(
      /more than 20000/,
    );
  });

  it("a pattern that would run for ever in JavaScript is answered at once", () => {
    const text = `${"a".repeat(40)}!`;
    expect(evaluated("object.matches('^(a+)+$')", { object: text })).toBe(false);
    expect(() => evaluated("object.matches('(?=a)')", { object: text })).toThrow(ExpressionError);
  });
});

describe("custom rules", () => {
  const policyText = `version: 1
environments: { production: { namespaces: [prod] } }
custom:
  - id: no-mirror-in-production
    kinds: [VirtualService]
    severity: block
    when: environment == 'production'
    variables:
      - { name: mirrored, expression: "object.spec.?http.orValue([]).filter(r, has(r.mirror))" }
    expression: variables.mirrored.size() == 0
    message: production traffic is not mirrored
    messageExpression: "'mirrors to ' + variables.mirrored[0].mirror.host"
`;
  const manifest = (mirror: string, namespace = "prod") => `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, namespace: ${namespace} }
spec:
  hosts: [reviews]
  http:
    - ${mirror}
      route: [{ destination: { host: reviews } }]
`;
  const mirrored = "mirror: { host: copy }";
  const policy = effectivePolicy(
    policyLayers(
      { kind: "file", source: "org.yaml", commit: null, text: policyText },
      { kind: "absent", source: "repo" },
    ),
    "enforce",
  );
  const found = (base: string, head: string) =>
    evaluate(
      { base: new Map([["a.yaml", base]]), head: new Map([["a.yaml", head]]), unreadable: [] },
      policy,
      { now: 0 },
    ).evidence.findings.filter(({ rule }) => rule.startsWith("custom/"));

  it("speak where they apply, in their own words", () => {
    expect(policy.unreadable).toEqual([]);
    expect(found(manifest("timeout: 5s"), manifest(mirrored))).toMatchObject([
      {
        rule: "custom/no-mirror-in-production",
        severity: "block",
        state: "new",
        message: "mirrors to copy",
        environment: "production",
      },
    ]);
    expect(found(manifest("timeout: 5s", "dev"), manifest(mirrored, "dev"))).toEqual([]);
  });

  it("do not block for what base has already", () => {
    expect(found(manifest(mirrored), manifest(`${mirrored}\n      timeout: 3s`))).toMatchObject([
      { state: "existing" },
    ]);
  });

  it("judge every object of one name, in whatever folder it stands", () => {
    const files = (first: string, second: string) =>
      new Map([
        ["a/vs.yaml", manifest(first)],
        ["b/vs.yaml", manifest(second)],
      ]);
    const { evidence } = evaluate(
      { base: files("timeout: 5s", "timeout: 5s"), head: files(mirrored, "timeout: 6s"), unreadable: [] },
      policy,
      { now: 0 },
    );
    expect(evidence.findings.filter(({ rule }) => rule.startsWith("custom/"))).toMatchObject([
      { state: "new", range: { file: "a/vs.yaml" } },
    ]);
  });

  it("are checked when the policy is read, with file and line", () => {
    const { problems } = readPolicy(policyText.replace("size() == 0", "size() == nothing"), "org.yaml", null);
    expect(problems).toMatchObject([
      { range: { file: "org.yaml", line: 10 }, message: expect.stringMatching(/nothing/) },
    ]);
    const notBool = readPolicy(
      policyText.replace("variables.mirrored.size() == 0", "\"'text'\""),
      "org.yaml",
      null,
    );
    expect(notBool.problems?.[0]?.message).toMatch(/gives string, not bool/);
  });
});
