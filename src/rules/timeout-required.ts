import * as z from "zod";
import { milliseconds } from "../traffic/effective/milliseconds.ts";
import { touchedRoutes } from "./http-routes.ts";
import { defineStateRule } from "./rule.ts";

const options = z.strictObject({});

export const timeoutRequired = defineStateRule({
  id: "timeout-required",
  title: "A route has no timeout",
  approval: "timeout",
  docs: {
    what: "requires a timeout on every HTTP route that forwards requests",
    why: "without a timeout, and Istio sets none of its own, a caller waits as long as the slowest upstream, and its own callers wait with it",
    do: "Set `timeout` on the route, long enough for its slowest useful answer.",
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
    - route: [{ destination: { host: reviews } }]
`,
    },
  },
  options,
  *check(context) {
    for (const route of touchedRoutes(context)) {
      // Zero is Istio's way to say that there is none (route.go `setTimeout`).
      if (milliseconds(route.route.timeout)) continue;
      yield {
        object: route.object,
        subject: route.subject,
        range: route.locate("timeout"),
        message: `${route.name} has no timeout`,
        after: "no timeout",
        fix: "set `timeout`, for example 5s",
        certainty: "certain",
      };
    }
  },
});
