import {
  anyDuration,
  bool,
  enumeration,
  int32,
  labels,
  list,
  map,
  nullable,
  object,
  text,
  textOf,
  texts,
  uint32,
  uint64,
} from "./builders.ts";
import type { SchemaNode } from "./node.ts";
import { duration, noEmptyKey, noWildcardKey, noWildcardValue } from "./rules.ts";
import { connectionPool, portSelector } from "./shared.ts";

const toHundred: SchemaNode = { kind: "number", minimum: 0, maximum: 100 };
const failover = list(object("a failover", { from: text, to: text }));

const consistentHash = object(
  "a consistent hash",
  {
    httpHeaderName: text,
    httpCookie: object(
      "a hash cookie",
      {
        name: text,
        path: text,
        ttl: anyDuration,
        attributes: list(object("a cookie attribute", { name: text, value: text }, { required: ["name"] })),
      },
      { required: ["name"] },
    ),
    useSourceIp: bool,
    httpQueryParameterName: text,
    minimumRingSize: uint64,
    ringHash: object("a ring hash", { minimumRingSize: uint64 }),
    maglev: object("a Maglev hash", { tableSize: uint64 }),
  },
  {
    oneOf: [
      ["httpHeaderName", "httpCookie", "useSourceIp", "httpQueryParameterName"],
      ["ringHash", "maglev"],
    ],
  },
);

const loadBalancer = object(
  "a load balancer",
  {
    simple: enumeration("UNSPECIFIED", "LEAST_CONN", "RANDOM", "PASSTHROUGH", "ROUND_ROBIN", "LEAST_REQUEST"),
    consistentHash,
    backendUtilization: object("backend utilization settings", {
      errorUtilizationPenaltyPercent: uint32,
      metricNamesForComputingUtilization: texts,
      weightExpirationPeriod: anyDuration,
      weightStabilizationPeriod: anyDuration,
      weightUpdatePeriod: anyDuration,
    }),
    localityLbSetting: object("a locality load balancing setting", {
      distribute: list(object("a locality distribution", { from: text, to: map(uint32) })),
      failover,
      failoverPriority: texts,
      enabled: nullable(bool),
    }),
    zoneAwareLbSetting: object("a zone-aware load balancing setting", {
      enabled: nullable(bool),
      failover,
      failoverPriority: texts,
      minClusterSize: nullable({ kind: "integer", minimum: 1, maximum: 2 ** 32 - 1 }),
    }),
    warmupDurationSecs: duration,
    warmup: object(
      "a warmup",
      {
        duration,
        minimumPercent: nullable(toHundred),
        aggression: nullable({ kind: "number", minimum: 0 }),
      },
      { required: ["duration"] },
    ),
  },
  { oneOf: [["simple", "consistentHash", "backendUtilization"]] },
);

const outlierDetection = object("outlier detection settings", {
  consecutiveErrors: int32,
  splitExternalLocalOriginErrors: bool,
  consecutiveLocalOriginFailures: nullable(uint32),
  consecutiveGatewayErrors: nullable(uint32),
  consecutive5xxErrors: nullable(uint32),
  interval: duration,
  baseEjectionTime: duration,
  maxEjectionPercent: int32,
  minHealthPercent: int32,
  outlierDetectionHttpErrorCodes: list({ kind: "integer", minimum: 100, maximum: 599 }),
});

const clientTls = object("client TLS settings", {
  mode: enumeration("DISABLE", "SIMPLE", "MUTUAL", "ISTIO_MUTUAL"),
  clientCertificate: text,
  privateKey: text,
  caCertificates: text,
  credentialName: text,
  subjectAltNames: texts,
  sni: text,
  insecureSkipVerify: nullable(bool),
  caCrl: text,
});

const settings = { loadBalancer, connectionPool, outlierDetection, tls: clientTls };

const trafficPolicy = object("a traffic policy", {
  ...settings,
  portLevelSettings: list(object("a port-level traffic policy", { port: portSelector, ...settings }), {
    most: 4096,
  }),
  tunnel: object(
    "a tunnel",
    { protocol: text, targetHost: text, targetPort: uint32 },
    { required: ["targetHost", "targetPort"] },
  ),
  proxyProtocol: object("a PROXY protocol setting", { version: enumeration("V1", "V2") }),
  retryBudget: object("a retry budget", {
    percent: nullable(toHundred),
    minRetryConcurrency: uint32,
    budgetInterval: anyDuration,
  }),
});

/** `spec` of a DestinationRule (networking/v1alpha3/destination_rule.proto). */
export const destinationRule = object(
  "a DestinationRule",
  {
    host: text,
    trafficPolicy,
    subsets: list(object("a subset", { name: text, labels, trafficPolicy }, { required: ["name"] })),
    exportTo: texts,
    workloadSelector: object("a workload selector", {
      matchLabels: map(textOf({ most: 63, rules: [noWildcardValue] }), {
        most: 4096,
        rules: [noWildcardKey, noEmptyKey],
      }),
    }),
  },
  { required: ["host"] },
);
