import * as z from "zod";
import type { WeightedDestination } from "../mesh/istio.ts";
import { translateLegs } from "../traffic/effective/legs.ts";
import type { Violation } from "./finding.ts";
import { changedRoutes, type JudgedRoute, routeText } from "./routes.ts";
import { defineStateRule } from "./rule.ts";
import { legsText } from "./weight-step.ts";

const options = z.strictObject({});

export const weightSum = defineStateRule({
  id: "weight-sum",
  title: "Weights are not the percentages they look like",
  approval: null,
  docs: {
    what: "says what weights amount to that do not add up to 100",
    why: "since Istio 1.15 weights are relative to their sum: 9 and 1 are 90 % and 10 %, which few people read out of them",
    do: "Write weights that add up to 100, so that everybody reads them as they are.",
    example: {
      base: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, namespace: prod }
spec:
  hosts: [reviews]
  http:
    - route:
        - { destination: { host: reviews, subset: stable }, weight: 90 }
        - { destination: { host: reviews, subset: canary }, weight: 10 }
`,
      head: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, namespace: prod }
spec:
  hosts: [reviews]
  http:
    - route:
        - { destination: { host: reviews, subset: stable }, weight: 90 }
        - { destination: { host: reviews, subset: canary }, weight: 30 }
`,
    },
  },
  options,
  *check({ mesh, touched }) {
    for (const route of changedRoutes(mesh, touched)) {
      const legs = route.route.route ?? [];
      const sum = sumOf(legs);
      // An only destination and weights of 0 alone are the business of other rules.
      if (legs.length > 1 && sum > 0 && sum !== 100) {
        yield violation(route, legs, sum, mesh.settings.clusterDomain);
      }
    }
  },
});

function violation(
  route: JudgedRoute,
  legs: readonly WeightedDestination[],
  sum: number,
  clusterDomain: string,
): Violation {
  const { object, path } = route.entry;
  const shares = translateLegs(legs, { namespace: object.namespace, clusterDomain }, path);
  const amount = legsText(shares);
  return {
    object: object.id,
    subject: `weights of ${route.requests}`,
    range: object.locate([...path, "route", 0, "weight"]),
    message: `weights of ${routeText(route)} add up to ${sum}, so they amount to ${amount}`,
    before: legs.map(({ weight }) => weight ?? 0).join(" + "),
    after: amount,
    fix: `write weights ${percentages(legs, sum).join(", ")}`,
    certainty: "certain",
  };
}

function sumOf(legs: readonly WeightedDestination[]): number {
  return legs.reduce((total, { weight }) => total + (weight ?? 0), 0);
}

/** Whole percentages that add up to 100: what is left over by rounding down goes to the largest remainders. */
function percentages(legs: readonly WeightedDestination[], sum: number): readonly number[] {
  const exact = legs.map(({ weight }) => (100 * (weight ?? 0)) / sum);
  const whole = exact.map(Math.floor);
  const byRemainder = exact
    .map((share, index) => ({ index, remainder: share - Math.floor(share) }))
    .sort((a, b) => b.remainder - a.remainder || a.index - b.index);
  const left = 100 - whole.reduce((total, share) => total + share, 0);
  for (const { index } of byRemainder.slice(0, left)) whole[index] = (whole[index] ?? 0) + 1;
  return whole;
}
