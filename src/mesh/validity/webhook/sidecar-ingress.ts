import type { Path } from "../../../manifest/source.ts";
import type { Sidecar } from "../../istio.ts";
import { quote } from "../schema/wording.ts";
import { isIpAddress, splitHostPort } from "./address.ts";
import { connectionPool } from "./connection-pool.ts";
import { error, type Issues, warning } from "./issue.ts";
import { isPort, optionalProtocol, portName, portNumber } from "./ports.ts";
import { isHttp, isTls, parseProtocol } from "./protocol.ts";
import { serverTls } from "./server-tls.ts";
import { unixAddress, unixPrefix } from "./unix-address.ts";

type Listener = NonNullable<Sidecar["ingress"]>[number];
type ListenerPort = NonNullable<Listener["port"]>;

/** Listeners for incoming traffic. */
export function* ingressListeners(listeners: readonly Listener[]): Issues {
  const numbers = new Set<number>();
  for (const [index, listener] of listeners.entries()) {
    const path = ["spec", "ingress", index];
    if (!listener.port) {
      yield error(
        "required",
        [...path, "port"],
        "an ingress listener needs `port`",
        "add `port` with number, protocol and name",
      );
      continue;
    }
    const { number = 0 } = listener.port;
    yield* listenerPort(listener.port, [...path, "port"]);
    if (listener.bind) yield* boundAddress(listener.bind, [...path, "bind"]);
    if (numbers.has(number)) {
      yield error(
        "duplicate",
        [...path, "port", "number"],
        `two ingress listeners have port ${number}`,
        "change one of them",
      );
    }
    numbers.add(number);
    if (listener.defaultEndpoint)
      yield* defaultEndpoint(listener.defaultEndpoint, [...path, "defaultEndpoint"]);
    yield* ingressTls(listener, [...path, "tls"]);
    yield* ingressPool(listener, listener.port, [...path, "connectionPool"]);
  }
}

/** The port of a listener on an IP address. */
export function* listenerPort({ name, number, protocol, targetPort = 0 }: ListenerPort, path: Path): Issues {
  yield* uselessTargetPort(targetPort, path);
  if (name) yield* portName(name, [...path, "name"]);
  yield* optionalProtocol(protocol, [...path, "protocol"]);
  yield* portNumber(number, [...path, "number"]);
}

/** `targetPort` belongs to services. */
export function* uselessTargetPort(targetPort: number, path: Path): Issues {
  if (targetPort > 0)
    yield error("no-effect", [...path, "targetPort"], "`targetPort` does nothing in a Sidecar", "remove it");
}

/** The IP address that a listener binds. */
export function* boundAddress(bind: string, path: Path): Issues {
  if (!isIpAddress(bind)) yield error("invalid-address", path, `${quote(bind)} is not an IP address`);
}

/** Where incoming traffic is handed on to: a port of the own machine, or a Unix socket. */
function* defaultEndpoint(endpoint: string, path: Path): Issues {
  if (endpoint.startsWith(unixPrefix)) {
    yield* unixAddress(endpoint.slice(unixPrefix.length), path);
    return;
  }
  const parts = splitHostPort(endpoint);
  const isLocal = parts !== null && ["", "127.0.0.1", "0.0.0.0", "::1", "::"].includes(parts.host);
  if (!isLocal || !/^\+?\d+$/.test(parts.port) || !isPort(Number(parts.port))) {
    const message = `${quote(endpoint)} is not a port of the own machine`;
    yield error(
      "invalid-address",
      path,
      message,
      "write `127.0.0.1:8080`, `[::1]:8080`, `:8080` or `unix:///path/to/socket`",
    );
  }
}

const unsupported = [
  "subjectAltNames",
  "httpsRedirect",
  "credentialName",
  "credentialNames",
  "tlsCertificates",
] as const;

function* ingressTls({ tls, port }: Listener, path: Path): Issues {
  if (!tls) return;
  for (const field of unsupported) {
    if (tls[field])
      yield error("not-supported", [...path, field], `a Sidecar does not support \`${field}\``, "remove it");
  }
  if (tls.mode === "ISTIO_MUTUAL" || tls.mode === "AUTO_PASSTHROUGH") {
    yield error(
      "not-supported",
      [...path, "mode"],
      `a Sidecar does not support mode ${tls.mode}`,
      "write `SIMPLE` or `MUTUAL`",
    );
  }
  if (!isTls(parseProtocol(port?.protocol))) {
    const message = `a listener with protocol ${port?.protocol || "unset"} cannot have \`tls\``;
    yield error("conflict", path, message, "write `protocol: HTTPS` or TLS, or remove `tls`");
  }
  yield* serverTls(tls, path);
}

function* ingressPool({ connectionPool: pool }: Listener, port: ListenerPort, path: Path): Issues {
  yield* connectionPool(pool, path);
  if (!pool?.http || isHttp(parseProtocol(port.protocol))) return;
  const message = `HTTP settings do nothing on port ${port.number ?? 0}, whose protocol is ${port.protocol || "unset"}`;
  yield warning("no-effect", [...path, "http"], message, "write `protocol: HTTP`, or remove them");
}
