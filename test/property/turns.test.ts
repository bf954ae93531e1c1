import fc from "fast-check";
import { expect, it } from "vitest";
import { type Evaluation, evaluate } from "../../src/evaluation.ts";
import { approversOf } from "../../src/policy/decide.ts";
import { effectivePolicy } from "../../src/policy/effective.ts";
import { policyLayers } from "../../src/policy/layers.ts";

const hour = 60 * 60_000;
const day = 24 * hour;
const start = Date.parse("2026-11-20T00:00:00Z");
const file = "mesh/reviews.yaml";

const manifest = (canary: number, timeout: string, fault: string) => `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: reviews
  namespace: prod
  annotations: ${fault === "" ? "{}" : `{ sluice.dev/fault-expires: "${fault}" }`}
spec:
  hosts: [reviews]
  http:
    - timeout: ${timeout}
${fault === "" ? "" : faulty}      route:
        - { destination: { host: reviews, subset: stable }, weight: ${100 - canary} }
        - { destination: { host: reviews, subset: canary }, weight: ${canary} }
`;

const faulty = `      fault: { abort: { httpStatus: 503, percentage: { value: 10 } } }
      match: [{ headers: { end-user: { exact: tester } } }]
`;

const dateOf = (instant: number) => new Date(instant).toISOString().slice(0, 10);
const someDay = fc.integer({ min: -5, max: 40 }).map((days) => dateOf(start + days * day));
const weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
const clock = fc.integer({ min: 0, max: 23 }).map((hours) => `"${String(hours).padStart(2, "0")}:30"`);

/** A policy of which much depends on the time. */
const policyText = fc
  .record({
    soak: fc.constantFrom("1h", "24h", "200h"),
    windows: fc.array(
      fc.oneof(
        fc
          .tuple(
            fc.constantFrom(...weekdays),
            clock,
            clock,
            fc.constantFrom("UTC", "Europe/Berlin", "Asia/Kolkata"),
          )
          .map(
            ([weekday, from, to, zone]) => `{ days: [${weekday}], from: ${from}, to: ${to}, zone: ${zone} }`,
          ),
        fc
          .tuple(fc.integer({ min: -5, max: 30 }), fc.integer({ min: 0, max: 9 }))
          .map(
            ([from, days]) =>
              `{ from: ${dateOf(start + from * day)}, to: ${dateOf(start + (from + days) * day)} }`,
          ),
      ),
      { maxLength: 3 },
    ),
    exceptions: fc.array(
      fc.tuple(fc.constantFrom("weight-step", "timeout-change", "fault-scope", "canary-soak"), someDay),
      {
        maxLength: 4,
      },
    ),
    maxDays: fc.integer({ min: 1, max: 20 }),
  })
  .map(
    ({ soak, windows, exceptions, maxDays }) => `version: 1
rules:
  weight-step: { severity: block, maxStep: 20 }
  timeout-change: { severity: block }
  canary-soak: { severity: block, soak: ${soak} }
  fault-scope: { severity: block, maxDays: ${maxDays} }
  change-freeze:
    severity: block
    windows: [${windows.join(", ")}]
exceptions:
${exceptions.map(([rule, expires]) => `  - { rule: ${rule}, object: VirtualService/prod/reviews, reason: "…", owner: "@a", ticket: T-1, expires: ${expires} }`).join("\n") || "  []"}
`,
  );

const side = fc
  .tuple(fc.constantFrom(5, 20, 60), fc.constantFrom("5s", "30s"), fc.oneof(fc.constant(""), someDay))
  .map((values) => manifest(...values));

/** All of a verdict that does not merely say how long something is ago. */
function verdict({ decision, evidence, policy }: Evaluation) {
  return {
    conclusion: decision.conclusion,
    findings: evidence.findings.map((finding) => [
      finding.rule,
      finding.state,
      finding.fingerprint,
      finding.opensAt,
      approversOf(finding, policy),
    ]),
    notices: evidence.notices.map(({ message }) => message),
  };
}

it("nothing of a verdict changes before the turn that it names", () => {
  let turned = 0;
  fc.assert(
    fc.property(
      policyText,
      side,
      side,
      fc.integer({ min: 0, max: 30 * 24 * 60 }),
      fc.integer({ min: -300, max: 30 * 24 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (text, before, after, minutes, mergedAt, part) => {
        const layer = { kind: "file", source: "policy.yaml", commit: null, text } as const;
        const policy = effectivePolicy(policyLayers(layer, { kind: "absent", source: "none" }), "enforce");
        expect(policy.unreadable).toEqual([]);
        const change = { base: new Map([[file, before]]), head: new Map([[file, after]]), unreadable: [] };
        const past = new Map([[file, [{ text: before, at: start + mergedAt * hour }]]]);
        const at = (now: number) => evaluate(change, policy, { now, past });
        const now = start + minutes * 60_000;
        const first = at(now);
        const { turn } = first;
        if (turn) expect(turn.at).toBeGreaterThan(now);
        const until = turn?.at ?? now + 100 * day;
        const later = at(now + Math.floor(part * (until - 1 - now)));
        expect(verdict(later)).toEqual(verdict(first));
        expect(later.turn).toEqual(turn);
        if (turn && JSON.stringify(verdict(at(turn.at))) !== JSON.stringify(verdict(first))) turned += 1;
      },
    ),
    { numRuns: process.env.SLUICE_LONG ? 20_000 : 60 },
  );
  // The turns are worth looking at: the law would hold of a verdict that turns every minute.
  expect(turned).toBeGreaterThan(5);
});
