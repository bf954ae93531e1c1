import type { Path } from "../../../manifest/source.ts";
import type { HTTPRetry } from "../../istio.ts";
import { nearest } from "../schema/nearest.ts";
import { quote } from "../schema/wording.ts";
import { wholeMilliseconds } from "./durations.ts";
import { error, type Issues } from "./issue.ts";

const policies = [
  "5xx",
  "gateway-error",
  "reset",
  "reset-before-request",
  "connect-failure",
  "retriable-4xx",
  "refused-stream",
  "retriable-status-codes",
  "retriable-headers",
  "envoy-ratelimited",
  "http3-post-connect-failure",
  "cancelled",
  "deadline-exceeded",
  "internal",
  "resource-exhausted",
  "unavailable",
];

/** First and last code of each run of HTTP statuses that have a text in Go's `net/http`. */
const knownStatuses: readonly [number, number][] = [
  [100, 103],
  [200, 208],
  [226, 226],
  [300, 305],
  [307, 308],
  [400, 418],
  [421, 426],
  [428, 429],
  [431, 431],
  [451, 451],
  [500, 508],
  [510, 511],
];

/** A retry policy (agent/validation.go `ValidateHTTPRetry`). */
export function* retryPolicy(retries: HTTPRetry | undefined, path: Path): Issues {
  if (!retries) return;
  const attempts = retries.attempts ?? 0;
  if (attempts < 0)
    yield error("out-of-range", [...path, "attempts"], `\`attempts\` cannot be negative: ${attempts}`);
  const set =
    retries.perTryTimeout !== undefined || retries.retryOn || retries.retryRemoteLocalities !== undefined;
  if (attempts === 0 && set) {
    const message =
      "retries are off with `attempts: 0`, which is the default, and then take no other settings";
    yield error(
      "retries-off",
      [...path, "attempts"],
      message,
      "set `attempts`, or remove the other settings",
    );
  }
  yield* wholeMilliseconds(retries.perTryTimeout, [...path, "perTryTimeout"]);
  if (retries.retryOn) yield* retryOn(retries.retryOn, [...path, "retryOn"]);
  yield* wholeMilliseconds(retries.backoff, [...path, "backoff"]);
}

function* retryOn(text: string, path: Path): Issues {
  for (const policy of text.split(",")) {
    if (policies.includes(policy) || isKnownStatus(policy)) continue;
    const meant = nearest(policy.trim(), policies);
    const message = `${quote(policy)} is not a retry condition; conditions are joined by commas without spaces`;
    yield error("unknown-value", path, message, meant ? `write \`${meant}\`` : null);
  }
}

function isKnownStatus(text: string): boolean {
  if (!/^\+?\d{1,9}$/.test(text)) return false;
  const status = Number(text);
  return knownStatuses.some(([first, last]) => status >= first && status <= last);
}
