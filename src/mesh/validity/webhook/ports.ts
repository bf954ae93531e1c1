import type { Path } from "../../../manifest/source.ts";
import { quote } from "../schema/wording.ts";
import { error, type Issues } from "./issue.ts";
import { isDnsLabel } from "./names.ts";
import { parseProtocol } from "./protocol.ts";

/** Whether a number is a network port (agent/validation.go `ValidatePort`). */
export function isPort(number: number): boolean {
  return number >= 1 && number <= 65535;
}

/** A network port; absent counts as 0, which is none. */
export function* portNumber(number: number | undefined, path: Path): Issues {
  if (!isPort(number ?? 0))
    yield error("invalid-port", path, `${number ?? 0} is not a port: ports go from 1 to 65535`);
}

/** A port that may be left out or 0. */
export function* optionalPort(number: number | undefined, path: Path): Issues {
  if (number) yield* portNumber(number, path);
}

/** The name of a port (validation.go `ValidatePortName`). */
export function* portName(name: string, path: Path): Issues {
  if (isDnsLabel(name)) return;
  const message = `${quote(name)} is not a port name: these have 1 to 63 letters, digits and inner "-"`;
  yield error("invalid-name", path, message);
}

/** A protocol; without one Istio detects it from the traffic (validation.go `ValidateProtocol`). */
export function* optionalProtocol(protocol: string | undefined, path: Path): Issues {
  if (protocol && parseProtocol(protocol) === null) yield unknownProtocol(protocol, path);
}

/** A protocol that Istio does not know. */
export function unknownProtocol(protocol: string | undefined, path: Path) {
  return error(
    "unknown-protocol",
    path,
    `${quote(protocol ?? "")} is not a protocol that Istio knows`,
    "write HTTP, HTTP2, GRPC, GRPC-WEB, HTTPS, TLS, TCP, UDP, MONGO, REDIS or MYSQL",
  );
}
