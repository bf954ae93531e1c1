import * as z from "zod";
import { hostsOverlap } from "../mesh/hosts.ts";
import { resolveVirtualServices } from "../mesh/virtual-services.ts";
import type { Shift } from "../traffic/change.ts";
import { causeOf, hostsOf } from "./cause.ts";
import type { Violation } from "./finding.ts";
import { type ChangeContext, defineChangeRule } from "./rule.ts";
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
      if (shift.kind !== "removed") continue;
      const isProtected = hostsOf(shift).some((host) => hosts.some((pattern) => hostsOverlap(host, pattern)));
      if (isProtected) yield violation(shift, context);
    }
  },
});

function violation(shift: Shift, context: ChangeContext<Options>): Violation {
  const place = shift.gateway === "mesh" ? "" : ` through Gateway/${shift.gateway}`;
  const cause = causeOf(shift, context);
  const answer = cause.object.startsWith("Gateway/")
    ? ": no server of the Gateway takes it any more"
    : answerText(shift, context);
  return {
    ...cause,
    subject: shiftSubject(shift),
    message: `${shift.class} to ${shift.host}${place} is no longer answered${answer}`,
    before: legsText(shift.before),
    after: "no answer",
    fix: "keep a route for it, a redirect for example, until nobody sends such requests",
    certainty: shift.certainty,
    limit: context.limit("hosts"),
  };
}

/** A proxy that still knows the host answers 404; one that does not lets requests pass to wherever they were going, or refuses them. */
function answerText({ gateway, protocol, host }: Shift, { head }: ChangeContext<Options>): string {
  if (protocol !== "http") return ": connections are closed";
  const isKnown =
    gateway !== "mesh" ||
    resolveVirtualServices(head).some(
      ({ hosts, gateways }) => gateways.includes("mesh") && hosts.includes(host),
    );
  if (isKnown) return ": the proxy says 404";
  return head.settings.outboundTrafficPolicy === "ALLOW_ANY"
    ? " by the mesh, and goes wherever its address leads"
    : ": the proxy refuses it";
}
