import { enumeration, list, object, text, texts, uint32 } from "./builders.ts";
import { workloadSelector } from "./service-entry.ts";
import { connectionPool, destination, serverTls } from "./shared.ts";

const port = object("a listener port", { number: uint32, protocol: text, name: text, targetPort: uint32 });
const captureMode = enumeration("DEFAULT", "IPTABLES", "NONE");

/** `spec` of a Sidecar (networking/v1alpha3/sidecar.proto). */
export const sidecar = object("a Sidecar", {
  workloadSelector,
  ingress: list(
    object(
      "an ingress listener",
      { port, bind: text, captureMode, defaultEndpoint: text, tls: serverTls, connectionPool },
      { required: ["port"] },
    ),
  ),
  egress: list(
    object("an egress listener", { port, bind: text, captureMode, hosts: texts }, { required: ["hosts"] }),
  ),
  inboundConnectionPool: connectionPool,
  outboundTrafficPolicy: object("an outbound traffic policy", {
    mode: enumeration("REGISTRY_ONLY", "ALLOW_ANY"),
    egressProxy: destination,
  }),
});
