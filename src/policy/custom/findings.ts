import type { Mesh } from "../../mesh/object.ts";
import type { Finding } from "../../rules/finding.ts";
import type { TrafficChange } from "../../traffic/change.ts";
import type { EffectivePolicy } from "../effective.ts";
import { fingerprint } from "../fingerprint.ts";
import { nowhere, type Placements } from "../placements.ts";
import { againstBase } from "../ratchet.ts";
import { Allowance } from "./budget.ts";
import { customViolations } from "./check.ts";

const noTraffic: TrafficChange = { shifts: [], changes: [], incomplete: [], unreachable: [], broken: [] };

/** The findings of the organisation's own rules: what base violates just as well is existing. */
export function customFindings(
  {
    base,
    head,
    traffic,
    touched,
  }: { base: Mesh; head: Mesh; traffic: TrafficChange; touched: ReadonlySet<string> },
  policy: EffectivePolicy,
  placements: ReadonlyMap<string, Placements>,
): Finding[] {
  const placementsOf = (id: string) => placements.get(id) ?? nowhere;
  const environmentsOf = (id: string) => [...new Set(placementsOf(id).flat())].sort();
  return policy.custom.flatMap((rule) => {
    const { severity } = rule;
    if (severity === "off") return [];
    const context = () => ({ touched, environmentsOf, allowance: new Allowance(touched.size) });
    const stated = againstBase(
      // On base nothing changes: the object is its own old one, and nothing shifts.
      customViolations(rule, { ...context(), mesh: base, before: base, traffic: noTraffic }),
      customViolations(rule, { ...context(), mesh: head, before: base, traffic }),
    );
    return stated.flatMap(({ violation, state }) => {
      const { mode } = policy.scoped(placementsOf(violation.object));
      if (mode === "off") return [];
      const environment = environmentsOf(violation.object).join(", ") || null;
      const id = `custom/${rule.id}`;
      const found = {
        rule: id,
        severity,
        state,
        why: rule.message,
        environment,
        enforced: mode === "enforce",
      };
      return [{ ...violation, ...found, fingerprint: fingerprint(id, violation, environment) }];
    });
  });
}
