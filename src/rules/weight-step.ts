import * as z from "zod";
import type { Shift } from "../traffic/change.ts";
import { percent } from "../traffic/fraction.ts";
import { type Cause, causeOf } from "./cause.ts";
import type { Violation } from "./finding.ts";
import { type ChangeContext, defineChangeRule } from "./rule.ts";
import { shorterStep } from "./shorter-step.ts";
import { destinationName, isRollback, rising, shiftSubject, subsetLabels } from "./stable.ts";

/** Largest step where policy sets none. */
const defaultStep = 20;

const share = z.number().min(0).max(100);
/** The limits on steps, for whoever else takes steps. */
export const stepOptions = z.strictObject({
  maxStep: share.optional().meta({
    tighter: "lower",
    default: defaultStep,
    description: `Largest step in percentage points; ${defaultStep} where neither a step nor a ladder is set.`,
  }),
  ladder: z.array(share).min(2).optional().meta({
    tighter: "union",
    replaces: "maxStep",
    description: "Allowed stages in percent, for example [0, 5, 20, 50, 100]. Replaces maxStep.",
  }),
});
type Options = z.output<typeof stepOptions>;

export const weightStep = defineChangeRule({
  id: "weight-step",
  title: "Traffic moves too far in one step",
  approval: "weight",
  docs: {
    what: "limits how much of a request class may move to other destinations in one pull request",
    why: "a step that is small enough to watch is a step that can be taken back before most callers notice; going back to the stable destination is never limited",
    do: "Split the change into smaller steps, or ask somebody who may approve it.",
    example: {
      base: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, namespace: prod }
spec:
  hosts: [reviews]
  http:
    - route:
        - { destination: { host: reviews, subset: stable }, weight: 90 }
        - { destination: { host: reviews, subset: canary }, weight: 10 }
`,
      head: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, namespace: prod }
spec:
  hosts: [reviews]
  http:
    - route:
        - { destination: { host: reviews, subset: stable }, weight: 40 }
        - { destination: { host: reviews, subset: canary }, weight: 60 }
`,
    },
  },
  options: stepOptions,
  *check(context) {
    for (const shift of context.traffic.shifts) {
      if (shift.kind !== "step" && shift.kind !== "first-split") continue;
      if (isRollback(shift, context.base, context.head, context.roles, context.history)) continue;
      const { ladder, maxStep = ladder ? 100 : defaultStep } = context.options;
      const broken = (ladder && ladderBroken(shift, ladder)) ?? stepBroken(shift, maxStep);
      if (broken) yield violation(shift, broken, context);
    }
  },
});

/** What the limits say of a single rise in percent, where there is no shift; null: it may be. */
export function riseBroken(
  from: number,
  to: number,
  { ladder, maxStep = ladder ? 100 : defaultStep }: Options,
): { readonly option: keyof Options & string; readonly rule: string; readonly most: number } | null {
  const rungs = [...(ladder ?? [])].sort((a, b) => a - b);
  const next = ladder ? (rungs.find((rung) => rung > from) ?? 100) : 100;
  if (to > next) return { option: "ladder", rule: ladderText(rungs), most: next };
  if (to - from <= maxStep) return null;
  return { option: "maxStep", rule: stepText(maxStep), most: from + maxStep };
}

const ladderText = (rungs: readonly number[]): string => `the ladder is ${rungs.join(" → ")}`;
const stepText = (maxStep: number): string => `at most ${points(maxStep)} at once`;

/** What a limit says about a shift that breaks it: which rise to point at, and what would pass. */
interface Broken {
  readonly legIndex: number;
  readonly option: keyof Options & string;
  readonly rule: string;
  readonly fix: string;
  /** The part of the way that would pass, from 0 to 1. */
  readonly way: number;
}

function stepBroken(shift: Shift, maxStep: number): Broken | null {
  if (shift.points <= maxStep) return null;
  const largest = largestRise(shift);
  if (!largest) return null;
  const way = maxStep / shift.points;
  const proposal = Math.floor(largest.from + way * (largest.to - largest.from));
  return {
    legIndex: largest.index,
    way,
    option: "maxStep",
    rule: stepText(maxStep),
    fix:
      maxStep === 0
        ? "leave the shares as they are, or ask for an approval"
        : `move at most ${points(maxStep)} now: ${destinationName(largest.leg.destination)} may go to ${proposal} %`,
  };
}

function ladderBroken(shift: Shift, ladder: readonly number[]): Broken | null {
  const rungs = [...ladder].sort((a, b) => a - b);
  const largestShare = Math.max(...shift.after.map((leg) => percent(leg.share)));
  for (const rise of rising(shift)) {
    // After a first split the largest subset carries on the service; only the others climb.
    if (shift.kind === "first-split" && rise.to === largestShare) continue;
    const next = rungs.find((rung) => rung > rise.from) ?? 100;
    if (rise.to <= next) continue;
    return {
      legIndex: rise.index,
      way: (next - rise.from) / (rise.to - rise.from),
      option: "ladder",
      rule: ladderText(rungs),
      fix: `the next rung for ${destinationName(rise.leg.destination)} is ${next}`,
    };
  }
  return null;
}

function largestRise(shift: Shift) {
  const rises = [...rising(shift)].sort((a, b) => b.to - b.from - (a.to - a.from));
  // A first split introduces every subset; the one that keeps most of the traffic is not the news.
  return shift.kind === "first-split" && rises.length > 1
    ? rises.sort((a, b) => a.to - b.to)[rises.length - 2]
    : rises[0];
}

function violation(shift: Shift, broken: Broken, context: ChangeContext<Options>): Violation {
  const { head, limit } = context;
  return {
    ...placeOf(shift, broken.legIndex, context),
    subject: shiftSubject(shift),
    message: `${points(shift.points)} of ${shift.class} move in one step; ${broken.rule}`,
    before: legsText(shift.before),
    after: legsText(shift.after),
    fix: broken.fix,
    edits: () => shorterStep(shift, broken.way),
    certainty: shift.certainty,
    measure: shift.points,
    limit: limit(broken.option),
    evidence: JSON.stringify([
      shift.routing,
      shift.after.map(({ destination }) => [destinationName(destination), subsetLabels(head, destination)]),
    ]),
  };
}

/** The leg that rises, where the change touches its route; else what the change did to bring requests there. */
function placeOf(shift: Shift, legIndex: number, context: ChangeContext<Options>): Cause {
  const cause = causeOf(shift, context);
  const leg = shift.head?.object === cause.object ? shift.head.legRanges[legIndex] : undefined;
  return leg ? { object: cause.object, range: leg } : cause;
}

/** Shares as people say them: `reviews.prod.svc.cluster.local stable 90 %, … canary 10 %`. */
export function legsText(legs: Shift["after"]): string {
  return legs
    .map(({ destination, share }) => `${destinationName(destination)} ${roundedPercent(percent(share))} %`)
    .join(", ");
}

function roundedPercent(value: number): number {
  return Math.round(value * 100) / 100;
}

function points(value: number): string {
  const rounded = roundedPercent(value);
  return `${rounded} ${rounded === 1 ? "point" : "points"}`;
}
