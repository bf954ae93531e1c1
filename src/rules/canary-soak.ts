import * as z from "zod";
import { parseDuration } from "../mesh/validity/duration.ts";
import type { Shift } from "../traffic/change.ts";
import { causeOf } from "./cause.ts";
import type { Violation } from "./finding.ts";
import { type ChangeContext, defineChangeRule } from "./rule.ts";
import { isRollback, shiftSubject } from "./stable.ts";
import { clockText } from "./wall-clock.ts";
import { legsText } from "./weight-step.ts";

const options = z.strictObject({
  soak: z
    .string()
    .refine((text) => (parseDuration(text) ?? 0n) > 0n, "a duration such as 30m or 24h")
    .default("30m")
    .meta({
      tighter: "higher",
      description: "Time that must pass between two steps of a route, such as 30m or 24h.",
    }),
});
type Options = z.output<typeof options>;

export const canarySoak = defineChangeRule({
  id: "canary-soak",
  title: "The last step has not been watched long enough",
  approval: "weight",
  docs: {
    what: "asks for time between two steps of a route, counted from the merge of the last one on the default branch",
    why: "a step that nobody has watched proves nothing about the next one; what fails under load or once an hour needs its time to show",
    do: "Wait until the time that the message names: the check turns green by itself. Going back to the stable destination is never limited.",
    example: {
      base: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, namespace: prod }
spec:
  hosts: [reviews]
  http:
    - route:
        - { destination: { host: reviews, subset: stable }, weight: 95 }
        - { destination: { host: reviews, subset: canary }, weight: 5 }
`,
      head: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, namespace: prod }
spec:
  hosts: [reviews]
  http:
    - route:
        - { destination: { host: reviews, subset: stable }, weight: 80 }
        - { destination: { host: reviews, subset: canary }, weight: 20 }
`,
    },
  },
  options,
  *check(context) {
    const { base, head, roles, history, traffic } = context;
    for (const shift of traffic.shifts) {
      // A first split has no step before it.
      if (shift.kind !== "step" || isRollback(shift, base, head, roles, history)) continue;
      const last = history?.lastStepAt(shift.object, shiftSubject(shift)) ?? null;
      const found = last === null ? unknown(shift, context) : tooEarly(shift, last, context);
      if (found) yield found;
    }
  },
});

function tooEarly(shift: Shift, last: number, context: ChangeContext<Options>): Violation | null {
  const { options, moment } = context;
  const opensAt = last + soakOf(options);
  if (!moment.isBefore(opensAt, "a soak ends")) return null;
  const opening = clockText(opensAt, "UTC");
  return {
    ...about(shift, context),
    message: `the next step of ${shift.class} opens at ${opening}: the last one was merged ${agoText(moment.now - last)} ago`,
    fix: `wait until ${opening}: the check turns green by itself`,
    certainty: shift.certainty,
    opensAt,
  };
}

/** Without the past nobody can tell whether the last step has soaked. */
function unknown(shift: Shift, context: ChangeContext<Options>): Violation {
  return {
    ...about(shift, context),
    message: `when the last step of ${shift.class} was merged is not known here; ${context.options.soak} must have passed since`,
    fix: `make sure that the last step was merged ${context.options.soak} ago`,
    certainty: "needs-inventory",
  };
}

function about(shift: Shift, context: ChangeContext<Options>) {
  return {
    ...causeOf(shift, context),
    subject: shiftSubject(shift),
    before: legsText(shift.before),
    after: legsText(shift.after),
    limit: context.limit("soak"),
    evidence: shift.routing,
  };
}

function soakOf({ soak }: Options): number {
  return Number(parseDuration(soak) ?? 0n) / 1e6;
}

function agoText(milliseconds: number): string {
  const minutes = Math.max(Math.floor(milliseconds / 60_000), 0);
  const [amount, unit] =
    minutes < 120
      ? [minutes, "minute"]
      : minutes < 48 * 60
        ? [Math.floor(minutes / 60), "hour"]
        : [Math.floor(minutes / 60 / 24), "day"];
  return `${amount} ${unit}${amount === 1 ? "" : "s"}`;
}
