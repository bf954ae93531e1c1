import type { ClientTLSSettings, ConnectionPool, OutlierDetection } from "../mesh/istio.ts";
import type { Change } from "./change.ts";
import { durationText } from "./describe-action.ts";
import { canonicalJson } from "./effective/canonical.ts";
import { milliseconds } from "./effective/milliseconds.ts";
import { commonDirection } from "./settings-objects.ts";

/** A number that a policy sets, and which way it loosens. */
interface Limit {
  readonly value: number;
  /** Empty where nobody set it. */
  readonly text: string;
  readonly looser: "more" | "less";
}

/** What one block of a traffic policy amounts to, defaults filled in: equal texts, equal effect. */
export interface PolicyMeaning {
  readonly text: string;
  /** In one order for all blocks of a kind; null: it is off, and so are all its limits. */
  readonly limits: readonly Limit[] | null;
}

/** Whether a block became looser: all of its limits that changed did, or it is gone. */
export function policyDirection(before: PolicyMeaning, after: PolicyMeaning): Change["direction"] {
  if (before.limits === null) return after.limits === null ? "other" : "tighter";
  if (after.limits === null) return "looser";
  const { limits } = after;
  return commonDirection(
    before.limits.flatMap((from, i) => {
      const to = limits[i]!;
      if (from.value === to.value) return [];
      return to.value > from.value === (from.looser === "more") ? "looser" : "tighter";
    }),
  );
}

const unlimited = Number.POSITIVE_INFINITY;

/** Limits that nobody set stay out of the text; what is no limit comes last. */
function meaning(limits: readonly Limit[], rest: object = {}): PolicyMeaning {
  const others = canonicalJson(rest);
  const texts = [...limits.map(({ text }) => text), others === "{}" ? "" : others];
  return { text: texts.filter((text) => text !== "").join(", ") || "none", limits };
}

/** A detector that counts to `value`; zero switches it off. */
function detector(value: number, name: string): Limit {
  return { value: value || unlimited, text: value === 0 ? "" : `${value} ${name}`, looser: "more" };
}

/** Istio's and Envoy's defaults: destination_rule.proto `OutlierDetection`. */
export function outlierMeaning(block: OutlierDetection | undefined): PolicyMeaning {
  const off: PolicyMeaning = { text: "off", limits: null };
  if (block === undefined) return off;
  const detectors = [
    detector(block.consecutive5xxErrors ?? 5, "consecutive 5xx"),
    detector(block.consecutiveGatewayErrors ?? 0, "gateway errors"),
    detector(
      block.splitExternalLocalOriginErrors ? (block.consecutiveLocalOriginFailures ?? 5) : 0,
      "local failures",
    ),
  ];
  if (detectors.every(({ value }) => value === unlimited)) return off;
  const interval = milliseconds(block.interval) || 10_000;
  const ejection = milliseconds(block.baseEjectionTime) || 30_000;
  const share = block.maxEjectionPercent || 10;
  const healthy = block.minHealthPercent || 0;
  return meaning([
    ...detectors,
    { value: interval, text: `every ${durationText(interval)}`, looser: "more" },
    { value: ejection, text: `out for ${durationText(ejection)}`, looser: "less" },
    { value: share, text: `at most ${share} %`, looser: "less" },
    { value: healthy, text: healthy === 0 ? "" : `while ${healthy} % are healthy`, looser: "more" },
  ]);
}

/** Zero and absent mean no limit (Envoy's thresholds of 2³²−1), but for the connect timeout, which is 10 s. */
export function connectionPoolMeaning(block: ConnectionPool | undefined): PolicyMeaning {
  const { tcp = {}, http = {} } = block ?? {};
  const count = (name: string, value: number | undefined): Limit => ({
    value: value || unlimited,
    text: value ? `${name} ${value}` : "",
    looser: "more",
  });
  const time = (name: string, value: string | undefined, absent = unlimited): Limit => {
    const ms = milliseconds(value) || absent;
    return { value: ms, text: ms === absent ? "" : `${name} ${durationText(ms)}`, looser: "more" };
  };
  const limits = [
    count("maxConnections", tcp.maxConnections),
    time("connectTimeout", tcp.connectTimeout, 10_000),
    time("maxConnectionDuration", tcp.maxConnectionDuration),
    time("TCP idleTimeout", tcp.idleTimeout),
    count("http1MaxPendingRequests", http.http1MaxPendingRequests),
    count("http2MaxRequests", http.http2MaxRequests),
    count("maxRequestsPerConnection", http.maxRequestsPerConnection),
    count("maxRetries", http.maxRetries),
    time("HTTP idleTimeout", http.idleTimeout),
    count("maxConcurrentStreams", http.maxConcurrentStreams),
  ];
  const upgrade = http.h2UpgradePolicy === "DEFAULT" ? undefined : http.h2UpgradePolicy;
  return meaning(limits, {
    keepalive: tcp.tcpKeepalive,
    h2UpgradePolicy: upgrade,
    useClientProtocol: http.useClientProtocol || undefined,
  });
}

const strengths = { DISABLE: 0, SIMPLE: 1, MUTUAL: 2, ISTIO_MUTUAL: 2 } as const;

/**
 * Without a block Istio encrypts what stays in the mesh by itself (auto mTLS, on by default) and nothing that leaves it.
 *
 * @param inMesh the destination is a service of the cluster.
 */
export function tlsMeaning(block: ClientTLSSettings | undefined, inMesh: boolean): PolicyMeaning {
  if (block === undefined) {
    const automatic = inMesh ? 2 : 0;
    return { text: "none", limits: [strength(automatic, ""), verification(true), named([])] };
  }
  const { mode = "DISABLE", insecureSkipVerify, subjectAltNames = [], ...rest } = block;
  return meaning(
    [strength(strengths[mode], mode), verification(!insecureSkipVerify), named(subjectAltNames)],
    rest,
  );
}

const strength = (value: number, text: string): Limit => ({ value, text, looser: "less" });

function verification(verified: boolean): Limit {
  return { value: verified ? 1 : 0, text: verified ? "" : "server not verified", looser: "less" };
}

function named(names: readonly string[]): Limit {
  const text = names.length === 0 ? "" : `for ${[...names].sort().join(" ")}`;
  return { value: names.length === 0 ? 0 : 1, text, looser: "less" };
}

/** A block whose parts nobody can call looser or tighter. */
export function plainMeaning(block: object | undefined): PolicyMeaning {
  return meaning([], block);
}
