import * as z from "zod";
import type { HTTPRoute } from "../mesh/istio.ts";
import type { RetryPolicy } from "../traffic/effective/action.ts";
import { requestMatches, requestView } from "../traffic/effective/proxy/request-match.ts";
import { retryPolicy } from "../traffic/effective/retry-policy.ts";
import { translateMatch } from "../traffic/effective/translate-conditions.ts";
import type { Violation } from "./finding.ts";
import { type TouchedRoute, touchedRoutes } from "./http-routes.ts";
import { defineStateRule, type StateContext } from "./rule.ts";

const options = z.strictObject({
  methods: z
    .array(z.string().min(1))
    .default(["POST", "PATCH", "DELETE"])
    .meta({ tighter: "union", description: "Methods whose requests must not be sent twice." }),
});
type Options = z.output<typeof options>;

export const retryNonIdempotent = defineStateRule({
  id: "retry-non-idempotent",
  title: "A request that changes something may be sent twice",
  approval: null,
  docs: {
    what: "speaks when a route that takes POST, PATCH or DELETE retries after the server may already have acted",
    why: "an answer of 500, or a connection that breaks half-way, does not mean that nothing happened: the retry orders, pays or deletes a second time",
    do: "Retry writes only when the request was not taken: `connect-failure,refused-stream,reset-before-request`; or give writes a route of their own with `attempts: 0`.",
    example: {
      base: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: orders, namespace: prod }
spec:
  hosts: [orders]
  http:
    - match: [{ method: { exact: POST } }]
      retries: { attempts: 2, retryOn: "connect-failure,refused-stream" }
      route: [{ destination: { host: orders } }]
`,
      head: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: orders, namespace: prod }
spec:
  hosts: [orders]
  http:
    - match: [{ method: { exact: POST } }]
      retries: { attempts: 2, retryOn: "5xx" }
      route: [{ destination: { host: orders } }]
`,
    },
  },
  options,
  *check(context) {
    for (const route of touchedRoutes(context)) {
      const retries = route.route.retries ? retryPolicy(route.route.retries) : null;
      const conditions = retries === null ? [] : conditionsAfterTheFact(retries);
      if (retries === null || conditions.length === 0) continue;
      const methods = context.options.methods.filter((method) => takes(route.route, method));
      if (methods.length > 0) yield violation(route, retries, conditions, methods, context);
    }
  },
});

/** Conditions that hold although the server may have done what it was asked (Envoy's `x-envoy-retry-on`). */
const afterTheFact = new Set([
  "5xx",
  "gateway-error",
  "reset",
  "retriable-4xx",
  "deadline-exceeded",
  "internal",
]);
/** Statuses that refuse a request before it is handled: too early, too many. */
const refusals = new Set([425, 429]);

function conditionsAfterTheFact({ retryOn, statusCodes }: RetryPolicy): readonly string[] {
  return [
    ...retryOn.filter((condition) => afterTheFact.has(condition)),
    ...statusCodes.filter((code) => !refusals.has(code)).map(String),
  ];
}

/** Whether a route takes some request of a method, whatever its other conditions. */
function takes({ match }: HTTPRoute, method: string): boolean {
  const request = requestView({ path: "/", method, authority: "", scheme: "http", headers: {} });
  return (match?.length ? match : [null]).some((one) => {
    const { conditions } = translateMatch(one);
    return requestMatches(
      conditions.filter(({ part }) => part === "method"),
      request,
    );
  });
}

/** Where no match names methods, only those who call know whether they write. */
function namesMethods({ match }: HTTPRoute): boolean {
  return (match ?? []).some((one) => translateMatch(one).conditions.some(({ part }) => part === "method"));
}

function violation(
  route: TouchedRoute,
  { attempts }: RetryPolicy,
  conditions: readonly string[],
  methods: readonly string[],
  { limit }: StateContext<Options>,
): Violation {
  const named = namesMethods(route.route);
  const on = conditions.map((condition) => `\`${condition}\``).join(", ");
  return {
    object: route.object,
    subject: `retries of writes: ${route.subject}`,
    range: route.locate("retries"),
    message: `${route.name} takes ${named ? methods.join(", ") : "every method"} and retries on ${on}, when the server may have acted already`,
    after: `${attempts} × ${conditions.join(", ")}`,
    fix: "retry on `connect-failure,refused-stream,reset-before-request`, or match writes in a route of their own with `retries: { attempts: 0 }`",
    certainty: named ? "certain" : "needs-inventory",
    measure: attempts * conditions.length,
    limit: limit("methods"),
  };
}
