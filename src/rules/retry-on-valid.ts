import * as z from "zod";
import { nearest } from "../mesh/validity/schema/nearest.ts";
import { retryPolicy } from "../traffic/effective/retry-policy.ts";
import type { Violation } from "./finding.ts";
import { type TouchedRoute, touchedRoutes } from "./http-routes.ts";
import { defineStateRule } from "./rule.ts";

/** What Envoy knows in `x-envoy-retry-on` and `x-envoy-retry-grpc-on`, as far as Istio lets it through. */
const conditions = [
  "5xx",
  "gateway-error",
  "reset",
  "reset-before-request",
  "connect-failure",
  "envoy-ratelimited",
  "retriable-4xx",
  "refused-stream",
  "retriable-status-codes",
  "retriable-headers",
  "http3-post-connect-failure",
  "cancelled",
  "deadline-exceeded",
  "internal",
  "resource-exhausted",
  "unavailable",
];

export const retryOnValid = defineStateRule({
  id: "retry-on-valid",
  title: "A retry condition is unknown or does nothing",
  approval: null,
  docs: {
    what: "looks for words in `retryOn` that Envoy does not know, or that can never make it retry",
    why: "a condition that is never met looks like resilience and is none; one that is met by success repeats what went well",
    do: "Write the conditions of Envoy's `x-envoy-retry-on` and `x-envoy-retry-grpc-on`, or status codes from 400, joined by commas without spaces.",
    example: {
      base: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, namespace: prod }
spec:
  hosts: [reviews]
  http:
    - retries: { attempts: 2, retryOn: "connect-failure,503" }
      route: [{ destination: { host: reviews } }]
`,
      head: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, namespace: prod }
spec:
  hosts: [reviews]
  http:
    - retries: { attempts: 2, retryOn: "connect-failure,retriable-status-codes" }
      route: [{ destination: { host: reviews } }]
`,
    },
  },
  options: z.strictObject({}),
  *check(context) {
    for (const route of touchedRoutes(context)) {
      const { retryOn, attempts = 0 } = route.route.retries ?? {};
      if (!retryOn || attempts <= 0) continue;
      const words = retryOn.split(",").map((word) => word.trim());
      for (const word of new Set(words)) {
        const mistake = mistakeIn(word, words);
        if (mistake) yield violation(route, word, mistake);
      }
    }
  },
});

interface Mistake {
  readonly message: string;
  readonly fix: string;
}

function mistakeIn(word: string, words: readonly string[]): Mistake | null {
  if (/^\+?\d+$/.test(word)) return mistakeInCode(word);
  if (!conditions.includes(word)) {
    const meant = nearest(word, conditions);
    return { message: "is no retry condition", fix: meant ? `write \`${meant}\`` : "remove it" };
  }
  if (word === "retriable-status-codes" && !words.some((other) => /^\+?\d+$/.test(other))) {
    return { message: "retries on no status, for none is listed", fix: "list the codes, for example `503`" };
  }
  if (word === "retriable-headers") {
    return { message: "does nothing: Istio cannot say which headers", fix: "remove it" };
  }
  return null;
}

/** Istio takes a code for one when Go has a text for it, and sends any other word on to Envoy, which ignores it. */
function mistakeInCode(word: string): Mistake | null {
  const known = retryPolicy({ attempts: 1, retryOn: word })?.statusCodes.length === 1;
  if (!known) return { message: "is no HTTP status code", fix: "write a status code such as `503`" };
  if (Number(word) >= 400) return null;
  return { message: "is no failure: what went well would be sent again", fix: "remove it" };
}

function violation(route: TouchedRoute, word: string, { message, fix }: Mistake): Violation {
  return {
    object: route.object,
    subject: `retryOn ${word}: ${route.subject}`,
    range: route.locate("retries"),
    message: `\`${word}\` in \`retryOn\` of ${route.name} ${message}`,
    after: word,
    fix,
    certainty: "certain",
  };
}
