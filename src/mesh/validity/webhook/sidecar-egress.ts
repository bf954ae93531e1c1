import type { Path } from "../../../manifest/source.ts";
import type { Sidecar } from "../../istio.ts";
import { quote } from "../schema/wording.ts";
import { error, type Issues, warning } from "./issue.ts";
import { optionalProtocol, portName } from "./ports.ts";
import { scopedHost } from "./scoped-host.ts";
import { boundAddress, listenerPort, uselessTargetPort } from "./sidecar-ingress.ts";
import { unixAddress, unixPrefix } from "./unix-address.ts";

type Listener = NonNullable<Sidecar["egress"]>[number];

/** Listeners for outgoing traffic, with the hosts that they import. */
export function* egressListeners(listeners: readonly Listener[], namespace: string): Issues {
  const used = new Set<string>();
  for (const [index, listener] of listeners.entries()) {
    const path = ["spec", "egress", index];
    if (listener.port) yield* portAndBind(listener, used, path);
    else if (index < listeners.length - 1) {
      const message = "an egress listener without `port` takes everything, so it must be the last one";
      yield error("conflict", path, message, "move it to the end");
    }
    yield* importedHosts(listener.hosts, namespace, [...path, "hosts"]);
  }
}

/** A listener is on a port, or with port number 0 on a Unix socket; each may stand once. */
function* portAndBind(
  { port = {}, bind = "", captureMode = "DEFAULT" }: Listener,
  used: Set<string>,
  path: Path,
): Issues {
  const { number = 0 } = port;
  if (number === 0) {
    yield* uselessTargetPort(port.targetPort ?? 0, [...path, "port"]);
    if (port.name) yield* portName(port.name, [...path, "port", "name"]);
    yield* optionalProtocol(port.protocol, [...path, "port", "protocol"]);
    yield* socket(bind, captureMode, path);
  } else {
    yield* listenerPort(port, [...path, "port"]);
    if (bind) yield* boundAddress(bind, [...path, "bind"]);
  }
  const place = number === 0 ? bind : `port ${number}`;
  if (used.has(place)) {
    yield error(
      "duplicate",
      [...path, number === 0 ? "bind" : "port"],
      `two egress listeners have ${place || "no port"}`,
      "change one of them",
    );
  }
  used.add(place);
}

function* socket(bind: string, captureMode: string, path: Path): Issues {
  if (bind.startsWith(unixPrefix)) yield* unixAddress(bind.slice(unixPrefix.length), [...path, "bind"]);
  else {
    const message = "a listener with port number 0 must bind a Unix socket";
    yield error(
      "invalid-address",
      [...path, "bind"],
      message,
      "write a port number, or `bind: unix:///path/to/socket`",
    );
  }
  if (captureMode !== "DEFAULT" && captureMode !== "NONE") {
    const message = `a listener on a Unix socket cannot have capture mode ${captureMode}`;
    yield error("conflict", [...path, "captureMode"], message, "write `NONE`, or remove it");
  }
}

function* importedHosts(hosts: readonly string[] | undefined, namespace: string, path: Path): Issues {
  if (!hosts) {
    yield error(
      "required",
      path,
      "an egress listener needs `hosts`",
      'write `hosts: ["./*"]` for the own namespace',
    );
    return;
  }
  const imported = new Map<string, Set<string>>();
  for (const [index, text] of hosts.entries()) {
    const at = [...path, index];
    yield* repeatedHost(text, namespace, imported, at);
    yield* scopedHost(text, { of: "sidecar" }, at);
  }
  if (imported.get("*")?.has("*") && imported.size > 1) {
    yield warning(
      "redundant",
      path,
      "`*/*` imports every host, so the other entries do nothing",
      "remove them, or `*/*`",
    );
  }
}

/** Exclusions (`~namespace/host`) may repeat what is imported. */
function* repeatedHost(
  text: string,
  namespace: string,
  imported: Map<string, Set<string>>,
  path: Path,
): Issues {
  const slash = text.indexOf("/");
  if (slash < 0 || text.startsWith("~")) return;
  const scope = text.slice(0, slash) === "." ? namespace : text.slice(0, slash);
  const host = text.slice(slash + 1);
  const ofScope = imported.get(scope) ?? new Set();
  imported.set(scope, ofScope);
  const repeats = host === "*" ? ofScope.size > 0 : ofScope.has(host) || ofScope.has("*");
  if (repeats)
    yield warning(
      "redundant",
      path,
      `${quote(text)} is imported by another entry already`,
      "remove one of the two",
    );
  ofScope.add(host);
}
