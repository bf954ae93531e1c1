import * as z from "zod";
import { durationText } from "../traffic/describe-action.ts";
import type { RetryPolicy } from "../traffic/effective/action.ts";
import { milliseconds } from "../traffic/effective/milliseconds.ts";
import { retryPolicy } from "../traffic/effective/retry-policy.ts";
import type { Violation } from "./finding.ts";
import { type TouchedRoute, touchedRoutes } from "./http-routes.ts";
import { defineStateRule, type StateContext } from "./rule.ts";

const options = z.strictObject({
  maxRetries: z.int().min(0).default(5).meta({
    tighter: "lower",
    description: "Most retries of one request; Istio's default of 2 counts where a route says nothing.",
  }),
});
type Options = z.output<typeof options>;

export const retryBudget = defineStateRule({
  id: "retry-budget",
  title: "Retries do not fit into the timeout",
  approval: "timeout",
  docs: {
    what: "adds up attempts and `perTryTimeout`, and holds them against the timeout that bounds them all",
    why: "the timeout of a route covers every attempt: what does not fit into it never happens, so that a route with five attempts may have one; and every further attempt multiplies the load on a service that is already in trouble",
    do: "Make `perTryTimeout` × (1 + `attempts`) fit into `timeout`: shorter tries, fewer of them, or a longer timeout.",
    example: {
      base: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, namespace: prod }
spec:
  hosts: [reviews]
  http:
    - timeout: 10s
      retries: { attempts: 2, perTryTimeout: 3s }
      route: [{ destination: { host: reviews } }]
`,
      head: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, namespace: prod }
spec:
  hosts: [reviews]
  http:
    - timeout: 2s
      retries: { attempts: 2, perTryTimeout: 3s }
      route: [{ destination: { host: reviews } }]
`,
    },
  },
  options,
  *check(context) {
    for (const route of touchedRoutes(context)) {
      const retries = retryPolicy(route.route.retries);
      if (retries === null) continue;
      const timeout = milliseconds(route.route.timeout) || null;
      const misfit = timeout === null ? null : tooLong(route, retries, timeout);
      if (misfit) yield misfit;
      const excess = tooMany(route, retries, context);
      if (excess) yield excess;
    }
  },
});

/** Attempts take turns within the timeout: what would run longer is cut short, or never starts. */
function tooLong(route: TouchedRoute, retries: RetryPolicy, timeout: number): Violation | null {
  const { attempts, perTryTimeoutMs: each } = retries;
  if (each === null) return null;
  const tries = attempts + 1;
  if (tries * each <= timeout) return null;
  const started = Math.min(tries, Math.ceil(timeout / each));
  const outcome = started < tries ? `only ${started} can start` : "the last one is cut short";
  const [eachText, timeoutText] = [durationText(each), durationText(timeout)];
  const fitting = Math.floor(timeout / tries);
  return {
    object: route.object,
    subject: `retries within the timeout: ${route.subject}`,
    range: route.locate("retries"),
    message:
      each > timeout
        ? `${route.name} has \`perTryTimeout\` ${eachText}, longer than the timeout ${timeoutText} that bounds all attempts`
        : `${route.name} has 1 + ${attempts} attempts of ${eachText}, and within its timeout ${timeoutText} ${outcome}`,
    after: `${tries} × ${eachText} in ${timeoutText}`,
    fix: `set \`perTryTimeout\` to at most ${durationText(fitting)}, or \`timeout\` to at least ${durationText(tries * each)}`,
    certainty: "certain",
    measure: (tries * each) / timeout,
  };
}

function tooMany(
  route: TouchedRoute,
  { attempts }: RetryPolicy,
  { options: { maxRetries }, limit }: StateContext<Options>,
): Violation | null {
  if (attempts <= maxRetries) return null;
  const said = route.route.retries ? "" : ", Istio's default where `retries` is missing";
  return {
    object: route.object,
    subject: `number of retries: ${route.subject}`,
    range: route.locate("retries"),
    message: `${route.name} retries up to ${attempts} times${said}; at most ${maxRetries} are allowed`,
    after: `${attempts}`,
    fix: `set \`retries.attempts\` to at most ${maxRetries}`,
    certainty: "certain",
    measure: attempts,
    limit: limit("maxRetries"),
  };
}
