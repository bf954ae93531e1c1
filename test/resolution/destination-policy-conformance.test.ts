import { readManifests } from "../../src/manifest/read.ts";
import { buildMesh } from "../../src/mesh/build.ts";
import { type DestinationPolicy, effectiveDestinationPolicy } from "../../src/mesh/destination-policy.ts";
import { unrestrictedServices } from "../../src/mesh/service-namespace.ts";
import { egressScope } from "../../src/mesh/sidecar.ts";
import { canonicalJson } from "../../src/traffic/effective/canonical.ts";
import { conformance } from "./conformance.ts";

interface PolicyCase {
  readonly id: string;
  readonly config: string;
  readonly kube: string;
  readonly proxy: {
    readonly gateway: boolean;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly clusters: readonly {
    readonly name: string;
    readonly connectTimeout: string;
    readonly healthyPanicThreshold: number;
    readonly lbPolicy: string;
    readonly circuitBreakers: object;
    readonly outlierDetection?: object;
    readonly transportSocket?: string;
    readonly transportSocketMatches?: readonly string[];
  }[];
}

const balancers: Record<string, string> = {
  ROUND_ROBIN: "ROUND_ROBIN",
  RANDOM: "RANDOM",
  PASSTHROUGH: "CLUSTER_PROVIDED",
};

/** A policy in the terms of Envoy's cluster; zero and absent are one in Istio's integers. */
function toEnvoy({ blocks }: DestinationPolicy, name: string): object {
  const { tcp, http } = blocks.connectionPool?.value ?? {};
  const outlier = blocks.outlierDetection?.value;
  const balancer = blocks.loadBalancer?.value;
  const errors = outlier?.consecutive5xxErrors;
  const gatewayErrors = outlier?.consecutiveGatewayErrors;
  return {
    name,
    connectTimeout: tcp?.connectTimeout ?? "10s",
    healthyPanicThreshold: outlier?.minHealthPercent ?? 0,
    lbPolicy: balancer?.consistentHash?.maglev
      ? "MAGLEV"
      : balancer?.consistentHash
        ? "RING_HASH"
        : (balancers[balancer?.simple ?? ""] ?? "LEAST_REQUEST"),
    circuitBreakers: {
      maxConnections: tcp?.maxConnections || undefined,
      maxPendingRequests: http?.http1MaxPendingRequests || undefined,
      maxRequests: http?.http2MaxRequests || undefined,
      maxRetries: http?.maxRetries || undefined,
    },
    outlierDetection: outlier && {
      consecutive5xx: errors,
      enforcingConsecutive5xx: errors === undefined ? undefined : (errors ?? 0) > 0 ? 100 : 0,
      consecutiveGatewayFailure: gatewayErrors,
      enforcingConsecutiveGatewayFailure:
        gatewayErrors === undefined ? undefined : (gatewayErrors ?? 0) > 0 ? 100 : 0,
      maxEjectionPercent: outlier.maxEjectionPercent || undefined,
      enforcingSuccessRate: 0,
    },
    tls: blocks.tls?.value.mode ?? "automatic",
  };
}

function tlsOf(
  { transportSocket, transportSocketMatches }: PolicyCase["clusters"][number],
  want: object,
): string {
  const automatic = transportSocketMatches ? "automatic" : null;
  const { tls } = want as { tls: string };
  // A plain socket is what DISABLE asks for, and what a destination outside the mesh gets anyway.
  return automatic ?? (transportSocket ? "ISTIO_MUTUAL" : tls === "automatic" ? "automatic" : "DISABLE");
}

conformance<PolicyCase>("effective", "destinations have the settings the real proxy gives them", (given) => {
  const mesh = buildMesh([
    readManifests("config.yaml", given.config),
    readManifests("kube.yaml", given.kube),
  ]);
  const { namespace, labels, gateway } = given.proxy;
  const services = gateway
    ? unrestrictedServices(mesh, namespace)
    : egressScope(mesh, namespace, labels).services;
  const ours = [...services.values()].flatMap(({ host, ports }) =>
    ports.flatMap(({ number }) => {
      const whole = effectiveDestinationPolicy(mesh, namespace, labels, host, number, null);
      const subsets = whole.rules.flatMap(({ spec }) => (spec.subsets ?? []).map(({ name }) => name));
      return [null, ...new Set(subsets)].map((subset) => {
        const policy = effectiveDestinationPolicy(mesh, namespace, labels, host, number, subset);
        return toEnvoy(policy, `outbound|${number}|${subset ?? ""}|${host}`);
      });
    }),
  );
  const names = (list: readonly object[]): string[] =>
    list.map((item) => (item as { name: string }).name).sort();
  const missing =
    names(ours).join(" ") === names(given.clusters).join(" ")
      ? []
      : [`${given.id}: expected ${names(given.clusters)}, found ${names(ours)}`];
  const different = given.clusters.flatMap((cluster) => {
    const own = ours.find((item) => (item as { name: string }).name === cluster.name) ?? {};
    const { name, connectTimeout, healthyPanicThreshold, lbPolicy, circuitBreakers, outlierDetection } =
      cluster;
    const want = canonicalJson({
      name,
      connectTimeout,
      healthyPanicThreshold,
      lbPolicy,
      circuitBreakers,
      outlierDetection,
      tls: tlsOf(cluster, own),
    });
    return canonicalJson(own) === want ? [] : [`${given.id}: expected ${want}, found ${canonicalJson(own)}`];
  });
  return [...missing, ...different];
});
