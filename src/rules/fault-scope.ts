import * as z from "zod";
import { faultText } from "../traffic/describe-action.ts";
import { dateIn, expiryProblem, faultExpires } from "./fault-expiry.ts";
import { type FaultyRoute, faultyRoutes, isForTesters, percentBefore } from "./fault-routes.ts";
import type { Violation } from "./finding.ts";
import type { TouchedRoute } from "./http-routes.ts";
import { defineStateRule, type StateContext } from "./rule.ts";

const percent = z.number().min(0).max(100);
const options = z.strictObject({
  headers: z.array(z.string().min(1)).optional().meta({
    tighter: "intersection",
    description: "Headers that mark test users. Without it any header that must have a value will do.",
  }),
  maxPercent: percent.default(100).meta({
    tighter: "lower",
    description:
      "Most of a route's requests, in percent, that faults may hit; delay and abort count together.",
  }),
  steps: z.array(percent).optional().meta({
    tighter: "union",
    description: "Stages in percent by which faults may grow, one in each change, for example [5, 15, 30].",
  }),
  forbidIn: z.array(z.string()).default([]).meta({
    tighter: "union",
    names: "environments",
    description: "Environments in which no fault may be injected.",
  }),
  maxDays: z
    .number()
    .int()
    .min(1)
    .optional()
    .meta({
      tighter: "lower",
      description: `Days within which every fault must end; asks for the annotation \`${faultExpires}\`.`,
    }),
});
type Options = z.output<typeof options>;

export const faultScope = defineStateRule({
  id: "fault-scope",
  title: "Fault injection reaches too far",
  approval: null,
  docs: {
    what: "keeps fault injection to requests of test users, to small steps, out of named environments, and to an end date",
    why: "an injected fault is an outage by intent: whoever it reaches besides the testers has a real one, and one that is forgotten stays",
    do: `Match a header of test users, begin with few requests, and annotate the object with \`${faultExpires}: 2026-12-01\`, the last day.`,
    example: {
      base: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ratings, namespace: prod }
spec:
  hosts: [ratings]
  http:
    - route: [{ destination: { host: ratings } }]
`,
      head: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ratings, namespace: prod }
spec:
  hosts: [ratings]
  http:
    - fault: { delay: { fixedDelay: 7s, percentage: { value: 50 } } }
      route: [{ destination: { host: ratings } }]
`,
    },
  },
  options,
  *check(context) {
    const before = faultyRoutes({ ...context, mesh: context.base });
    const after = faultyRoutes(context);
    for (const faulty of after) {
      yield* everybody(faulty, context);
      yield* tooMany(faulty, percentBefore(faulty, before, after), context);
      yield* forbidden(faulty, context);
      yield* endless(faulty, context);
    }
  },
});

function* everybody(
  { route, fault, percent: share }: FaultyRoute,
  context: StateContext<Options>,
): Generator<Violation> {
  const { headers } = context.options;
  const matches = route.route.match ?? [];
  if (matches.length > 0 && matches.every((match) => isForTesters(match, headers))) return;
  yield {
    ...about(route, "reaches too many"),
    message: `the fault of ${route.name} (${faultText(fault)}) reaches more than test users: ${matches.length === 0 ? "it has no match" : `a match asks for ${headers ? `none of ${headers.join(", ")}` : "no header with a value"}`}`,
    after: faultText(fault),
    fix: `match a header of test users, for example ${headers?.[0] ?? "end-user"}: { exact: tester }`,
    measure: share,
    ...(headers ? { limit: context.limit("headers") } : {}),
  };
}

function* tooMany(
  { route, fault, percent: share }: FaultyRoute,
  before: number,
  context: StateContext<Options>,
): Generator<Violation> {
  const { maxPercent, steps } = context.options;
  const next = Math.min(
    steps?.filter((step) => step > before).sort((a, b) => a - b)[0] ?? maxPercent,
    maxPercent,
  );
  const isStep = share > before && share > next;
  if (!isStep && share <= maxPercent) return;
  const rule =
    share > maxPercent
      ? `at most ${maxPercent} % may be hit`
      : `the next step after ${before} % is ${next} %`;
  yield {
    ...about(route, "hits too many"),
    message: `faults hit ${share} % of the requests of ${route.name}${fault.delay && fault.abort ? ", delay and abort together" : ""}; ${rule}`,
    before: `${before} %`,
    after: `${share} %`,
    fix: `let them hit ${next} % at most`,
    measure: share,
    limit: context.limit(share > maxPercent ? "maxPercent" : "steps"),
  };
}

function* forbidden({ route, fault }: FaultyRoute, context: StateContext<Options>): Generator<Violation> {
  const places = context.environments.filter((name) => context.options.forbidIn.includes(name));
  if (places.length === 0) return;
  yield {
    ...about(route, "forbidden here"),
    message: `${route.name} injects faults in ${places.join(" and ")}, where none are allowed`,
    after: faultText(fault),
    fix: "inject them in another environment",
    limit: context.limit("forbidIn"),
  };
}

function* endless({ route, expiry }: FaultyRoute, context: StateContext<Options>): Generator<Violation> {
  const { maxDays } = context.options;
  const problem = expiryProblem(expiry, maxDays, context.moment);
  if (problem === null) return;
  yield {
    ...about(route, "does not end"),
    message: `the fault of ${route.name} ${problem.text}`,
    after: expiry.text || "no end",
    fix:
      problem.isOver === true
        ? "take the fault away, or set a new date with a reason"
        : `annotate the object with ${faultExpires}: ${dateIn(maxDays ?? 14, context.moment.now)}`,
    ...(problem.opensAt === undefined ? {} : { opensAt: problem.opensAt }),
    ...(maxDays === undefined ? {} : { limit: context.limit("maxDays") }),
  };
}

/** What every finding about one fault has in common. */
function about(
  route: TouchedRoute,
  what: string,
): Pick<Violation, "object" | "subject" | "range" | "certainty"> {
  return {
    object: route.object,
    subject: `fault ${what}: ${route.subject}`,
    range: route.locate("fault"),
    certainty: "certain",
  };
}
