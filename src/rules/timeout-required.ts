import * as z from "zod";
import type { HTTPRoute } from "../mesh/istio.ts";
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
  *check({ mesh, touched }) {
    for (const service of mesh.virtualServices) {
      // A delegate (no hosts) inherits its root's timeout: judged through the root alone.
      if (!touched.has(service.id) || !service.spec.hosts?.length) continue;
      for (const [index, route] of (service.spec.http ?? []).entries()) {
        if (route.timeout !== undefined || !route.route) continue;
        yield {
          object: service.id,
          subject: matchers(route),
          range: service.locate(["spec", "http", index], "value"),
          message: `http[${index}]${route.name ? ` (${route.name})` : ""} has no timeout`,
          after: "no timeout",
          fix: "set `timeout`, for example 5s",
          certainty: "certain",
        };
      }
    }
  },
});

function matchers(route: HTTPRoute): string {
  return route.match?.length ? JSON.stringify(route.match) : "every request";
}
