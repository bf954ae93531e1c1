import type { Mesh } from "../mesh/object.ts";
import type { Finding } from "../rules/finding.ts";
import { rules } from "../rules/index.ts";
import { Moment } from "../rules/moment.ts";
import type { TrafficChange } from "../traffic/change.ts";
import type { EffectivePolicy } from "./effective.ts";
import { findings } from "./findings.ts";
import { governedObjects } from "./placements.ts";

/** What the rules that exceptions name say of one state, of everything in it: whether an exception is still of use. */
export interface Standing {
  readonly findings: readonly Finding[];
  /** Ids of the objects that there are. */
  readonly objects: ReadonlySet<string>;
  /** Whether a rule judges states, so that its silence means something. */
  judges(rule: string): boolean;
}

const noTraffic: TrafficChange = { shifts: [], changes: [], incomplete: [], unreachable: [], broken: [] };
const changeRules = new Set(rules.filter(({ kind }) => kind === "change").map(({ id }) => id));

/** Judges a whole mesh by those rules alone that policy excepts one of its objects from. */
export function standing(mesh: Mesh, policy: EffectivePolicy, now: number): Standing {
  const objects = new Set(governedObjects(mesh).map(({ id }) => id));
  const excepted = new Set(
    policy.exceptions.filter(({ object }) => objects.has(object)).map(({ rule }) => rule),
  );
  const sides = { base: mesh, head: mesh, traffic: noTraffic, touched: objects, moment: new Moment(now) };
  return {
    findings: excepted.size === 0 ? [] : findings(sides, policy, excepted),
    objects,
    judges: (rule) => !changeRules.has(rule),
  };
}
