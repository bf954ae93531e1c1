import { describe, expect, test } from "vitest";
import { type DestinationPolicy, effectiveDestinationPolicy } from "../../src/mesh/destination-policy.ts";
import { destinationRule, meshFrom, service } from "./manifests.ts";

interface Row {
  readonly name: string;
  readonly rules: string;
  readonly client?: string;
  readonly labels?: Record<string, string>;
  readonly port?: number;
  readonly subset?: string;
  readonly host?: string;
  /** What stands in force: `block from: where`, or the subset's fate. */
  readonly inForce: readonly string[];
}

const services = service("other/reviews", ["http:80", "admin:81"]);
const balancer = (simple: string): string => `loadBalancer: {simple: ${simple}}`;
const rule = (name: string, fields: string, metadata?: string): string =>
  destinationRule(name, `host: reviews.other.svc.cluster.local\n${fields}`, metadata);

function inForce({ blocks, subset }: DestinationPolicy, wanted: string | undefined): string[] {
  const found = Object.entries(blocks).flatMap(([block, sourced]) =>
    sourced
      ? [`${block} of ${sourced.object.namespace}/${sourced.object.name} ${sourced.path.slice(1).join(".")}`]
      : [],
  );
  return wanted && !subset ? [...found, `no subset ${wanted}`] : found;
}

function rows(group: string, cases: readonly Row[]): void {
  describe(group, () => {
    test.each(cases)("$name", (row) => {
      const { client = "default", labels = {}, port = 80, subset } = row;
      const host = row.host ?? "reviews.other.svc.cluster.local";
      const mesh = meshFrom(services + row.rules);
      const policy = effectiveDestinationPolicy(mesh, client, labels, host, port, subset ?? null);
      expect(inForce(policy, subset)).toEqual(row.inForce);
    });
  });
}

rows("which namespace decides", [
  {
    name: "the client's before the service's before the root's",
    rules:
      rule("default/c", `trafficPolicy: {${balancer("RANDOM")}}`) +
      rule("other/s", `trafficPolicy: {${balancer("RANDOM")}}`) +
      rule("istio-system/r", `trafficPolicy: {${balancer("RANDOM")}}`),
    inForce: ["loadBalancer of default/c trafficPolicy.loadBalancer"],
  },
  {
    name: "the service's before the root's",
    rules:
      rule("other/s", `trafficPolicy: {${balancer("RANDOM")}}`) +
      rule("istio-system/r", `trafficPolicy: {${balancer("RANDOM")}}`),
    inForce: ["loadBalancer of other/s trafficPolicy.loadBalancer"],
  },
  {
    name: "the root's if nobody else speaks",
    rules: rule("istio-system/r", `trafficPolicy: {${balancer("RANDOM")}}`),
    inForce: ["loadBalancer of istio-system/r trafficPolicy.loadBalancer"],
  },
  {
    name: "any other namespace is not asked",
    rules: rule("third/x", `trafficPolicy: {${balancer("RANDOM")}}`),
    inForce: [],
  },
  {
    name: "a wildcard of the client's beats the service's own name",
    rules:
      destinationRule("default/wide", `host: "*.svc.cluster.local"\ntrafficPolicy: {${balancer("RANDOM")}}`) +
      rule("other/s", `trafficPolicy: {${balancer("RANDOM")}}`),
    inForce: ["loadBalancer of default/wide trafficPolicy.loadBalancer"],
  },
  {
    name: "what the service's namespace keeps is not seen outside",
    rules: rule("other/s", `exportTo: ["."]\ntrafficPolicy: {${balancer("RANDOM")}}`),
    inForce: [],
  },
  {
    name: "what it exports by name is seen there",
    rules: rule("other/s", `exportTo: [default]\ntrafficPolicy: {${balancer("RANDOM")}}`),
    inForce: ["loadBalancer of other/s trafficPolicy.loadBalancer"],
  },
  {
    name: "what the client's namespace exports elsewhere only does not count for itself",
    rules: rule("default/c", `exportTo: [third]\ntrafficPolicy: {${balancer("RANDOM")}}`),
    inForce: [],
  },
  {
    name: "for clients of the root namespace the service's namespace goes before public root rules",
    rules:
      rule("other/s", `trafficPolicy: {${balancer("RANDOM")}}`) +
      rule("istio-system/r", `trafficPolicy: {${balancer("RANDOM")}}`),
    client: "istio-system",
    inForce: ["loadBalancer of other/s trafficPolicy.loadBalancer"],
  },
  {
    name: "but behind private ones of the root namespace",
    rules:
      rule("other/s", `trafficPolicy: {${balancer("RANDOM")}}`) +
      rule("istio-system/r", `exportTo: ["."]\ntrafficPolicy: {${balancer("RANDOM")}}`),
    client: "istio-system",
    inForce: ["loadBalancer of istio-system/r trafficPolicy.loadBalancer"],
  },
  {
    name: "a service that Git does not show belongs to the namespace of its name",
    rules: destinationRule("shop/d", `host: cart\ntrafficPolicy: {${balancer("RANDOM")}}`),
    host: "cart.shop.svc.cluster.local",
    inForce: ["loadBalancer of shop/d trafficPolicy.loadBalancer"],
  },
]);

const old = "creationTimestamp: 2020-01-01T00:00:00Z";
const young = "creationTimestamp: 2021-01-01T00:00:00Z";

rows("several rules for one host", [
  {
    name: "the most specific host is not added to by a wider one",
    rules:
      destinationRule(
        "default/wide",
        'host: "*.other.svc.cluster.local"\ntrafficPolicy: {outlierDetection: {}}',
      ) + rule("default/own", `trafficPolicy: {${balancer("RANDOM")}}`),
    inForce: ["loadBalancer of default/own trafficPolicy.loadBalancer"],
  },
  {
    name: "the oldest policy counts whole, subsets are joined",
    rules:
      rule("default/b", `trafficPolicy: {${balancer("RANDOM")}}`, old) +
      rule(
        "default/a",
        "trafficPolicy: {outlierDetection: {}}\nsubsets: [{name: v2, labels: {v: v2}}]",
        young,
      ),
    subset: "v2",
    inForce: ["loadBalancer of default/b trafficPolicy.loadBalancer"],
  },
  {
    name: "of subsets with one name the oldest counts",
    rules:
      rule(
        "default/b",
        `subsets: [{name: v1, labels: {v: v1}, trafficPolicy: {${balancer("RANDOM")}}}]`,
        old,
      ) +
      rule(
        "default/a",
        "subsets: [{name: v1, labels: {v: v1}, trafficPolicy: {outlierDetection: {}}}]",
        young,
      ),
    subset: "v1",
    inForce: ["loadBalancer of default/b subsets.0.trafficPolicy.loadBalancer"],
  },
  {
    name: "a rule for the caller's labels counts alone",
    rules:
      rule("default/all", "trafficPolicy: {outlierDetection: {}}", old) +
      rule(
        "default/own",
        `workloadSelector: {matchLabels: {app: a}}\ntrafficPolicy: {${balancer("RANDOM")}}`,
        young,
      ),
    labels: { app: "a" },
    inForce: ["loadBalancer of default/own trafficPolicy.loadBalancer"],
  },
  {
    name: "and not for others",
    rules:
      rule("default/all", "trafficPolicy: {outlierDetection: {}}") +
      rule(
        "default/own",
        `workloadSelector: {matchLabels: {app: a}}\ntrafficPolicy: {${balancer("RANDOM")}}`,
      ),
    labels: { app: "b" },
    inForce: ["outlierDetection of default/all trafficPolicy.outlierDetection"],
  },
]);

const layered = rule(
  "default/d",
  `trafficPolicy:
  loadBalancer: {simple: RANDOM}
  outlierDetection: {}
  portLevelSettings: [{port: {number: 81}, connectionPool: {tcp: {maxConnections: 1}}}]
subsets:
- {name: plain, labels: {v: plain}}
- {name: own, labels: {v: own}, trafficPolicy: {outlierDetection: {interval: 1s}}}
- {name: port, labels: {v: port}, trafficPolicy: {outlierDetection: {}, portLevelSettings: [{port: {number: 80}, tls: {mode: DISABLE}}]}}`,
);

rows("blocks", [
  {
    name: "of the host",
    rules: layered,
    inForce: [
      "loadBalancer of default/d trafficPolicy.loadBalancer",
      "outlierDetection of default/d trafficPolicy.outlierDetection",
    ],
  },
  {
    name: "of a port replace them all",
    rules: layered,
    port: 81,
    inForce: ["connectionPool of default/d trafficPolicy.portLevelSettings.0.connectionPool"],
  },
  {
    name: "of a subset without a policy are the host's",
    rules: layered,
    subset: "plain",
    inForce: [
      "loadBalancer of default/d trafficPolicy.loadBalancer",
      "outlierDetection of default/d trafficPolicy.outlierDetection",
    ],
  },
  {
    name: "of a subset replace one for one",
    rules: layered,
    subset: "own",
    inForce: [
      "loadBalancer of default/d trafficPolicy.loadBalancer",
      "outlierDetection of default/d subsets.1.trafficPolicy.outlierDetection",
    ],
  },
  {
    name: "of a subset are added to the port's",
    rules: layered,
    subset: "own",
    port: 81,
    inForce: [
      "connectionPool of default/d trafficPolicy.portLevelSettings.0.connectionPool",
      "outlierDetection of default/d subsets.1.trafficPolicy.outlierDetection",
    ],
  },
  {
    name: "of a subset's port replace all there are",
    rules: layered,
    subset: "port",
    inForce: ["tls of default/d subsets.2.trafficPolicy.portLevelSettings.0.tls"],
  },
  {
    name: "of a subset that nobody defines do not exist",
    rules: layered,
    subset: "gone",
    inForce: [
      "loadBalancer of default/d trafficPolicy.loadBalancer",
      "outlierDetection of default/d trafficPolicy.outlierDetection",
      "no subset gone",
    ],
  },
]);
