import type { Path } from "../../../manifest/source.ts";
import type { OutlierDetection, PolicyBlocks, TrafficPolicy } from "../../istio.ts";
import { quote } from "../schema/wording.ts";
import { isIpAddress } from "./address.ts";
import { clientTls } from "./client-tls.ts";
import { connectionPool } from "./connection-pool.ts";
import { wholeMilliseconds } from "./durations.ts";
import { error, errorsOf, type Issues, warning } from "./issue.ts";
import { loadBalancer } from "./load-balancer.ts";
import { flawOfName } from "./names.ts";
import { isPort } from "./ports.ts";

const portLevelFields = ["outlierDetection", "connectionPool", "loadBalancer", "tls"] as const;
const fields = [...portLevelFields, "portLevelSettings", "tunnel", "proxyProtocol", "retryBudget"] as const;

/** A traffic policy; an absent one is left alone (validation.go `validateTrafficPolicy`). */
export function* trafficPolicy(policy: TrafficPolicy | undefined, namespace: string, path: Path): Issues {
  if (!policy) return;
  if (!fields.some((field) => policy[field])) {
    yield error("required", path, "a traffic policy must not be empty", "add a setting, or remove it");
    return;
  }
  if (policy.tunnel && policy.proxyProtocol) {
    yield error(
      "conflict",
      [...path, "tunnel"],
      "`tunnel` and `proxyProtocol` cannot be combined",
      "remove one of the two",
    );
    return;
  }
  yield* settings(policy, namespace, path);
  yield* errorsOf(portLevelPolicies(policy, namespace, [...path, "portLevelSettings"]));
  if (policy.tunnel) yield* tunnel(policy.tunnel, [...path, "tunnel"]);
  const version = policy.proxyProtocol?.version ?? "V1";
  if (version !== "V1" && version !== "V2") {
    yield error(
      "unknown-value",
      [...path, "proxyProtocol", "version"],
      `${version} is not a version of the PROXY protocol`,
      "write `V1` or `V2`",
    );
  }
}

function* settings(policy: PolicyBlocks, namespace: string, path: Path): Issues {
  yield* outlierDetection(policy.outlierDetection, [...path, "outlierDetection"]);
  yield* connectionPool(policy.connectionPool, [...path, "connectionPool"]);
  yield* loadBalancer(policy.loadBalancer, policy.outlierDetection !== undefined, [...path, "loadBalancer"]);
  yield* clientTls(policy.tls, namespace, [...path, "tls"]);
}

/** The number of the port is not looked at (`validatePortTrafficPolicies`). */
function* portLevelPolicies(policy: TrafficPolicy, namespace: string, path: Path): Issues {
  for (const [index, entry] of (policy.portLevelSettings ?? []).entries()) {
    const at = [...path, index];
    if (!entry.port)
      yield error(
        "required",
        [...at, "port"],
        "a port-level traffic policy needs `port`",
        "add `port: { number: … }`",
      );
    if (!portLevelFields.some((field) => entry[field])) {
      yield error(
        "required",
        at,
        "a port-level traffic policy must not be empty",
        "add a setting, or remove it",
      );
    } else yield* settings(entry, namespace, at);
  }
}

function* outlierDetection(outlier: OutlierDetection | undefined, path: Path): Issues {
  if (!outlier) return;
  yield* wholeMilliseconds(outlier.baseEjectionTime, [...path, "baseEjectionTime"]);
  if (outlier.consecutiveErrors) {
    const message = "`consecutiveErrors` is deprecated, and Istio ignores it";
    yield warning(
      "deprecated",
      [...path, "consecutiveErrors"],
      message,
      "write `consecutive5xxErrors` or `consecutiveGatewayErrors`",
    );
  }
  if (!outlier.splitExternalLocalOriginErrors && (outlier.consecutiveLocalOriginFailures ?? 0) > 0) {
    const message =
      "`consecutiveLocalOriginFailures` counts only with `splitExternalLocalOriginErrors: true`";
    yield error(
      "conflict",
      [...path, "consecutiveLocalOriginFailures"],
      message,
      "add `splitExternalLocalOriginErrors: true`",
    );
  }
  yield* wholeMilliseconds(outlier.interval, [...path, "interval"]);
  for (const field of ["maxEjectionPercent", "minHealthPercent"] as const) {
    const value = outlier[field] ?? 0;
    if (value < 0 || value > 100) {
      yield error("out-of-range", [...path, field], `\`${field}\` must be from 0 to 100, not ${value}`);
    }
  }
}

function* tunnel(
  { protocol, targetHost = "", targetPort = 0 }: NonNullable<TrafficPolicy["tunnel"]>,
  path: Path,
): Issues {
  if (protocol && protocol !== "CONNECT" && protocol !== "POST") {
    yield error(
      "unknown-value",
      [...path, "protocol"],
      `\`protocol\` cannot be ${quote(protocol)}`,
      "write `CONNECT` or `POST`",
    );
  }
  const flaw = flawOfName(targetHost);
  if (flaw !== null && !isIpAddress(targetHost)) {
    yield error(
      "invalid-host",
      [...path, "targetHost"],
      `${quote(targetHost)} is neither host name nor IP address: ${flaw}`,
    );
  }
  if (!isPort(targetPort))
    yield error(
      "invalid-port",
      [...path, "targetPort"],
      `${targetPort} is not a port: ports go from 1 to 65535`,
    );
}
