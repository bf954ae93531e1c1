const protocols = [
  "tcp",
  "udp",
  "grpc",
  "grpc-web",
  "http",
  "http_proxy",
  "http2",
  "https",
  "tls",
  "mongo",
  "redis",
  "mysql",
] as const;

/** A protocol that Istio knows, in lower case (pkg/config/protocol/instance.go). */
export type Protocol = (typeof protocols)[number];

/** Reads a protocol in any case; null when Istio does not know it, which includes an empty one (`protocol.Parse`). */
export function parseProtocol(text: string | undefined): Protocol | null {
  const lower = (text ?? "").toLowerCase();
  return protocols.find((protocol) => protocol === lower) ?? null;
}

/** Whether requests on it are routed by HTTP (`IsHTTP`). */
export function isHttp(protocol: Protocol | null): boolean {
  return protocol !== null && ["http", "http2", "http_proxy", "grpc", "grpc-web"].includes(protocol);
}

/** Whether connections on it carry TLS with a server name (`IsTLS`). */
export function isTls(protocol: Protocol | null): boolean {
  return protocol === "https" || protocol === "tls";
}

/** Whether it is routed as a TCP connection (`IsTCP`). */
export function isTcp(protocol: Protocol | null): boolean {
  return protocol !== null && ["tcp", "https", "tls", "mongo", "redis", "mysql"].includes(protocol);
}
