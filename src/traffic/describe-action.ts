import type { Destination } from "./change.ts";
import type { Fault, Mirror, Redirect, RetryPolicy, Rewrite, RouteAction } from "./effective/action.ts";
import { defaultRetryPolicy } from "./effective/retry-policy.ts";

const minute = 60_000;

/** A time as people write it for Istio: `250ms`, `1.5s`, `90s`; from ten minutes on `10m` or `1h30m`. */
export function durationText(milliseconds: number): string {
  if (milliseconds < 1_000) return `${milliseconds}ms`;
  if (milliseconds < 10 * minute || milliseconds % minute !== 0) return `${milliseconds / 1_000}s`;
  const [hours, minutes] = [Math.floor(milliseconds / minute / 60), (milliseconds / minute) % 60];
  return `${hours > 0 ? `${hours}h` : ""}${minutes > 0 ? `${minutes}m` : ""}`;
}

/** `3 attempts on 5xx, at most 2s each`; Istio's own policy says that it is. */
export function retriesText(retries: RetryPolicy | null): string {
  if (retries === null) return "none";
  const { attempts, perTryTimeoutMs, backoffMs } = retries;
  const conditions = [
    ...retries.retryOn.filter((word) => word !== "retriable-status-codes"),
    ...retries.statusCodes,
  ];
  const same = (["retryOn", "statusCodes"] as const).every(
    (field) => retries[field].join() === defaultRetryPolicy[field].join(),
  );
  const on = same ? "Istio's default conditions" : conditions.join(", ");
  return [
    `${attempts} ${attempts === 1 ? "retry" : "retries"} on ${on}`,
    ...(perTryTimeoutMs === null ? [] : [`at most ${durationText(perTryTimeoutMs)} each`]),
    ...(backoffMs === null ? [] : [`back-off from ${durationText(backoffMs)}`]),
    ...(retries.ignorePreviousHosts ? [] : ["previous hosts again"]),
    ...(retries.remoteLocalities ? ["other localities too"] : []),
  ].join(", ");
}

/** Envoy's back-off between attempts: random, its bound doubling from `base` up to ten times it. */
function longestBackOff({ attempts, backoffMs }: RetryPolicy): number {
  const base = backoffMs ?? 25;
  let sum = 0;
  for (let attempt = 1; attempt <= attempts; attempt++)
    sum += Math.min(2 ** Math.min(attempt, 10) - 1, 10) * base;
  return sum;
}

/**
 * The longest a caller can wait for an answer, in milliseconds; null: no bound. A timeout covers all attempts; without one
 * every attempt may take its own; an injected delay comes on top, for it happens before the router.
 */
export function longestWait({ timeoutMs, retries, fault }: RouteAction): number | null {
  const delay = fault?.delay?.ms ?? 0;
  if (timeoutMs !== null) return timeoutMs + delay;
  if (retries === null || retries.perTryTimeoutMs === null) return null;
  return (retries.attempts + 1) * retries.perTryTimeoutMs + longestBackOff(retries) + delay;
}

/** A destination as people write it: `reviews.prod.svc.cluster.local:9080 canary`. */
export function destinationText({ host, port, subset }: Destination): string {
  return `${host}${port === null ? "" : `:${port}`}${subset === null ? "" : ` ${subset}`}`;
}

export function mirrorsText(mirrors: readonly Mirror[]): string {
  if (mirrors.length === 0) return "none";
  return mirrors
    .map(({ destination, percent }) => `${percent} % to ${destinationText(destination)}`)
    .join(", ");
}

export function faultText(fault: Fault | null): string {
  if (fault === null) return "none";
  const { delay, abort } = fault;
  return [
    ...(delay === null ? [] : [`${durationText(delay.ms)} delay for ${delay.percent} %`]),
    ...(abort === null ? [] : [`abort with ${abort.httpStatus ?? abort.grpcStatus} for ${abort.percent} %`]),
  ].join(", ");
}

export function rewriteText(rewrite: Rewrite | null): string {
  if (rewrite === null) return "none";
  const { uri, uriRegex, authority } = rewrite;
  return [
    ...(uri === null ? [] : [`path to ${uri}`]),
    ...(uriRegex === null ? [] : [`path ~ /${uriRegex.match}/ to ${uriRegex.rewrite}`]),
    ...(authority === null ? [] : [`authority to ${authority}`]),
  ].join(", ");
}

export function redirectText(redirect: Redirect | null): string {
  if (redirect === null) return "none";
  const { code, scheme, authority, port, uri, prefixRewrite } = redirect;
  const parts = [
    ...(scheme === null ? [] : [`scheme ${scheme}`]),
    ...(authority === null ? [] : [`host ${authority}`]),
    ...(port === null ? [] : [port === "request" ? "the request's port" : `port ${port}`]),
    ...(uri === null ? [] : [`path ${uri}`]),
    ...(prefixRewrite === undefined ? [] : [`prefix ${prefixRewrite}`]),
  ];
  return `${code} to ${parts.length === 0 ? "the same place" : parts.join(", ")}`;
}
