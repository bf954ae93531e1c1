import type { Mesh } from "../../mesh/object.ts";
import type { Finding } from "../../rules/finding.ts";
import type { TrafficChange } from "../../traffic/change.ts";
import type { EffectivePolicy } from "../effective.ts";
import { fingerprint } from "../fingerprint.ts";
import type { Whereabouts } from "../placements.ts";
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
  whereabouts: Whereabouts,
): Finding[] {
  const environmentsOf = (id: string, scope: string) =>
    [...new Set(whereabouts.placementsOf(id, scope).flat())].sort();
  return policy.custom.flatMap((rule) => {
    const { severity } = rule;
    if (severity === "off") return [];
    const context = () => ({ touched, environmentsOf, allowance: new Allowance(touched.size) });
    const stated = againstBase(
      // On base nothing changes: the object is its own old one, and nothing shifts.
      () => customViolations(rule, { ...context(), mesh: base, before: base, traffic: noTraffic }),
      customViolations(rule, { ...context(), mesh: head, before: base, traffic }),
    );
    return stated.flatMap(({ violation, state }) => {
      const { object, range } = violation;
      const scope = range.scope ?? "";
      const { mode } = policy.scoped(whereabouts.placementsOf(object, scope));
      if (mode === "off") return [];
      const environment = environmentsOf(object, scope).join(", ") || null;
      const scopes = whereabouts.scopesOf(object, scope);
      const id = `custom/${rule.id}`;
      const found = {
        rule: id,
        severity,
        state,
        why: rule.message,
        environment,
        scopes,
        enforced: mode === "enforce",
      };
      return [{ ...violation, ...found, fingerprint: fingerprint(id, violation, environment, scopes) }];
    });
  });
}
