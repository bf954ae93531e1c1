import type { Mesh } from "../mesh/object.ts";
import type { Finding, Violation } from "../rules/finding.ts";
import { rules } from "../rules/index.ts";
import type { Moment } from "../rules/moment.ts";
import type { Rule, SharedSetting, StepHistory } from "../rules/rule.ts";
import type { TrafficChange } from "../traffic/change.ts";
import { analysed } from "./analysed.ts";
import { customFindings } from "./custom/findings.ts";
import type { EffectivePolicy, Mode, RuleSetting } from "./effective.ts";
import { fingerprint } from "./fingerprint.ts";
import { governed } from "./governed.ts";
import { nowhere, Whereabouts } from "./placements.ts";
import { againstBase, type Stated, unique } from "./ratchet.ts";
import { toldTogether } from "./told-together.ts";

/** Both sides of a change, and what it does to traffic. */
export interface Comparison {
  readonly base: Mesh;
  readonly head: Mesh;
  readonly traffic: TrafficChange;
  /** Ids of the objects whose value differs between base and head. */
  readonly touched: ReadonlySet<string>;
  /** When it is judged. */
  readonly moment: Moment;
  readonly history?: StepHistory;
}

/** A violation, how it relates to base, and where it was judged. */
interface Judged extends Stated {
  readonly environments: readonly string[];
  readonly mode: Mode;
  readonly setting: RuleSetting;
}

/**
 * Runs every rule that policy turns on, or those named in `among`, and says of each finding whether base already had it.
 */
export function findings(
  comparison: Comparison,
  policy: EffectivePolicy,
  among?: ReadonlySet<string>,
): Finding[] {
  const whereabouts = new Whereabouts(comparison.base, comparison.head, policy);
  const isAsked = (id: string) => among === undefined || among.has(id);
  const asked = rules.filter(({ id }) => isAsked(id));
  const own = asked.flatMap((rule) =>
    judged(rule, comparison, policy, whereabouts).map(({ violation, state, environments, mode, setting }) => {
      const environment = environments.length > 0 ? environments.join(", ") : null;
      const scopes = whereabouts.scopesOf(violation.object, violation.range.scope ?? "");
      return {
        ...violation,
        rule: rule.id,
        severity: setting.severity as Finding["severity"],
        state,
        why: rule.docs.why,
        environment,
        scopes,
        enforced: mode === "enforce",
        fingerprint: fingerprint(rule.id, violation, environment, scopes),
      };
    }),
  );
  const custom = policy.custom.filter(({ id }) => isAsked(`custom/${id}`));
  const all = [...own, ...customFindings(comparison, { ...policy, custom }, whereabouts)];
  // What copies of one object are told holds for all of them.
  const once = [...new Map(all.map((finding) => [finding.fingerprint, finding])).values()];
  return [...governed(once, [comparison.base, comparison.head], policy)];
}

/** Runs a rule once for each distinct placement, and keeps what it says about their objects. */
function judged(
  rule: Rule,
  comparison: Comparison,
  policy: EffectivePolicy,
  whereabouts: Whereabouts,
): Judged[] {
  const groups = new Map(
    [...whereabouts.all(), nowhere].map((placements) => [JSON.stringify(placements), placements]),
  );
  const placementKey = (violation: Violation) => {
    const own = JSON.stringify(whereabouts.placementsOfViolation(violation));
    return groups.has(own) ? own : JSON.stringify(nowhere);
  };
  return [...groups].flatMap(([key, placements]) => {
    const { mode, rules: settings } = policy.scoped(placements);
    const setting = settings.get(rule.id);
    if (!setting || setting.severity === "off" || mode === "off") return [];
    const concerns = (violation: Violation) => placementKey(violation) === key;
    const environments = [...new Set(placements.flat())].sort();
    const stated = run(rule, comparison, contextOf(rule, settings, environments, comparison, policy));
    return toldTogether(stated.filter(({ violation }) => concerns(violation))).map((found) => ({
      ...found,
      environments,
      mode,
      setting,
    }));
  });
}

/** What a rule may know besides the two sides: its settings, and where and when it is asked. */
function contextOf(
  rule: Rule,
  settings: ReadonlyMap<string, RuleSetting>,
  environments: readonly string[],
  { moment, touched }: Comparison,
  { roles }: EffectivePolicy,
) {
  const setting = settings.get(rule.id)!;
  return {
    options: setting.options,
    roles,
    moment,
    environments,
    touched,
    limit: (option: string, entry?: string) => setting.limit(option, entry),
    settingOf(id: string): SharedSetting | null {
      const shared = settings.get(id);
      return shared && shared.severity !== "off" ? shared : null;
    },
  };
}

function run(rule: Rule, comparison: Comparison, context: ReturnType<typeof contextOf>): readonly Stated[] {
  const { base, head, traffic, history } = comparison;
  if (rule.kind === "change") {
    const change = { ...context, base, head, traffic, ...(history ? { history } : {}) };
    return unique(rule.check(change)).map((violation) => ({ violation, state: "new" }));
  }
  if (rule.analysis) return analysed(rule, comparison, { ...context, base });
  return againstBase(
    () => rule.check({ ...context, base, mesh: base }),
    rule.check({ ...context, base, mesh: head }),
  );
}

/** Whether a finding stands in the way where policy enforces: severity block, certain, and not already there on base. */
export function blocks({ severity, certainty, state }: Finding): boolean {
  return severity === "block" && certainty === "certain" && (state === "new" || state === "worse");
}
