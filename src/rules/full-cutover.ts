import * as z from "zod";
import type { Shift } from "../traffic/change.ts";
import { causeOf } from "./cause.ts";
import type { Violation } from "./finding.ts";
import { type ChangeContext, defineChangeRule } from "./rule.ts";
import { destinationName, isRollback, rising, shiftSubject, subsetLabels } from "./stable.ts";
import { legsText } from "./weight-step.ts";

const options = z.strictObject({
  trial: z.number().gt(0).max(100).default(1).meta({
    tighter: "higher",
    description: "Share in percent that a destination must have had before it may get all requests.",
  }),
});
type Options = z.output<typeof options>;

export const fullCutover = defineChangeRule({
  id: "full-cutover",
  title: "All requests move at once to what has not been tried",
  approval: "weight",
  docs: {
    what: "finds destinations that go to 100 % without having had a share before that is worth the name",
    why: "a destination that never had a request of this kind is tried out on everybody at once; going back to the stable one is never limited",
    do: "Give the destination a part of the requests first, and the rest when it has proved itself.",
    example: {
      base: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, namespace: prod }
spec:
  hosts: [reviews]
  http:
    - route: [{ destination: { host: reviews, subset: v1 } }]
`,
      head: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, namespace: prod }
spec:
  hosts: [reviews]
  http:
    - route: [{ destination: { host: reviews, subset: v2 } }]
`,
    },
  },
  options,
  *check(context) {
    const { base, head, roles, history } = context;
    for (const shift of context.traffic.shifts) {
      if (shift.kind !== "step" || isRollback(shift, base, head, roles, history)) continue;
      const whole = rising(shift).find(({ to }) => to === 100);
      if (whole && whole.from < context.options.trial) yield violation(shift, whole.from, context);
    }
  },
});

function violation(shift: Shift, from: number, context: ChangeContext<Options>): Violation {
  const [{ destination }] = shift.after as [Shift["after"][number]];
  const name = destinationName(destination);
  const { trial } = context.options;
  const had = from === 0 ? "none so far" : `${Math.round(from * 100) / 100} % so far`;
  return {
    ...causeOf(shift, context),
    subject: shiftSubject(shift),
    message: `${shift.class} goes to ${name} as a whole, which had ${had}; at least ${trial} % must come first`,
    before: legsText(shift.before),
    after: legsText(shift.after),
    fix: `give ${name} at least ${trial} % in a change of its own, and everything in a later one`,
    certainty: shift.certainty,
    measure: 100 - from,
    limit: context.limit("trial"),
    evidence: JSON.stringify([shift.routing, subsetLabels(context.head, destination)]),
  };
}
