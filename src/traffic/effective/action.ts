import type { Path } from "../../manifest/source.ts";
import type { Destination } from "../change.ts";
import type { Fraction } from "../fraction.ts";

/** One destination of a route and the lines that decide its part. */
export interface ActionLeg {
  readonly destination: Destination;
  /** Exact; the shares of an action sum to 1. */
  readonly share: Fraction;
  /** Where the leg stands: the entry's `route` item. Merged legs name the first. */
  readonly path: Path;
  /** Its `weight`, or its `destination` where no weight is written. */
  readonly weightPath: Path;
}

export interface RetryPolicy {
  /** Retries after the first attempt, from 1. */
  readonly attempts: number;
  readonly retryOn: readonly string[];
  readonly statusCodes: readonly number[];
  readonly perTryTimeoutMs: number | null;
  /** Envoy's default of 25 ms where null. */
  readonly backoffMs: number | null;
  readonly ignorePreviousHosts: boolean;
  readonly remoteLocalities: boolean;
}

export interface Mirror {
  readonly destination: Destination;
  /** 0–100, exclusive of 0: a mirror of no requests is none. */
  readonly percent: number;
}

export interface Fault {
  readonly delay: { readonly ms: number; readonly percent: number } | null;
  readonly abort: {
    readonly httpStatus: number | null;
    readonly grpcStatus: string | null;
    readonly percent: number;
  } | null;
}

export interface Rewrite {
  readonly uri: string | null;
  readonly uriRegex: { readonly match: string; readonly rewrite: string } | null;
  readonly authority: string | null;
}

export interface Redirect {
  readonly uri: string | null;
  /** Takes the place of the matched prefix, where the route says so instead of `uri`. */
  readonly prefixRewrite?: string;
  readonly authority: string | null;
  readonly scheme: string | null;
  /** A port, or the port of the request (`FROM_REQUEST_PORT`). */
  readonly port: number | "request" | null;
  readonly code: number;
}

export interface DirectResponse {
  readonly status: number;
  readonly body: string | null;
}

export type ActionKind =
  | "route"
  | "redirect"
  | "direct-response"
  /** The service's own route: no VirtualService answers. */
  | "default"
  | "passthrough"
  | "blackhole"
  /** 404 from the proxy itself. */
  | "not-found"
  /** An action that Envoy refuses, such as a redirect with code 304: the whole route table is not applied. */
  | "invalid";

/** What happens to a request, in one normal form: two actions with equal `canonical` treat requests alike. */
export interface RouteAction {
  readonly kind: ActionKind;
  /** Empty unless `kind` is `route` or `default`. A single destination holds 1/1; zero weights are gone; equal ones are one. */
  readonly legs: readonly ActionLeg[];
  /** Null: no limit. */
  readonly timeoutMs: number | null;
  /** Null: no retries. */
  readonly retries: RetryPolicy | null;
  readonly rewrite: Rewrite | null;
  readonly mirrors: readonly Mirror[];
  readonly fault: Fault | null;
  /** Canonical text of the route's header operations; empty when it has none. */
  readonly headers: string;
  /** Canonical text of the route's CORS policy; empty when it has none. */
  readonly cors: string;
  readonly redirect: Redirect | null;
  readonly directResponse: DirectResponse | null;
  /** Equal exactly when the effect on traffic is equal: names, order of keys and spelling of weights do not count. */
  readonly canonical: string;
}
