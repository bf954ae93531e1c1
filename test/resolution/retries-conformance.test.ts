import type { HTTPRetry } from "../../src/mesh/istio.ts";
import { retryPolicy } from "../../src/traffic/effective/retry-policy.ts";
import { conformance } from "./conformance.ts";

interface EnvoyRetry {
  readonly retryOn: string;
  readonly numRetries: number;
  readonly perTryTimeout?: string;
  readonly retriableStatusCodes?: readonly number[];
  readonly retryHostPredicate?: readonly unknown[];
  readonly retryPriority?: unknown;
  readonly retryBackOff?: { readonly baseInterval: string };
}
interface RetryCase {
  readonly name: string;
  readonly retries: HTTPRetry | null;
  readonly consistentHash: boolean;
  readonly expected: EnvoyRetry | null;
}

const seconds = (duration: string | undefined) => (duration ? Number.parseFloat(duration) * 1000 : null);

function fromEnvoy(retry: EnvoyRetry | null): unknown {
  return (
    retry && {
      attempts: retry.numRetries,
      retryOn: retry.retryOn.split(",").filter(Boolean),
      statusCodes: retry.retriableStatusCodes ?? [],
      perTryTimeoutMs: seconds(retry.perTryTimeout),
      backoffMs: seconds(retry.retryBackOff?.baseInterval),
      ignorePreviousHosts: Boolean(retry.retryHostPredicate),
      remoteLocalities: Boolean(retry.retryPriority),
    }
  );
}

conformance<RetryCase>("retry", "retries default and convert as Istio's do", (given) => {
  const policy = retryPolicy(given.retries, given.consistentHash);
  return JSON.stringify(policy) === JSON.stringify(fromEnvoy(given.expected)) ? [] : [given.name];
});
