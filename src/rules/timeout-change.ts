import * as z from "zod";
import type { Change } from "../traffic/change.ts";
import { durationText } from "../traffic/describe-action.ts";
import { milliseconds } from "../traffic/effective/milliseconds.ts";
import type { Violation } from "./finding.ts";
import { type ChangeContext, defineChangeRule } from "./rule.ts";

const options = z.strictObject({
  factor: z.number().min(1).default(3).meta({
    tighter: "lower",
    description: "How many times longer or shorter a timeout may become at once.",
  }),
});
type Options = z.output<typeof options>;

export const timeoutChange = defineChangeRule({
  id: "timeout-change",
  title: "A timeout changes by a lot",
  approval: "timeout",
  docs: {
    what: "speaks when a timeout is removed, or becomes several times longer or shorter at once",
    why: "a timeout is a promise to those who call: much shorter, and requests fail that were fine; much longer or gone, and callers hold their own connections and threads for as long",
    do: "Go in smaller steps, and change the timeouts of those who call in the same direction.",
    example: {
      base: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, namespace: prod }
spec:
  hosts: [reviews]
  http:
    - timeout: 5s
      route: [{ destination: { host: reviews } }]
`,
      head: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, namespace: prod }
spec:
  hosts: [reviews]
  http:
    - timeout: 60s
      route: [{ destination: { host: reviews } }]
`,
    },
  },
  options,
  *check(context) {
    for (const change of context.traffic.changes) {
      const violation = change.kind === "timeout" ? judge(change, context) : null;
      if (violation) yield violation;
    }
  },
});

/** A first timeout is no change of a promise: there was none. */
function judge(change: Change, context: ChangeContext<Options>): Violation | null {
  const { factor } = context.options;
  const [before, after] = [milliseconds(change.before), milliseconds(change.after)];
  if (before === null) return null;
  const growth = after === null ? null : Math.max(after / before, before / after);
  if (growth === null ? isToldElsewhere(change, context) : growth <= factor) return null;
  const [from, to] = [change.before!, change.after!];
  return {
    object: change.object,
    subject: `timeout of ${change.subject ?? change.path}`,
    range: change.range,
    message:
      growth === null ? `${change.path} of ${from} is removed` : `${change.path} goes from ${from} to ${to}`,
    before: from,
    after: to,
    fix:
      growth === null
        ? "keep a timeout that is as long as the slowest useful answer"
        : `go to ${durationText(nextStep(before, after!, factor))} first`,
    certainty: change.certainty,
    ...(growth === null ? {} : { measure: growth }),
    limit: context.limit("factor"),
  };
}

/** Where `timeout-required` is in force it says of the route that it has none: once is enough. */
function isToldElsewhere({ object }: Change, { head, settingOf }: ChangeContext<Options>): boolean {
  return settingOf("timeout-required") !== null && head.virtualServices.some(({ id }) => id === object);
}

/** The furthest that a timeout may go towards another, in milliseconds of at most two digits that count. */
function nextStep(from: number, to: number, factor: number): number {
  const furthest = to > from ? from * factor : from / factor;
  const unit = 10 ** Math.max(Math.floor(Math.log10(furthest)) - 1, 0);
  return (to > from ? Math.floor(furthest / unit) : Math.ceil(furthest / unit)) * unit;
}
