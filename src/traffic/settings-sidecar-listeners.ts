import type { Path } from "../manifest/source.ts";
import type { ConnectionPool, Sidecar } from "../mesh/istio.ts";
import type { Change } from "./change.ts";
import { canonicalJson } from "./effective/canonical.ts";
import { type ObjectPair, objectChange } from "./settings-objects.ts";
import { connectionPoolMeaning, policyDirection } from "./settings-policy.ts";

type Ingress = NonNullable<Sidecar["ingress"]>[number];
type Egress = NonNullable<Sidecar["egress"]>[number];

/** How a Sidecar takes requests in and out of its workloads: listeners by port, and what they let in at once. */
export function listenerChanges(pair: ObjectPair<Sidecar>): Change[] {
  const [before, after] = [pair.base?.spec ?? {}, pair.head?.spec ?? {}];
  const pools = [before.inboundConnectionPool, after.inboundConnectionPool] as const;
  return [
    ...poolChange(pair, ["spec", "inboundConnectionPool"], "inboundConnectionPool", ...pools),
    ...ports(before.ingress, after.ingress).flatMap(({ port, at, from, to }) => [
      ...textChange(
        pair,
        at("ingress"),
        "ingress",
        `ingress port ${port}`,
        ingressText(from),
        ingressText(to),
      ),
      ...poolChange(pair, at("ingress"), `ingress port ${port}`, from?.connectionPool, to?.connectionPool),
    ]),
    ...ports(before.egress, after.egress)
      // A listener that comes or goes is told by its hosts.
      .filter(({ from, to }) => from !== undefined && to !== undefined)
      .flatMap(({ port, at, from, to }) =>
        textChange(
          pair,
          at("egress"),
          "egressListener",
          `egress port ${port}`,
          egressText(from),
          egressText(to),
        ),
      ),
    ...textChange(
      pair,
      ["spec", "outboundTrafficPolicy"],
      "egressProxy",
      "outboundTrafficPolicy.egressProxy",
      proxyText(before),
      proxyText(after),
    ),
  ];
}

/** The listeners of both sides by their port; those without a port are for all others. */
function ports<Listener extends Ingress | Egress>(
  before: readonly Listener[] = [],
  after: readonly Listener[] = [],
) {
  const numbers = [...before, ...after].flatMap(({ port }) => port?.number ?? []);
  return [...new Set(numbers)]
    .sort((a, b) => a - b)
    .map((port) => {
      const isAt = (listener: Listener) => listener.port?.number === port;
      const index = Math.max(after.findIndex(isAt), 0);
      const at = (field: string): Path => (after.length > 0 ? ["spec", field, index] : ["spec", field]);
      return { port, at, from: before.find(isAt), to: after.find(isAt) };
    });
}

function ingressText(listener: Ingress | undefined): string | null {
  if (listener === undefined) return null;
  const { defaultEndpoint, tls } = listener;
  const to = defaultEndpoint ? ` to ${defaultEndpoint}` : "";
  return `${captureText(listener)}${to}${tls ? `, TLS ${canonicalJson(tls)}` : ""}`;
}

function egressText(listener: Egress | undefined): string | null {
  return listener === undefined ? null : captureText(listener);
}

function captureText({ port, bind, captureMode = "DEFAULT" }: Ingress | Egress): string {
  const capture = captureMode === "DEFAULT" ? "" : `, capture ${captureMode}`;
  return `${port?.protocol ?? "any protocol"}${bind ? ` on ${bind}` : ""}${capture}`;
}

function proxyText({ outboundTrafficPolicy }: Sidecar): string | null {
  const proxy = outboundTrafficPolicy?.egressProxy;
  if (proxy === undefined) return null;
  const subset = proxy.subset ? ` ${proxy.subset}` : "";
  return `${proxy.host}${proxy.port?.number ? `:${proxy.port.number}` : ""}${subset}`;
}

function textChange(
  pair: ObjectPair<Sidecar>,
  at: Path,
  kind: string,
  path: string,
  before: string | null,
  after: string | null,
): Change[] {
  if (before === after) return [];
  return [objectChange(pair, at, { kind, path, before, after, direction: "other" })];
}

function poolChange(
  pair: ObjectPair<Sidecar>,
  at: Path,
  path: string,
  before: ConnectionPool | undefined,
  after: ConnectionPool | undefined,
): Change[] {
  const [from, to] = [connectionPoolMeaning(before), connectionPoolMeaning(after)];
  if (from.text === to.text) return [];
  const change = { kind: "connectionPool", path, before: from.text, after: to.text };
  return [objectChange(pair, at, { ...change, direction: policyDirection(from, to) })];
}
