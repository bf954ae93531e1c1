import type { z } from "zod";
import type { Mesh } from "../mesh/object.ts";
import type { Destination, Shift, TrafficChange } from "../traffic/change.ts";
import type { Limit, Severity, Violation } from "./finding.ts";
import type { IstioCode, Level } from "./istio-messages.ts";
import type { Moment } from "./moment.ts";
import type { Roles } from "./stable.ts";

/** The documentation of a rule: `sluice explain`, `policies/RULES.md` and the details link of a finding show it. */
export interface RuleDocs {
  /** One line: what the rule looks for. */
  readonly what: string;
  /** Why it matters to live traffic. */
  readonly why: string;
  /** What to do when it speaks. */
  readonly do: string;
  /** Manifests before and after; a test runs them and expects the rule to speak. `base` may be empty. */
  readonly example: { readonly base: string; readonly head: string; readonly policy?: string };
}

/** What a rule may look at. `limit` names the value of an option, or of one of its entries, and the line that set it. */
export interface RuleContext<Options> {
  readonly options: Options;
  readonly roles: Roles;
  /** When the change is judged. What ends or begins by time is asked of it, so that somebody looks again then. */
  readonly moment: Moment;
  /** Policy's environments in which the judged objects stand, on base or on head; sorted. */
  readonly environments: readonly string[];
  limit(option: keyof Options & string, entry?: string): Limit;
  /** Another rule as it is in force here, null where it is off: a limit that two rules share is set once. */
  settingOf(rule: string): SharedSetting | null;
}

/** The options of another rule, and where each of them was set. */
export interface SharedSetting {
  readonly options: Readonly<Record<string, unknown>>;
  limit(option: string): Limit;
}

/** What the default branch's past says about a route. */
export interface StepHistory {
  /**
   * When the last step of a route was merged, in milliseconds since 1970; null: nobody knows.
   *
   * @param subject the route as findings name it (`shiftSubject`).
   */
  lastStepAt(object: string, subject: string): number | null;
  /** Who held all requests of a shift's class in the newest earlier state; null: nobody in sight. */
  provenDestination(shift: Shift): Destination | null;
}

/** Both sides of a change, for rules that judge the change itself. */
export interface ChangeContext<Options> extends RuleContext<Options> {
  readonly base: Mesh;
  readonly head: Mesh;
  readonly traffic: TrafficChange;
  /** Ids of the objects whose value differs between base and head. */
  readonly touched: ReadonlySet<string>;
  /** Absent where nobody read the default branch's past. */
  readonly history?: StepHistory;
}

/** One side, for rules that judge a state; the engine runs them on base and on head and compares by key. */
export interface StateContext<Options> extends RuleContext<Options> {
  readonly mesh: Mesh;
  /** What the judged state replaces: base, also where base itself is judged. So a rule can tell a step from a state. */
  readonly base: Mesh;
  /** Ids of the objects whose value differs between base and head. */
  readonly touched: ReadonlySet<string>;
  /** The mesh is to be taken for all there is: what it does not show is missing, not elsewhere. */
  readonly complete?: boolean;
}

/**
 * What makes a rule part of `sluice analyze`: it finds mistakes, where other rules hold to a policy. It has no options,
 * and may speak of every object, touched or not, since a change can break what it leaves alone.
 */
export interface Analysis {
  /** It speaks to each party of a conflict, with one subject: to those that were touched, if any was. */
  readonly mutual?: boolean;
  /** How bad its findings are; those with a code of Istio's are as bad as Istio says. */
  readonly level: Level;
  /** The messages of `istioctl analyze` that it stands for. */
  readonly istio: readonly IstioCode[];
}

interface RuleMetadata<Schema extends z.ZodObject> {
  readonly id: string;
  readonly title: string;
  /** The words of `/approve-…`: which family of approvals can let a finding through. */
  readonly approval: "weight" | "timeout" | null;
  readonly docs: RuleDocs;
  /** Every option has a default and says in its metadata which direction is tighter. */
  readonly options: Schema;
}

/** A rule that judges one state of the mesh: what base already violates is `existing`. */
export interface StateRule<Schema extends z.ZodObject = z.ZodObject> extends RuleMetadata<Schema> {
  readonly kind: "state";
  readonly analysis?: Analysis;
  check(context: StateContext<z.output<Schema>>): Iterable<Violation>;
}

/** A rule that judges the change: whatever it says is new by nature. */
export interface ChangeRule<Schema extends z.ZodObject = z.ZodObject> extends RuleMetadata<Schema> {
  readonly kind: "change";
  check(context: ChangeContext<z.output<Schema>>): Iterable<Violation>;
}

export type Rule = StateRule | ChangeRule;

/** Declares a rule that judges one state; its options are typed by its own schema. */
export function defineStateRule<Schema extends z.ZodObject>(
  rule: Omit<StateRule<Schema>, "kind">,
): StateRule {
  return { kind: "state", ...rule } as unknown as StateRule;
}

/** Declares a rule that judges the change; its options are typed by its own schema. */
export function defineChangeRule<Schema extends z.ZodObject>(
  rule: Omit<ChangeRule<Schema>, "kind">,
): ChangeRule {
  return { kind: "change", ...rule } as unknown as ChangeRule;
}

/** Severities from mild to strict; a policy layer below may only move to the right. */
export const severities = ["off", "info", "warn", "block"] as const satisfies readonly (Severity | "off")[];
