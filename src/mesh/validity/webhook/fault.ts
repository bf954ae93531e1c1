import type { Path } from "../../../manifest/source.ts";
import type { HTTPFaultInjection, Percent } from "../../istio.ts";
import { nearest } from "../schema/nearest.ts";
import { quote } from "../schema/wording.ts";
import { wholeMilliseconds } from "./durations.ts";
import { error, type Issue, type Issues } from "./issue.ts";

/** In the order of their numbers, from 0. */
const grpcStatuses = [
  "OK",
  "CANCELLED",
  "UNKNOWN",
  "INVALID_ARGUMENT",
  "DEADLINE_EXCEEDED",
  "NOT_FOUND",
  "ALREADY_EXISTS",
  "PERMISSION_DENIED",
  "RESOURCE_EXHAUSTED",
  "FAILED_PRECONDITION",
  "ABORTED",
  "OUT_OF_RANGE",
  "UNIMPLEMENTED",
  "INTERNAL",
  "UNAVAILABLE",
  "DATA_LOSS",
  "UNAUTHENTICATED",
];

/** Injected delays and aborts (validation.go `validateHTTPFaultInjection`). */
export function* faultInjection(fault: HTTPFaultInjection | undefined, path: Path): Issues {
  if (!fault) return;
  if (!fault.abort && !fault.delay) {
    yield error(
      "required",
      path,
      "a fault injection needs `delay` or `abort`",
      "add one of them, or remove `fault`",
    );
  }
  if (fault.abort) yield* abort(fault.abort, [...path, "abort"]);
  if (fault.delay) yield* delay(fault.delay, [...path, "delay"]);
}

function* abort(
  { percentage, httpStatus, grpcStatus, http2Error }: NonNullable<HTTPFaultInjection["abort"]>,
  path: Path,
): Issues {
  yield* faultPercentage(percentage, [...path, "percentage"]);
  if (http2Error !== undefined) {
    yield error(
      "not-supported",
      [...path, "http2Error"],
      "Istio cannot inject HTTP/2 errors yet",
      "use `httpStatus` or `grpcStatus`",
    );
  } else if (grpcStatus !== undefined) {
    if (!grpcStatuses.includes(grpcStatus)) yield unknownGrpcStatus(grpcStatus, [...path, "grpcStatus"]);
  } else if (httpStatus !== undefined) {
    yield* httpStatusInRange(httpStatus, [...path, "httpStatus"]);
  }
}

function unknownGrpcStatus(status: string, path: Path): Issue {
  const meant = /^\d+$/.test(status) ? grpcStatuses[Number(status)] : nearest(status, grpcStatuses);
  const fix = `write ${meant ? `\`${meant}\`` : "a name such as `UNAVAILABLE`"}`;
  return error("unknown-value", path, `${quote(status)} is not the name of a gRPC status`, fix);
}

/** A status that Istio lets Envoy answer with. Istio's own message says 599, its code takes 600 too. */
export function* httpStatusInRange(status: number, path: Path): Issues {
  if (status < 200 || status > 600)
    yield error("out-of-range", path, `HTTP status ${status} is not from 200 to 599`);
}

function* delay(
  { percentage, fixedDelay, exponentialDelay }: NonNullable<HTTPFaultInjection["delay"]>,
  path: Path,
): Issues {
  yield* faultPercentage(percentage, [...path, "percentage"]);
  yield* wholeMilliseconds(fixedDelay, [...path, "fixedDelay"]);
  if (exponentialDelay === undefined) return;
  yield* wholeMilliseconds(exponentialDelay, [...path, "exponentialDelay"]);
  yield error(
    "not-supported",
    [...path, "exponentialDelay"],
    "Istio has no exponential delay yet",
    "use `fixedDelay`",
  );
}

/** Envoy counts in millionths, so that what is smaller than 0.0001 % cannot be told from nothing. */
function* faultPercentage(percentage: Percent | undefined, path: Path): Issues {
  const value = percentage?.value ?? 0;
  if (value < 0 || value > 100 || (value > 0 && value < 0.0001)) {
    yield error(
      "out-of-range",
      [...path, "value"],
      `\`percentage\` must be 0, or from 0.0001 to 100, not ${value}`,
    );
  }
}
