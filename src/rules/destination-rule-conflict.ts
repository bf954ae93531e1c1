import { qualifyHost } from "../mesh/hosts.ts";
import type { DestinationRule } from "../mesh/istio.ts";
import type { Mesh, MeshObject } from "../mesh/object.ts";
import { defineAnalysis, type Statement } from "./analysis.ts";
import { othersThan } from "./references/parties.ts";
import { selectorText } from "./references/pods.ts";

export const destinationRuleConflict = defineAnalysis({
  id: "destination-rule-conflict",
  title: "Two DestinationRules set the same thing for one host",
  level: "warning",
  mutual: true,
  docs: {
    what: "finds DestinationRules of one namespace and host that both have a trafficPolicy, or define a subset of the same name",
    why: "they are merged, but of two traffic policies only the oldest counts, as a whole, and so does the first of two subsets of one name",
    do: "Put the settings into one DestinationRule.",
    example: {
      base: `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: reviews, namespace: prod }
spec:
  host: reviews
  trafficPolicy: { outlierDetection: { consecutive5xxErrors: 5 } }
`,
      head: `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: reviews, namespace: prod }
spec:
  host: reviews
  trafficPolicy: { outlierDetection: { consecutive5xxErrors: 5 } }
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: reviews-pool, namespace: prod }
spec:
  host: reviews.prod.svc.cluster.local
  trafficPolicy: { connectionPool: { tcp: { maxConnections: 100 } } }
`,
    },
  },
  *check({ mesh }) {
    for (const rules of Map.groupBy(mesh.destinationRules, (rule) => keyOf(mesh, rule)).values()) {
      if (rules.length < 2) continue;
      yield* conflicts(mesh, rules, ({ spec }) => (spec.trafficPolicy ? ["trafficPolicy"] : []));
      yield* conflicts(mesh, rules, ({ spec }) => (spec.subsets ?? []).map(({ name }) => `subset ${name}`));
    }
  },
});

type Rule = MeshObject<DestinationRule>;

const hostOf = ({ settings }: Mesh, { spec, namespace }: Rule): string =>
  qualifyHost(spec.host ?? "", namespace, settings.clusterDomain);

/** Rules that Istio merges are of one namespace, host, set of callers and selector. */
function keyOf(mesh: Mesh, rule: Rule): string {
  const { exportTo = [], workloadSelector } = rule.spec;
  const callers = exportTo.length > 1 ? [...exportTo].sort().join() : (exportTo[0] ?? "");
  const selector = workloadSelector ? selectorText(workloadSelector.matchLabels) : "";
  return [rule.namespace, hostOf(mesh, rule), callers, selector].join("\n");
}

/** What several rules set: said of each of them. */
function* conflicts(
  mesh: Mesh,
  rules: readonly Rule[],
  settingsOf: (rule: Rule) => readonly string[],
): Generator<Statement> {
  const entries = rules.flatMap((rule) =>
    [...new Set(settingsOf(rule))].map((setting) => ({ rule, setting })),
  );
  for (const [setting, users] of Map.groupBy(entries, (entry) => entry.setting)) {
    const parties = users.map(({ rule }) => rule);
    for (const rule of parties) {
      const others = othersThan(rule, parties);
      if (!others) continue;
      yield {
        object: rule,
        path: placeOf(rule, setting),
        subject: `${setting} of ${hostOf(mesh, rule)}`,
        message: `${others.names} ${others.isOne ? "sets" : "set"} ${setting} of ${hostOf(mesh, rule)} as well, and only the oldest one counts`,
        fix: "put the settings into one DestinationRule",
        certainty: others.certainty,
      };
    }
  }
}

function placeOf({ spec }: Rule, setting: string): Statement["path"] {
  if (setting === "trafficPolicy") return ["spec", "trafficPolicy"];
  const index = (spec.subsets ?? []).findIndex(({ name }) => setting === `subset ${name}`);
  return ["spec", "subsets", index];
}
