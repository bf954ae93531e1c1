import {
  bool,
  bytes,
  enumeration,
  int32,
  labels,
  list,
  map,
  nullable,
  object,
  text,
  texts,
  uint32,
} from "./builders.ts";
import { duration } from "./rules.ts";
import { destination, headers, percent, stringMatch } from "./shared.ts";

const stringMatches = map(stringMatch);

const httpMatch = object("an HTTP match", {
  name: text,
  uri: stringMatch,
  scheme: stringMatch,
  method: stringMatch,
  authority: stringMatch,
  headers: stringMatches,
  port: uint32,
  sourceLabels: labels,
  gateways: texts,
  queryParams: stringMatches,
  ignoreUriCase: bool,
  withoutHeaders: stringMatches,
  sourceNamespace: text,
  statPrefix: text,
});

const redirect = object(
  "a redirect",
  {
    uri: text,
    authority: text,
    port: uint32,
    derivePort: enumeration("FROM_PROTOCOL_DEFAULT", "FROM_REQUEST_PORT"),
    scheme: text,
    redirectCode: uint32,
    prefixRewrite: text,
  },
  { oneOf: [["port", "derivePort"]] },
);

const directResponse = object(
  "a direct response",
  {
    status: uint32,
    body: object("a response body", { string: text, bytes }, { oneOf: [["string", "bytes"]] }),
  },
  { required: ["status"] },
);

const rewrite = object("a rewrite", {
  uri: text,
  authority: text,
  uriRegexRewrite: object("a regular expression rewrite", { match: text, rewrite: text }),
});

const retries = object("a retry policy", {
  attempts: int32,
  perTryTimeout: duration,
  retryOn: text,
  retryRemoteLocalities: nullable(bool),
  retryIgnorePreviousHosts: nullable(bool),
  backoff: duration,
});

const fault = object("a fault injection", {
  delay: object(
    "an injected delay",
    { percent: int32, fixedDelay: duration, exponentialDelay: duration, percentage: percent },
    { oneOf: [["fixedDelay", "exponentialDelay"]] },
  ),
  abort: object(
    "an injected abort",
    { httpStatus: int32, grpcStatus: text, http2Error: text, percentage: percent },
    { oneOf: [["httpStatus", "grpcStatus", "http2Error"]] },
  ),
});

const corsPolicy = object("a CORS policy", {
  allowOrigin: texts,
  allowOrigins: list(stringMatch),
  allowMethods: texts,
  allowHeaders: texts,
  exposeHeaders: texts,
  maxAge: duration,
  allowCredentials: nullable(bool),
  unmatchedPreflights: enumeration("UNSPECIFIED", "FORWARD", "IGNORE"),
});

const httpRoute = object("an HTTP route", {
  name: text,
  match: list(httpMatch),
  route: list(
    object("a route destination", { destination, weight: int32, headers }, { required: ["destination"] }),
  ),
  redirect,
  directResponse,
  delegate: object("a delegate", { name: text, namespace: text }),
  rewrite,
  timeout: duration,
  retries,
  fault,
  mirror: destination,
  mirrors: list(object("a mirror", { destination, percentage: percent }, { required: ["destination"] })),
  mirrorPercent: nullable(uint32),
  // The one field that the CRD knows by its protobuf name too.
  mirror_percent: nullable(uint32),
  mirrorPercentage: percent,
  corsPolicy,
  headers,
});

const l4Match = {
  destinationSubnets: texts,
  port: uint32,
  sourceLabels: labels,
  gateways: texts,
  sourceNamespace: text,
};

const l4Destinations = list(
  object("a route destination", { destination, weight: int32 }, { required: ["destination"] }),
);

/** `spec` of a VirtualService (networking/v1alpha3/virtual_service.proto). */
export const virtualService = object("a VirtualService", {
  hosts: texts,
  gateways: texts,
  http: list(httpRoute),
  tls: list(
    object(
      "a TLS route",
      {
        match: list(object("a TLS match", { sniHosts: texts, ...l4Match }, { required: ["sniHosts"] })),
        route: l4Destinations,
      },
      { required: ["match"] },
    ),
  ),
  tcp: list(
    object("a TCP route", {
      match: list(object("a TCP match", { ...l4Match, sourceSubnet: text })),
      route: l4Destinations,
    }),
  ),
  exportTo: texts,
});
