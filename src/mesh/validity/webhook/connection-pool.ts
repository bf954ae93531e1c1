import type { Path } from "../../../manifest/source.ts";
import type { ConnectionPool } from "../../istio.ts";
import { millisecond, parseDuration } from "../duration.ts";
import { wholeMilliseconds } from "./durations.ts";
import { error, type Issues } from "./issue.ts";

/** Limits of connections and requests (validation.go `validateConnectionPool`). */
export function* connectionPool(pool: ConnectionPool | undefined, path: Path): Issues {
  if (!pool) return;
  if (!pool.http && !pool.tcp) {
    yield error("required", path, "a connection pool needs `http` or `tcp`", "add one of them, or remove it");
  }
  if (pool.http) yield* httpSettings(pool.http, [...path, "http"]);
  if (pool.tcp) yield* tcpSettings(pool.tcp, [...path, "tcp"]);
}

function* httpSettings(http: NonNullable<ConnectionPool["http"]>, path: Path): Issues {
  const limits = [
    "http1MaxPendingRequests",
    "http2MaxRequests",
    "maxRequestsPerConnection",
    "maxRetries",
    "maxConcurrentStreams",
  ] as const;
  for (const limit of limits) yield* notNegative(http[limit], [...path, limit]);
  yield* wholeMilliseconds(http.idleTimeout, [...path, "idleTimeout"]);
  if (http.h2UpgradePolicy === "UPGRADE" && http.useClientProtocol) {
    const message =
      "`useClientProtocol` keeps the protocol of the client, which `h2UpgradePolicy: UPGRADE` replaces";
    yield error("conflict", [...path, "useClientProtocol"], message, "remove one of the two");
  }
  if (!http.http2KeepAlive) return;
  for (const field of ["interval", "timeout"] as const) {
    const at = [...path, "http2KeepAlive", field];
    if (http.http2KeepAlive[field] === undefined)
      yield error("required", at, `\`http2KeepAlive\` needs \`${field}\``);
    yield* wholeMilliseconds(http.http2KeepAlive[field], at);
  }
}

function* tcpSettings(tcp: NonNullable<ConnectionPool["tcp"]>, path: Path): Issues {
  yield* notNegative(tcp.maxConnections, [...path, "maxConnections"]);
  yield* wholeMilliseconds(tcp.connectTimeout, [...path, "connectTimeout"]);
  yield* wholeMilliseconds(tcp.maxConnectionDuration, [...path, "maxConnectionDuration"]);
  // Here alone a duration of zero switches the timeout off; Istio takes anything below a millisecond for zero.
  const isOff = tcp.idleTimeout !== undefined && parseDuration(tcp.idleTimeout)! / millisecond === 0n;
  if (!isOff) yield* wholeMilliseconds(tcp.idleTimeout, [...path, "idleTimeout"]);
  yield* wholeMilliseconds(tcp.tcpKeepalive?.time, [...path, "tcpKeepalive", "time"]);
  yield* wholeMilliseconds(tcp.tcpKeepalive?.interval, [...path, "tcpKeepalive", "interval"]);
}

function* notNegative(value: number | undefined, path: Path): Issues {
  if (value !== undefined && value < 0) {
    yield error("out-of-range", path, `\`${String(path.at(-1))}\` cannot be negative: ${value}`);
  }
}
