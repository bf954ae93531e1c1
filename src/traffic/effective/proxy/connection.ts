/** Who asks: the proxy that the request leaves the workload through, or arrives at. */
export interface RequestProxy {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** False: a sidecar. True: a gateway, which takes the Gateways that select its labels. A text: the Gateway `namespace/name`. */
  readonly gateway: boolean | string;
}

/** One request, or one connection where `host` and `path` are left out. */
export interface RouteRequest {
  readonly proxy: RequestProxy;
  readonly port: number;
  readonly host?: string | null | undefined;
  /** `/` when left out; may carry a query. */
  readonly path?: string | null | undefined;
  /** `GET` when left out. */
  readonly method?: string | null | undefined;
  readonly headers?: Readonly<Record<string, string>> | null | undefined;
  readonly sni?: string | null | undefined;
  /** Left out: what the listener speaks. */
  readonly scheme?: "http" | "https" | null | undefined;
  /** The address the client connects to; left out, the host's own if the mesh gives it one. */
  readonly address?: string | null | undefined;
  /** Left out: HTTP/1.1, or plain bytes where there is neither host nor path. */
  readonly protocol?: "http" | "http2" | "tcp" | null | undefined;
}

/** What a listener sees of a connection before it reads a request. */
export interface Connection {
  /** Null: an address that no configuration mentions. */
  readonly address: string | null;
  readonly port: number;
  readonly tls: boolean;
  readonly sni: string;
  readonly protocol: "http" | "http2" | "tcp";
}

/** A host without its port, in lower case; IPv6 addresses keep their brackets off. */
export function hostName(host: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(host)?.[1];
  if (bracketed !== undefined) return bracketed.toLowerCase();
  const name = host.split(":").length === 2 ? host.slice(0, host.indexOf(":")) : host;
  return name.toLowerCase();
}

/** @param listenerSpeaksTls what to assume where the request does not say. */
export function connectionOf(
  request: RouteRequest,
  address: string | null,
  listenerSpeaksTls: boolean,
): Connection {
  const sni = request.sni || null;
  const tls = request.scheme ? request.scheme === "https" || sni !== null : sni !== null || listenerSpeaksTls;
  const bare = !request.host && !request.path;
  return {
    address,
    port: request.port,
    tls,
    sni: sni ?? (tls ? hostName(request.host ?? "") : ""),
    protocol: request.protocol ?? (bare ? "tcp" : "http"),
  };
}
