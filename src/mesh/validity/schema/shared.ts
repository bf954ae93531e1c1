import {
  anyDuration,
  bool,
  dateTime,
  double,
  enumeration,
  int32,
  labels,
  list,
  nullable,
  object,
  text,
  texts,
  uint32,
} from "./builders.ts";
import { duration, notBoth } from "./rules.ts";

/** A port chosen by number, as destinations and port-level policies do. */
export const portSelector = object("a port selector", { number: uint32 });

export const destination = object(
  "a destination",
  { host: text, subset: text, port: portSelector },
  { required: ["host"] },
);

export const percent = object("a percentage", { value: double });

export const stringMatch = object(
  "a string match",
  { exact: text, prefix: text, regex: text },
  { oneOf: [["exact", "prefix", "regex"]] },
);

const headerOperations = object("a header operation", { set: labels, add: labels, remove: texts });
export const headers = object("header operations", { request: headerOperations, response: headerOperations });

export const connectionPool = object("a connection pool", {
  tcp: object("TCP connection settings", {
    maxConnections: int32,
    connectTimeout: duration,
    tcpKeepalive: object("a TCP keepalive", { probes: uint32, time: duration, interval: duration }),
    maxConnectionDuration: duration,
    idleTimeout: anyDuration,
  }),
  http: object("HTTP connection settings", {
    http1MaxPendingRequests: int32,
    http2MaxRequests: int32,
    maxRequestsPerConnection: int32,
    maxRetries: int32,
    idleTimeout: duration,
    h2UpgradePolicy: enumeration("DEFAULT", "DO_NOT_UPGRADE", "UPGRADE"),
    useClientProtocol: bool,
    maxConcurrentStreams: int32,
    http2KeepAlive: object("an HTTP/2 keepalive", { interval: duration, timeout: duration }),
  }),
});

const tlsVersion = enumeration("TLS_AUTO", "TLSV1_0", "TLSV1_1", "TLSV1_2", "TLSV1_3");

/** TLS as a Gateway server or a Sidecar ingress listener terminates it. */
export const serverTls = object(
  "server TLS settings",
  {
    httpsRedirect: bool,
    mode: enumeration(
      "PASSTHROUGH",
      "SIMPLE",
      "MUTUAL",
      "AUTO_PASSTHROUGH",
      "ISTIO_MUTUAL",
      "OPTIONAL_MUTUAL",
    ),
    serverCertificate: text,
    privateKey: text,
    caCertificates: text,
    caCrl: text,
    credentialName: text,
    credentialNames: list(text, { least: 1, most: 2 }),
    caCertCredentialName: text,
    tlsCertificates: list(
      object("a TLS certificate", { serverCertificate: text, privateKey: text, caCertificates: text }),
      { least: 1, most: 2 },
    ),
    subjectAltNames: texts,
    verifyCertificateSpki: texts,
    verifyCertificateHash: texts,
    minProtocolVersion: tlsVersion,
    maxProtocolVersion: tlsVersion,
    cipherSuites: texts,
    ecdhCurves: texts,
    insecureSkipVerify: nullable(bool),
  },
  { rules: [notBoth("tlsCertificates", "credentialNames"), notBoth("credentialName", "credentialNames")] },
);

const observedGeneration = { kind: "integer-or-string" } as const;

/** `status` of every kind: written by controllers, and open to fields that the schema does not know. */
export const status = object(
  "a status",
  {
    conditions: list(
      object("a condition", {
        lastProbeTime: dateTime,
        lastTransitionTime: dateTime,
        message: text,
        observedGeneration,
        reason: text,
        status: text,
        type: text,
      }),
    ),
    observedGeneration,
    validationMessages: list(
      object("a validation message", {
        documentationUrl: text,
        level: enumeration("UNKNOWN", "ERROR", "WARNING", "INFO"),
        type: object("a message type", { code: text, name: text }),
      }),
    ),
  },
  { open: true },
);
