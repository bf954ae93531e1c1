import type { Mesh } from "../../../mesh/object.ts";
import { isTls } from "../../../mesh/port-protocol.ts";
import { unspecifiedAddress } from "../../../mesh/services.ts";
import { type EgressScope, egressScope } from "../../../mesh/sidecar.ts";
import { action, notFound } from "../translate-action.ts";
import { addressOfHost, serviceOfName } from "./address.ts";
import { type ProxyAnswer, unknownHostAction, unrouted } from "./answer.ts";
import { type Connection, connectionOf, hostName, type RouteRequest } from "./connection.ts";
import { type FilterChain, isMatchAll, matchChains } from "./filter-chain.ts";
import { viewOf } from "./request-view.ts";
import type { SidecarTarget } from "./sidecar-chains.ts";
import { sidecarHosts } from "./sidecar-hosts.ts";
import { isPodAddress, sidecarListeners } from "./sidecar-listener.ts";
import { answerFrom, findVirtualHost } from "./virtual-host.ts";

/** What the sidecar of the calling workload does with a request. */
export function sidecarAnswer(mesh: Mesh, request: RouteRequest): ProxyAnswer {
  const { proxy, port } = request;
  const scope = egressScope(mesh, proxy.namespace, proxy.labels);
  const host = request.host ?? "";
  const own = host === "" ? null : addressOfHost(mesh, proxy.namespace, host);
  // An address dialled for a headless service is that of a pod, which Git does not show.
  const address = isPodAddress(own) ? own : (request.address ?? own);
  const listeners = sidecarListeners(mesh, proxy, scope, port);
  const listener =
    listeners.find(({ bind }) => bind === address) ??
    listeners.find(({ bind }) => [unspecifiedAddress, "::"].includes(bind));
  if (!listener) return unknownHost(scope);
  const connection = connectionOf(request, address, speaksTls(mesh, request));
  const target = chosen(listener.chains, connection);
  if (target === "none") return unknownHost(scope);
  if (target === "refused") return unrouted(notFound);
  if (target.kind === "connection") return target.answer;
  return httpAnswer(mesh, request, scope, connection, target);
}

/** Whether the port that the host's service has there is declared as TLS. */
function speaksTls(mesh: Mesh, { proxy, host, port }: RouteRequest): boolean {
  const service = host ? serviceOfName(mesh, proxy.namespace, host) : null;
  return service?.ports.some(({ number, protocol }) => number === port && isTls(protocol)) ?? false;
}

/**
 * The chain of a listener that takes a connection. A chain without conditions is only asked when no other fits; without
 * one, what fits nowhere counts as traffic to an unknown host (listener.go `buildListenerFromEntry`).
 */
function chosen(
  chains: readonly FilterChain<SidecarTarget>[],
  connection: Connection,
): SidecarTarget | "none" | "refused" {
  const open = chains.findLast(isMatchAll);
  const conditional = chains.filter((chain) => !isMatchAll(chain));
  const fitting = matchChains(conditional, connection);
  if (fitting.length > 1) return "refused";
  return (fitting[0] ?? open)?.target ?? "none";
}

/** Traffic to hosts that the workload does not know: out, refused, or through the Sidecar's egress proxy. */
function unknownHost({ unknownHosts, egressProxy }: EgressScope): ProxyAnswer {
  if (unknownHosts !== "ALLOW_ANY" || !egressProxy) return unrouted(unknownHostAction(unknownHosts));
  const { host, subset, port } = egressProxy;
  const destination = { host, port: port?.number ?? null, subset: subset || null, headers: "" };
  const leg = { destination, share: { numerator: 1, denominator: 1 }, path: [], weightPath: [] };
  return unrouted(action({ kind: "route", legs: [leg] }));
}

function httpAnswer(
  mesh: Mesh,
  request: RouteRequest,
  scope: EgressScope,
  connection: Connection,
  { service }: SidecarTarget & { kind: "http" },
): ProxyAnswer {
  // Whoever sends TLS or bare bytes to an HTTP listener gets an error, not an answer.
  if (connection.tls || connection.protocol === "tcp") return unrouted(notFound);
  const egress = scope.listeners.find((item) => item.port === null || item.port.number === request.port);
  if (!egress) return unrouted(notFound);
  const hosts = sidecarHosts(mesh, request.proxy, egress, request.port);
  const view = viewOf(request, false);
  if (service) {
    const own = hosts.find(({ domains }) => domains.includes(service.host.toLowerCase()));
    return answerFrom(own ?? null, view, false);
  }
  const found = findVirtualHost(hosts, hostName(request.host ?? ""));
  return found ? answerFrom(found, view, false) : unknownHost(scope);
}
