import type { HTTPFaultInjection } from "../mesh/istio.ts";
import { defineAnalysis, type Statement } from "./analysis.ts";
import { touchedRoutes } from "./references/http-routes.ts";

export const faultWithoutEffect = defineAnalysis({
  id: "fault-without-effect",
  title: "A fault is injected into no request",
  level: "warning",
  docs: {
    what: "finds faults without a percentage, or with one of zero, and delays without `fixedDelay`",
    why: "without a percentage Istio injects the fault into no request at all: a test that expects it proves nothing",
    do: "Set `percentage: { value: … }`, and `fixedDelay` for a delay.",
    example: {
      base: "",
      head: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, namespace: prod }
spec:
  hosts: [reviews]
  http:
    - fault: { abort: { httpStatus: 503 } }
      route: [{ destination: { host: reviews } }]
`,
    },
  },
  *check(context) {
    for (const { service, route, path, name } of touchedRoutes(context)) {
      for (const { kind, reason } of route.fault ? flaws(route.fault) : []) {
        const statement: Statement = {
          object: service,
          path: [...path, "fault", kind],
          subject: `${kind} of ${name}`,
          message: `the ${kind} is injected into no request: ${reason}`,
          fix: kind === "delay" ? "set percentage and fixedDelay" : "set percentage",
        };
        yield statement;
      }
    }
  },
});

interface Flaw {
  readonly kind: "delay" | "abort";
  readonly reason: string;
}

/** pilot/pkg/networking/core/route/route.go `TranslateFault`: `percent` counts for delays alone. */
function flaws({ delay, abort }: HTTPFaultInjection): readonly Flaw[] {
  const found: Flaw[] = [];
  const ofDelay = delay && (delay.percentage ? (delay.percentage.value ?? 0) : (delay.percent ?? 0));
  if (ofDelay === 0)
    found.push({ kind: "delay", reason: "its percentage is zero, which is what leaving it out means" });
  else if (delay && !delay.fixedDelay) found.push({ kind: "delay", reason: "fixedDelay is missing" });
  if (abort && !abort.percentage?.value) {
    found.push({ kind: "abort", reason: "its percentage is zero, which is what leaving it out means" });
  }
  return found;
}
