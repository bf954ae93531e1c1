import type { Path } from "../../../manifest/source.ts";
import type { Gateway, Port, Server } from "../../istio.ts";
import type { Metadata } from "../metadata.ts";
import { quote } from "../schema/wording.ts";
import { isIpAddress } from "./address.ts";
import { hasGatewaySemantics } from "./annotations.ts";
import { error, type Issues, warning } from "./issue.ts";
import { isDnsLabel } from "./names.ts";
import { portNumber, unknownProtocol } from "./ports.ts";
import { isHttp, isTls, parseProtocol } from "./protocol.ts";
import { scopedHost } from "./scoped-host.ts";
import { serverTls } from "./server-tls.ts";
import { unixAddress, unixPrefix } from "./unix-address.ts";

/** A Gateway (validation.go `ValidateGateway`). */
export function* gateway(spec: Gateway, metadata: Metadata): Issues {
  const fromGatewayApi = hasGatewaySemantics(metadata, "gateway");
  if (!fromGatewayApi && !isDnsLabel(metadata.name)) {
    const message = `${quote(metadata.name)} is not a name for a Gateway: these have at most 63 letters, digits and inner "-", and no dots`;
    yield error("invalid-name", ["metadata", "name"], message);
  }
  const servers = spec.servers ?? [];
  if (servers.length === 0)
    yield error("required", ["spec", "servers"], "a Gateway needs at least one server", "add `servers`");
  for (const [index, one] of servers.entries())
    yield* server(one, fromGatewayApi, ["spec", "servers", index]);
  yield* acrossServers(servers);
}

function* acrossServers(servers: readonly Server[]): Issues {
  const names = new Set<string>();
  for (const [index, { port, tls }] of servers.entries()) {
    if (!port) continue;
    const path = ["spec", "servers", index];
    const name = port.name ?? "";
    if (names.has(name)) {
      yield error(
        "duplicate",
        [...path, "port", "name"],
        `two servers have a port called ${quote(name)}`,
        "rename one of them",
      );
    }
    names.add(name);
    if (tls?.httpsRedirect && !isHttp(parseProtocol(port.protocol))) {
      yield warning(
        "no-effect",
        [...path, "tls", "httpsRedirect"],
        "`httpsRedirect` works on HTTP ports only",
        "move it to the server of the HTTP port",
      );
    }
  }
}

function* server(one: Server, fromGatewayApi: boolean, path: Path): Issues {
  if (!one.hosts)
    yield error("required", [...path, "hosts"], "a server needs `hosts`", "add the hosts that it serves");
  for (const [index, host] of (one.hosts ?? []).entries()) {
    yield* scopedHost(host, { of: "gateway", nobodyAllowed: fromGatewayApi }, [...path, "hosts", index]);
  }
  const portIssues = [...serverPort(one.port, one.bind, [...path, "port"])];
  yield* portIssues;
  yield* bind(one, [...path, "bind"]);
  yield* serverTls(one.tls, [...path, "tls"]);
  // Istio asks whether port and TLS fit together only when the port is right.
  if (portIssues.length === 0) yield* tlsFitsPort(one, path);
}

function* tlsFitsPort({ port, tls }: Server, path: Path): Issues {
  const protocol = parseProtocol(port?.protocol);
  if (isTls(protocol)) {
    if (tls) return;
    yield error(
      "required",
      [...path, "tls"],
      `a server with protocol ${port?.protocol} needs \`tls\``,
      "add `tls` with a `mode`",
    );
  } else if (tls && !isHttp(protocol)) {
    yield error(
      "conflict",
      [...path, "tls"],
      `a server with protocol ${port?.protocol} cannot have \`tls\``,
      "write `protocol: TLS` or HTTPS, or remove `tls`",
    );
  } else if (tls) {
    const passes = tls.mode === undefined || tls.mode === "PASSTHROUGH" || tls.mode === "AUTO_PASSTHROUGH";
    if (passes && !tls.caCertificates && !tls.privateKey && !tls.serverCertificate) return;
    const message = `a server with protocol ${port?.protocol} speaks plain text: of \`tls\` it may have \`httpsRedirect\``;
    yield error("conflict", [...path, "tls"], message, "write `protocol: HTTPS`, or remove the TLS settings");
  }
}

function* serverPort(port: Port | undefined, boundTo: string | undefined, path: Path): Issues {
  if (!port) {
    yield error("required", path, "a server needs `port`", "add `port` with `number`, `name` and `protocol`");
    return;
  }
  const { number = 0, name, protocol, targetPort = 0 } = port;
  if (parseProtocol(protocol) === null) yield unknownProtocol(protocol, [...path, "protocol"]);
  if (number > 0 || !boundTo?.startsWith(unixPrefix)) yield* portNumber(number, [...path, "number"]);
  if (targetPort > 0) {
    yield error("no-effect", [...path, "targetPort"], "`targetPort` does nothing in a Gateway", "remove it");
  }
  if (!name) yield error("required", [...path, "name"], "a server port needs `name`", "add it");
}

function* bind({ bind: boundTo, port }: Server, path: Path): Issues {
  if (!boundTo) return;
  if (!boundTo.startsWith(unixPrefix)) {
    if (!isIpAddress(boundTo)) yield error("invalid-address", path, `${quote(boundTo)} is not an IP address`);
    return;
  }
  yield* unixAddress(boundTo.slice(unixPrefix.length), path);
  if (port?.number)
    yield error("conflict", path, "a server on a Unix socket has port number 0", "write `number: 0`");
}
