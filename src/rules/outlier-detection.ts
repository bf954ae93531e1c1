import * as z from "zod";
import type { DestinationPolicy } from "../mesh/destination-policy.ts";
import type { OutlierDetection } from "../mesh/istio.ts";
import { isHostAmong } from "./cluster-hosts.ts";
import {
  destinationText,
  placeOfSetting,
  type TouchedDestination,
  touchedDestinations,
} from "./destinations.ts";
import type { Violation } from "./finding.ts";
import { defineStateRule, type StateContext } from "./rule.ts";

const options = z.strictObject({
  hosts: z
    .array(z.string())
    .default(["*.svc.cluster.local"])
    .meta({ tighter: "union", description: "Hosts, with wildcards, whose destinations need it." }),
});
type Options = z.output<typeof options>;

export const outlierDetection = defineStateRule({
  id: "outlier-detection",
  title: "A destination has no outlier detection",
  approval: null,
  docs: {
    what: "requires effective outlierDetection for every destination of a changed VirtualService or DestinationRule",
    why: "without it Istio keeps sending requests to a pod that answers with errors, and locality failover never starts",
    do: "Set `trafficPolicy.outlierDetection`. A subset's or port's own trafficPolicy replaces blocks, so look there as well.",
    example: {
      base: `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: reviews, namespace: prod }
spec:
  host: reviews
  trafficPolicy:
    outlierDetection: { consecutive5xxErrors: 5 }
`,
      head: `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: reviews, namespace: prod }
spec:
  host: reviews
  trafficPolicy:
    connectionPool: { tcp: { maxConnections: 100 } }
`,
    },
  },
  options,
  *check(context) {
    for (const destination of touchedDestinations(context)) {
      if (!isHostAmong(destination.host, context.options.hosts, context.mesh.settings)) continue;
      const violation = judge(destination, context);
      if (violation) yield violation;
    }
  },
});

function judge(destination: TouchedDestination, context: StateContext<Options>): Violation | null {
  const { policies } = destination;
  const unprotected = policies.find(({ blocks }) => !isOn(blocks.outlierDetection?.value));
  if (unprotected) return withoutProtection(destination, unprotected, context);
  return policies.length === 0 ? withoutRule(destination, context) : null;
}

/** Zero switches a detector off (destination_rule.proto); gateway errors are off unless set. */
function isOn(block: OutlierDetection | undefined): boolean {
  if (!block) return false;
  return block.consecutive5xxErrors !== 0 || (block.consecutiveGatewayErrors ?? 0) > 0;
}

function withoutProtection(
  destination: TouchedDestination,
  { rules: [rule], subset, blocks }: DestinationPolicy,
  context: StateContext<Options>,
): Violation {
  const name = destinationText(destination);
  const off = blocks.outlierDetection;
  const object = off?.object ?? subset?.object ?? rule!;
  const path =
    off?.path ?? subset?.path ?? (object.spec.trafficPolicy ? ["spec", "trafficPolicy"] : ["spec", "host"]);
  return {
    ...placeOfSetting(destination, { object, path }, context),
    subject: name,
    message: off ? `outlierDetection is switched off for ${name}` : `no outlierDetection for ${name}`,
    // What is switched off is switched off at a line of its own.
    ...(off ? {} : { about: name }),
    after: off ? "switched off" : "none",
    fix: "set trafficPolicy.outlierDetection, for example { consecutive5xxErrors: 5, interval: 10s, baseEjectionTime: 30s }",
    certainty: "certain",
    limit: context.limit("hosts"),
  };
}

function withoutRule(destination: TouchedDestination, { limit }: StateContext<Options>): Violation {
  const name = destinationText(destination);
  const { bereft } = destination;
  return {
    object: destination.object,
    subject: name,
    range: destination.range(),
    message: bereft
      ? `${name} loses its DestinationRule, and with it outlierDetection`
      : `Git shows no DestinationRule with outlierDetection for ${name}`,
    about: name,
    after: bereft ? "none" : "unknown",
    fix: bereft
      ? "keep a DestinationRule with trafficPolicy.outlierDetection"
      : "add a DestinationRule with trafficPolicy.outlierDetection, or name the repository that holds it",
    certainty: bereft ? "certain" : "needs-inventory",
    limit: limit("hosts"),
  };
}
