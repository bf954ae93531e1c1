import * as z from "zod";
import { durationText } from "../traffic/describe-action.ts";
import { milliseconds } from "../traffic/effective/milliseconds.ts";
import { retryPolicy } from "../traffic/effective/retry-policy.ts";
import { countBounds, durationBounds, excess, millisecondBounds } from "./bounds-option.ts";
import type { Violation } from "./finding.ts";
import { type TouchedRoute, touchedRoutes } from "./http-routes.ts";
import { isOfClass, routeCriteria } from "./route-class.ts";
import { defineStateRule, type StateContext } from "./rule.ts";

const routeClass = z.strictObject({
  match: routeCriteria.default({}),
  except: z.array(z.string()).optional().describe("Names of classes whose routes this one leaves alone."),
  timeout: durationBounds.optional().describe("Shortest and longest timeout."),
  attempts: countBounds.optional().describe("Fewest and most retries, Istio's default of 2 counted."),
});

const options = z.strictObject({
  classes: z
    .record(z.string().min(1), routeClass)
    .default({
      query: { match: { method: ["GET", "HEAD"] }, except: ["compute", "external"], timeout: ["1s", "5s"] },
      write: {
        match: { method: ["POST", "PUT", "PATCH", "DELETE"] },
        except: ["compute", "external"],
        timeout: ["10s", "30s"],
        attempts: [0, 2],
      },
      compute: { match: { name: ["compute", "compute-*"] }, timeout: ["30s", "5m"], attempts: [0, 1] },
      external: { match: { external: true }, timeout: ["1s", "30s"], attempts: [0, 2] },
    })
    .meta({
      tighter: "entries",
      description: "Classes of routes by name; a route meets the bounds of each that it is of.",
    }),
});
type Options = z.output<typeof options>;

export const timeoutRange = defineStateRule({
  id: "timeout-range",
  title: "A timeout or a number of retries is out of the range of its class",
  approval: "timeout",
  docs: {
    what: "holds timeouts and retries of changed routes to the range of their class: query, write, compute, external, or your own",
    why: "a query that may take a minute holds its caller for a minute, and a write that is cut after a second may have happened all the same: what is sensible depends on what the requests do",
    do: "Set a timeout within the range, or give the route a class of its own in policy. That a timeout is missing is the business of `timeout-required`.",
    example: {
      base: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, namespace: prod }
spec:
  hosts: [reviews]
  http:
    - match: [{ method: { exact: GET } }]
      timeout: 3s
      route: [{ destination: { host: reviews } }]
`,
      head: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, namespace: prod }
spec:
  hosts: [reviews]
  http:
    - match: [{ method: { exact: GET } }]
      timeout: 30s
      route: [{ destination: { host: reviews } }]
`,
    },
  },
  options,
  *check(context) {
    const classes = Object.entries(context.options.classes);
    for (const route of touchedRoutes(context)) {
      const own = classes.filter(([, { match }]) => isOfClass(match, route)).map(([name]) => name);
      for (const name of own) {
        const { except = [] } = context.options.classes[name]!;
        if (!except.some((other) => other !== name && own.includes(other)))
          yield* judge(route, name, context);
      }
    }
  },
});

function* judge(route: TouchedRoute, name: string, context: StateContext<Options>): Generator<Violation> {
  const { timeout, attempts } = context.options.classes[name]!;
  const actual = milliseconds(route.route.timeout);
  if (timeout && actual) {
    const measure = excess(actual, millisecondBounds(timeout));
    const said = durationText(actual);
    if (measure !== null) {
      const [least, most] = timeout;
      const text = actual < millisecondBounds(timeout)[0] ? least : most;
      yield {
        ...violation(route, name, "timeout", `timeout ${said}`, timeout, said, measure, context),
        edits: () => [{ range: route.locate("timeout", "value"), text }],
      };
    }
  }
  if (attempts) {
    const retries = retryPolicy(route.route.retries)?.attempts ?? 0;
    const measure = excess(retries, attempts);
    const said = `${retries} ${retries === 1 ? "retry" : "retries"}${route.route.retries ? "" : " (Istio's default)"}`;
    if (measure !== null) yield violation(route, name, "retries", said, attempts, said, measure, context);
  }
}

function violation(
  route: TouchedRoute,
  name: string,
  field: "timeout" | "retries",
  actual: string,
  bounds: readonly [string | number, string | number],
  after: string,
  measure: number,
  { limit }: StateContext<Options>,
): Violation {
  const [least, most] = bounds;
  const setting = field === "timeout" ? "`timeout`" : "`retries.attempts`";
  return {
    object: route.object,
    subject: `${field} of ${name}: ${route.subject}`,
    range: route.locate(field),
    message: `${route.name} is of class ${name}, which is for ${least} to ${most}${field === "retries" ? " retries" : ""}, and has ${actual}`,
    after,
    fix: `set ${setting} to ${least} up to ${most}`,
    certainty: "certain",
    measure,
    limit: { ...limit("classes", name), value: JSON.stringify(bounds) },
  };
}
