/** What a port is said to speak; `auto`: nothing was said, so the proxy looks at the first bytes. */
export type PortProtocol =
  | "HTTP"
  | "HTTP2"
  | "GRPC"
  | "GRPC-Web"
  | "HTTP_PROXY"
  | "HTTPS"
  | "TLS"
  | "TCP"
  | "UDP"
  | "Mongo"
  | "Redis"
  | "MySQL"
  | "auto";

const known: ReadonlyMap<string, PortProtocol> = new Map(
  (
    [
      "HTTP",
      "HTTP2",
      "GRPC",
      "GRPC-Web",
      "HTTP_PROXY",
      "HTTPS",
      "TLS",
      "TCP",
      "UDP",
      "Mongo",
      "Redis",
      "MySQL",
    ] as const
  ).map((protocol) => [protocol.toLowerCase(), protocol]),
);

/** Reads a protocol as Istio does: in any case, and unknown ones as `auto` (pkg/config/protocol/instance.go `Parse`). */
export function parseProtocol(text: string | undefined): PortProtocol {
  return known.get((text ?? "").toLowerCase()) ?? "auto";
}

const appProtocols: ReadonlyMap<string, PortProtocol> = new Map([
  ["kubernetes.io/h2c", "HTTP2"],
  ["kubernetes.io/ws", "HTTP"],
  ["kubernetes.io/wss", "HTTPS"],
]);

/** SMTP, DNS, MySQL and MongoDB: there the server speaks first, so sniffing would break it. */
const neverSniffed: ReadonlySet<number> = new Set([25, 53, 3306, 27017]);

/** The protocol of a Kubernetes Service port: `appProtocol`, else the name up to its first `-` (pkg/config/kube/conversion.go). */
export function serviceProtocol(port: {
  readonly name?: string;
  readonly port: number;
  readonly protocol?: string;
  readonly appProtocol?: string;
}): PortProtocol {
  if (port.protocol === "UDP") return "UDP";
  const named = port.appProtocol === undefined ? undefined : appProtocols.get(port.appProtocol);
  if (named !== undefined) return named;
  const name = port.appProtocol ?? port.name ?? "";
  if (name.toLowerCase().startsWith("grpc-web")) return "GRPC-Web";
  const protocol = parseProtocol(name.split("-")[0]);
  return protocol === "auto" && neverSniffed.has(port.port) ? "TCP" : protocol;
}

/** HTTP in any form (instance.go `IsHTTP`). */
export function isHttp(protocol: PortProtocol): boolean {
  return ["HTTP", "HTTP2", "HTTP_PROXY", "GRPC", "GRPC-Web"].includes(protocol);
}

/** Bytes inside TLS, chosen by SNI (instance.go `IsTLS`). */
export function isTls(protocol: PortProtocol): boolean {
  return protocol === "HTTPS" || protocol === "TLS";
}

/** Bytes without HTTP routes: TCP, TLS and the databases (instance.go `IsTCP`). */
export function isTcp(protocol: PortProtocol): boolean {
  return isTls(protocol) || ["TCP", "Mongo", "Redis", "MySQL"].includes(protocol);
}
