import type { Duration, Labels } from "./primitives.ts";

export interface DestinationRule {
  readonly host?: string;
  readonly trafficPolicy?: TrafficPolicy;
  readonly subsets?: readonly Subset[];
  readonly exportTo?: readonly string[];
  readonly workloadSelector?: { readonly matchLabels?: Labels };
}
export interface Subset {
  readonly name: string;
  readonly labels?: Labels;
  readonly trafficPolicy?: TrafficPolicy;
}
export interface PolicyBlocks {
  readonly loadBalancer?: LoadBalancer;
  readonly connectionPool?: ConnectionPool;
  readonly outlierDetection?: OutlierDetection;
  readonly tls?: ClientTLSSettings;
}
export interface TrafficPolicy extends PolicyBlocks {
  readonly portLevelSettings?: readonly (PolicyBlocks & { readonly port?: { readonly number?: number } })[];
  readonly tunnel?: {
    readonly protocol?: string;
    readonly targetHost?: string;
    readonly targetPort?: number;
  };
  readonly proxyProtocol?: { readonly version?: string };
  readonly retryBudget?: { readonly percent?: number | null; readonly minRetryConcurrency?: number };
}
export interface LoadBalancer {
  readonly simple?: "UNSPECIFIED" | "LEAST_CONN" | "RANDOM" | "PASSTHROUGH" | "ROUND_ROBIN" | "LEAST_REQUEST";
  readonly consistentHash?: {
    readonly httpHeaderName?: string;
    readonly httpCookie?: {
      readonly name?: string;
      readonly path?: string;
      readonly ttl?: Duration | null;
      readonly attributes?: readonly { readonly name?: string; readonly value?: string }[];
    };
    readonly useSourceIp?: boolean;
    readonly httpQueryParameterName?: string;
    readonly ringHash?: { readonly minimumRingSize?: number };
    readonly maglev?: { readonly tableSize?: number };
    readonly minimumRingSize?: number;
  };
  readonly localityLbSetting?: {
    readonly distribute?: readonly {
      readonly from?: string;
      readonly to?: Readonly<Record<string, number>>;
    }[];
    readonly failover?: readonly { readonly from?: string; readonly to?: string }[];
    readonly failoverPriority?: readonly string[];
    readonly enabled?: boolean | null;
  };
  readonly zoneAwareLbSetting?: {
    readonly enabled?: boolean | null;
    readonly failover?: readonly { readonly from?: string; readonly to?: string }[];
    readonly failoverPriority?: readonly string[];
    readonly minClusterSize?: number | null;
  };
  readonly warmupDurationSecs?: Duration;
  readonly warmup?: {
    readonly duration?: Duration;
    readonly minimumPercent?: number | null;
    readonly aggression?: number | null;
  };
}
export interface ConnectionPool {
  readonly tcp?: {
    readonly maxConnections?: number;
    readonly connectTimeout?: Duration;
    readonly tcpKeepalive?: {
      readonly probes?: number;
      readonly time?: Duration;
      readonly interval?: Duration;
    };
    readonly maxConnectionDuration?: Duration;
    readonly idleTimeout?: Duration;
  };
  readonly http?: {
    readonly http1MaxPendingRequests?: number;
    readonly http2MaxRequests?: number;
    readonly maxRequestsPerConnection?: number;
    readonly maxRetries?: number;
    readonly idleTimeout?: Duration;
    readonly h2UpgradePolicy?: "DEFAULT" | "DO_NOT_UPGRADE" | "UPGRADE";
    readonly useClientProtocol?: boolean;
    readonly maxConcurrentStreams?: number;
    readonly http2KeepAlive?: { readonly interval?: Duration; readonly timeout?: Duration };
  };
}
export interface OutlierDetection {
  readonly consecutiveErrors?: number;
  readonly splitExternalLocalOriginErrors?: boolean;
  readonly consecutiveLocalOriginFailures?: number | null;
  readonly consecutiveGatewayErrors?: number | null;
  readonly consecutive5xxErrors?: number | null;
  readonly interval?: Duration;
  readonly baseEjectionTime?: Duration;
  readonly maxEjectionPercent?: number;
  readonly minHealthPercent?: number;
}
export interface ClientTLSSettings {
  readonly mode?: "DISABLE" | "SIMPLE" | "MUTUAL" | "ISTIO_MUTUAL";
  readonly clientCertificate?: string;
  readonly privateKey?: string;
  readonly caCertificates?: string;
  readonly credentialName?: string;
  readonly subjectAltNames?: readonly string[];
  readonly sni?: string;
  readonly insecureSkipVerify?: boolean | null;
  readonly caCrl?: string;
}
