import * as z from "zod";
import type { Path } from "../manifest/source.ts";
import type { DestinationRule, LoadBalancer } from "../mesh/istio.ts";
import type { MeshObject } from "../mesh/object.ts";
import { defineStateRule } from "./rule.ts";

export const loadBalancerDeprecated = defineStateRule({
  id: "load-balancer-deprecated",
  title: "A load balancer setting is deprecated",
  approval: null,
  docs: {
    what: "finds load balancer settings that Istio has replaced: `LEAST_CONN`, `consistentHash.minimumRingSize`, `warmupDurationSecs`",
    why: "they still work and will not for ever; `LEAST_CONN` says connections and has counted requests for years",
    do: "Write the setting that took its place; the meaning is the same.",
    example: {
      base: `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: reviews, namespace: prod }
spec:
  host: reviews
  trafficPolicy:
    loadBalancer: { simple: LEAST_REQUEST }
`,
      head: `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: reviews, namespace: prod }
spec:
  host: reviews
  trafficPolicy:
    loadBalancer: { simple: LEAST_CONN }
`,
    },
  },
  options: z.strictObject({}),
  *check({ mesh, touched }) {
    for (const rule of mesh.destinationRules) {
      if (!touched.has(rule.id)) continue;
      for (const { place, path, loadBalancer } of loadBalancers(rule)) {
        for (const { field, instead, value } of deprecated(loadBalancer)) {
          const name = field.at(-1) === "simple" ? "LEAST_CONN" : field.join(".");
          yield {
            object: rule.id,
            subject: `${place} ${name}`,
            range: rule.locate([...path, ...field], "key"),
            message: `\`${name}\` of ${place} is deprecated`,
            after: name,
            fix: `write \`${instead}\`, which means the same`,
            edits: () => (value ? [{ range: rule.locate([...path, ...field]), text: value }] : []),
            certainty: "certain",
          };
        }
      }
    }
  },
});

interface Place {
  /** In the words of the object: `the host`, `subset canary port 80`. */
  readonly place: string;
  readonly path: Path;
  readonly loadBalancer: LoadBalancer;
}

function* loadBalancers({ spec }: MeshObject<DestinationRule>): Generator<Place> {
  const policies = [
    { place: "the host", path: ["spec", "trafficPolicy"], policy: spec.trafficPolicy },
    ...(spec.subsets ?? []).map(({ name, trafficPolicy }, index) => ({
      place: `subset ${name}`,
      path: ["spec", "subsets", index, "trafficPolicy"],
      policy: trafficPolicy,
    })),
  ];
  for (const { place, path, policy } of policies) {
    if (policy?.loadBalancer) {
      yield { place, path: [...path, "loadBalancer"], loadBalancer: policy.loadBalancer };
    }
    for (const [index, { port, loadBalancer }] of (policy?.portLevelSettings ?? []).entries()) {
      if (!loadBalancer) continue;
      const below = [...path, "portLevelSettings", index, "loadBalancer"];
      yield { place: `${place} port ${port?.number ?? "?"}`, path: below, loadBalancer };
    }
  }
}

interface Replacement {
  readonly field: readonly string[];
  readonly instead: string;
  /** The other value, where the field stays. */
  readonly value?: string;
}

/** destination_rule.proto `LoadBalancerSettings`. */
function* deprecated(balancer: LoadBalancer): Generator<Replacement> {
  const { simple, consistentHash, warmupDurationSecs } = balancer;
  if (simple === "LEAST_CONN") {
    yield { field: ["simple"], instead: "simple: LEAST_REQUEST", value: "LEAST_REQUEST" };
  }
  if (consistentHash?.minimumRingSize) {
    yield {
      field: ["consistentHash", "minimumRingSize"],
      instead: `ringHash: { minimumRingSize: ${consistentHash.minimumRingSize} }`,
    };
  }
  if (warmupDurationSecs !== undefined) {
    yield { field: ["warmupDurationSecs"], instead: `warmup: { duration: ${warmupDurationSecs} }` };
  }
}
