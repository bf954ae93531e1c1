import * as z from "zod";
import { usesBlock } from "../mesh/client-policies.ts";
import type { DestinationPolicy } from "../mesh/destination-policy.ts";
import type { LoadBalancer } from "../mesh/istio.ts";
import { outlierMeaning } from "../traffic/settings-policy.ts";
import {
  destinationText,
  placeOfSetting,
  type TouchedDestination,
  touchedDestinations,
} from "./destinations.ts";
import type { Violation } from "./finding.ts";
import { defineStateRule, type StateContext } from "./rule.ts";

const settings = ["failover", "failoverPriority", "distribute"] as const;

const options = z.strictObject({
  settings: z.array(z.enum(settings)).default(["failover", "failoverPriority"]).meta({
    tighter: "union",
    description:
      "Settings that need outlier detection. `distribute` works without, but goes on sending to a locality that fails.",
  }),
});
type Options = z.output<typeof options>;

export const localityFailover = defineStateRule({
  id: "locality-failover",
  title: "Locality failover will never happen",
  approval: null,
  docs: {
    what: "finds locality failover without effective outlierDetection for the same subset and port",
    why: "outlier detection alone tells Istio that a locality is unhealthy; without it the failover that somebody planned never starts, and is missed on the day of the outage",
    do: "Set `outlierDetection` in the same trafficPolicy as the load balancer: of the host, the subset or the port that replaces it.",
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
    loadBalancer:
      localityLbSetting: { failover: [{ from: eu-west, to: eu-central }] }
`,
    },
  },
  options,
  *check(context) {
    if (!usesBlock(context.mesh, "loadBalancer")) return;
    for (const destination of touchedDestinations(context)) {
      for (const policy of destination.policies) {
        const violation = judge(destination, policy, context);
        if (violation) yield violation;
      }
    }
  },
});

function judge(
  destination: TouchedDestination,
  { blocks: { loadBalancer, outlierDetection } }: DestinationPolicy,
  context: StateContext<Options>,
): Violation | null {
  if (!loadBalancer || outlierMeaning(outlierDetection?.value).limits !== null) return null;
  const inert = localitySettings(loadBalancer.value).filter((setting) =>
    context.options.settings.includes(setting),
  );
  if (inert.length === 0) return null;
  const name = destinationText(destination);
  const list = inert.map((setting) => `\`${setting}\``).join(", ");
  const off = outlierDetection ? "switched off" : "missing";
  return {
    ...placeOfSetting(destination, loadBalancer, context),
    subject: name,
    message: `${list} of ${name} needs outlierDetection, which is ${off}`,
    after: `outlierDetection ${off}`,
    fix: "set trafficPolicy.outlierDetection beside it, for example { consecutive5xxErrors: 5, interval: 10s, baseEjectionTime: 30s }",
    certainty: "certain",
    limit: context.limit("settings"),
  };
}

/** The settings in use; both blocks are off with `enabled: false`. */
function localitySettings({
  localityLbSetting,
  zoneAwareLbSetting,
}: LoadBalancer): (typeof settings)[number][] {
  const locality = localityLbSetting?.enabled === false ? undefined : localityLbSetting;
  const zones = zoneAwareLbSetting?.enabled === false ? undefined : zoneAwareLbSetting;
  const all = { ...locality, ...zones };
  return settings.filter((setting) => (all as typeof locality)?.[setting]?.length);
}
