import * as z from "zod";
import { hostsOverlap } from "../mesh/hosts.ts";
import { resolveVirtualServices } from "../mesh/virtual-services.ts";
import type { Shift } from "../traffic/change.ts";
import { type Cause, causeOf, hostsOf } from "./cause.ts";
import type { Violation } from "./finding.ts";
import { type ChangeContext, defineChangeRule } from "./rule.ts";
import { serviceOf } from "./shown-services.ts";
import { shiftSubject } from "./stable.ts";
import { legsText } from "./weight-step.ts";

const options = z.strictObject({
  hosts: z.array(z.string()).default(["*"]).meta({
    tighter: "union",
    description: "Hosts, with wildcards, whose requests must keep getting an answer.",
  }),
});
type Options = z.output<typeof options>;

export const routeRemoved = defineChangeRule({
  id: "route-removed",
  title: "Requests that were answered are no longer",
  approval: null,
  docs: {
    what: "finds requests that a route answered before the change and that nobody answers after it",
    why: "whoever still sends them gets an error from the proxy, also where only a match was narrowed or a more specific host took over",
    do: "Keep a route for these requests, a redirect for example, until nobody sends them any more.",
    example: {
      base: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: shop, namespace: shop }
spec:
  hosts: [shop.example.com]
  gateways: [istio-system/public]
  http:
    - match: [{ uri: { prefix: /v1 } }, { uri: { prefix: /v2 } }]
      route: [{ destination: { host: shop } }]
`,
      head: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: shop, namespace: shop }
spec:
  hosts: [shop.example.com]
  gateways: [istio-system/public]
  http:
    - match: [{ uri: { prefix: /v2 } }]
      route: [{ destination: { host: shop } }]
`,
    },
  },
  options,
  *check(context) {
    const { hosts } = context.options;
    for (const shift of context.traffic.shifts) {
      if (shift.kind !== "removed" || isDecommissioned(shift, context)) continue;
      const isProtected = hostsOf(shift).some((host) => hosts.some((pattern) => hostsOverlap(host, pattern)));
      const found = isProtected ? violation(shift, context) : null;
      if (found) yield found;
    }
  },
});

/** Routes that go together with the services behind them are not missed. */
function isDecommissioned({ before }: Shift, { base, head }: ChangeContext<Options>): boolean {
  return before.every(
    ({ destination: { host } }) => serviceOf(base, host) !== null && serviceOf(head, host) === null,
  );
}

function violation(shift: Shift, context: ChangeContext<Options>): Violation | null {
  const cause = causeOf(shift, context);
  const answer = answerText(shift, cause, context);
  if (answer === null) return null;
  const place = shift.gateway === "mesh" ? "" : ` through Gateway/${shift.gateway}`;
  return {
    ...cause,
    subject: shiftSubject(shift),
    message: `${shift.class} to ${shift.host}${place} is no longer answered: ${answer}`,
    before: legsText(shift.before),
    after: "no answer",
    fix: "keep a route for it, a redirect for example, until nobody sends such requests",
    certainty: shift.certainty,
    limit: context.limit("hosts"),
  };
}

/** What callers get instead; null: what they asked for in the first place, from a service that Git does not show. */
function answerText(
  { gateway, protocol, host }: Shift,
  { object }: Cause,
  { head }: ChangeContext<Options>,
): string | null {
  if (object.startsWith("Gateway/")) return "no server of the Gateway takes it any more";
  const isClaimed =
    gateway !== "mesh" ||
    resolveVirtualServices(head).some(
      ({ hosts, gateways }) => gateways.includes("mesh") && hosts.includes(host),
    );
  const { outboundTrafficPolicy, clusterDomain } = head.settings;
  if (isClaimed) return protocol === "http" ? "the proxy says 404" : "connections are closed";
  return outboundTrafficPolicy === "ALLOW_ANY" || host.endsWith(`.svc.${clusterDomain}`)
    ? null
    : "the proxy refuses it";
}
