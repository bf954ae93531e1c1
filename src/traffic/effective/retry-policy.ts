import type { HTTPRetry } from "../../mesh/istio.ts";
import type { RetryPolicy } from "./action.ts";
import { milliseconds } from "./milliseconds.ts";

const defaultRetryOn = [
  "connect-failure",
  "refused-stream",
  "unavailable",
  "cancelled",
  "retriable-status-codes",
];

/** The status codes that Go's `http.StatusText` knows; other numbers in `retryOn` stay words that mean nothing to Envoy. */
const statusCodes: ReadonlySet<number> = new Set([
  100, 101, 102, 103, 200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 300, 301, 302, 303, 304, 305, 307,
  308, 400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418, 421,
  422, 423, 424, 425, 426, 428, 429, 431, 451, 500, 501, 502, 503, 504, 505, 506, 507, 508, 510, 511,
]);

/** What Istio applies to every HTTP route that says nothing of retries, and to services without any route. */
export const defaultRetryPolicy: RetryPolicy = {
  attempts: 2,
  retryOn: defaultRetryOn,
  statusCodes: [],
  perTryTimeoutMs: null,
  backoffMs: null,
  ignorePreviousHosts: true,
  remoteLocalities: false,
};

/**
 * The retries in force for a route's `retries` block; null switches them off (route/retry/retry.go `ConvertPolicy`).
 *
 * @param consistentHash the destination is chosen by a hash, so that retries stay with the host unless told otherwise.
 */
export function retryPolicy(
  retries: HTTPRetry | null | undefined,
  consistentHash = false,
): RetryPolicy | null {
  if (!retries)
    return consistentHash ? { ...defaultRetryPolicy, ignorePreviousHosts: false } : defaultRetryPolicy;
  const attempts = retries.attempts ?? 0;
  if (attempts <= 0) return null;
  return {
    attempts,
    ...(retries.retryOn ? splitRetryOn(retries.retryOn) : { retryOn: defaultRetryOn, statusCodes: [] }),
    perTryTimeoutMs: milliseconds(retries.perTryTimeout) || null,
    backoffMs: milliseconds(retries.backoff),
    ignorePreviousHosts: retries.retryIgnorePreviousHosts ?? !consistentHash,
    remoteLocalities: retries.retryRemoteLocalities ?? false,
  };
}

function splitRetryOn(text: string): { retryOn: string[]; statusCodes: number[] } {
  const parts = text.split(",").flatMap((part) => part.trim() || []);
  const isCode = (part: string): boolean => /^[+-]?\d+$/.test(part) && statusCodes.has(Number(part));
  const codes = parts.filter(isCode).map(Number);
  const words = parts.filter((part) => !isCode(part));
  const implied = codes.length > 0 && !words.join(",").includes("retriable-status-codes");
  return { retryOn: implied ? [...words, "retriable-status-codes"] : words, statusCodes: codes };
}
