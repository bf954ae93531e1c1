import { defineAnalysis } from "./analysis.ts";

export const subsetWithoutLabels = defineAnalysis({
  id: "subset-without-labels",
  title: "A subset has no labels",
  level: "warning",
  docs: {
    what: "finds subsets without labels beside subsets with labels",
    why: "such a subset is the whole service: a canary that is routed to it reaches every version",
    do: "Give the subset the labels of its version, or remove it.",
    example: {
      base: "",
      head: `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: reviews, namespace: prod }
spec:
  host: reviews
  subsets:
    - { name: stable, labels: { version: v1 } }
    - { name: canary }
`,
    },
  },
  *check({ mesh, touched }) {
    for (const rule of mesh.destinationRules) {
      if (!touched.has(rule.id)) continue;
      const subsets = rule.spec.subsets ?? [];
      const isBare = ({ labels = {} }: (typeof subsets)[number]) => Object.keys(labels).length === 0;
      // Subsets that differ in policy alone have no labels on purpose.
      if (subsets.every(isBare)) continue;
      for (const [index, subset] of subsets.entries()) {
        if (!isBare(subset)) continue;
        yield {
          object: rule,
          path: ["spec", "subsets", index],
          subject: `subset ${subset.name}`,
          message: `subset ${subset.name} has no labels, so it is the whole service`,
          fix: "give the subset labels, or remove it",
        };
      }
    }
  },
});
