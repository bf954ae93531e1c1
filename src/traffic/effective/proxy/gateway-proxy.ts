import type { Mesh } from "../../../mesh/object.ts";
import { notFound } from "../translate-action.ts";
import { type ProxyAnswer, unrouted } from "./answer.ts";
import { connectionOf, hostName, type RouteRequest } from "./connection.ts";
import { matchChains } from "./filter-chain.ts";
import { type GatewayServer, gatewayHosts } from "./gateway-hosts.ts";
import { gatewayListener } from "./gateway-listener.ts";
import { viewOf } from "./request-view.ts";
import { answerFrom, findVirtualHost } from "./virtual-host.ts";

/** What a gateway does with a request that arrives at it. */
export function gatewayAnswer(mesh: Mesh, given: RouteRequest): ProxyAnswer {
  const named = given.proxy.gateway;
  if (typeof named !== "string") return arriving(mesh, given);
  const gateway = mesh.gateways.find(({ namespace, name }) => `${namespace}/${name}` === named);
  if (!gateway) return fromUnknownGateway(mesh, given, named);
  const labels = { ...given.proxy.labels, ...gateway.spec.selector };
  const namespace = given.proxy.namespace || gateway.namespace;
  return arriving(mesh, { ...given, proxy: { gateway: true, namespace, labels } });
}

function arriving(mesh: Mesh, request: RouteRequest): ProxyAnswer {
  const { proxy, port } = request;
  const chains = gatewayListener(mesh, proxy, port, request.address ?? null);
  if (!chains) return unrouted(notFound);
  const onlyTls = chains.every(({ terminatesTls, sniHosts }) => terminatesTls || sniHosts.length > 0);
  const connection = connectionOf(request, request.address ?? null, onlyTls);
  const [chain, ...others] = matchChains(chains, connection);
  // Several chains for one connection: Envoy refuses such a listener.
  if (!chain || others.length > 0) return unrouted(notFound);
  if (chain.terminatesTls && !connection.tls) return unrouted(notFound);
  if (chain.target.kind === "connection") return chain.target.answer;
  if (connection.protocol === "tcp" || (connection.tls && !chain.terminatesTls)) return unrouted(notFound);
  return fromServers(mesh, request, chain.target.servers, connection.tls);
}

function fromServers(
  mesh: Mesh,
  request: RouteRequest,
  servers: readonly GatewayServer[],
  tls: boolean,
): ProxyAnswer {
  const hosts = gatewayHosts(mesh, request.proxy, servers);
  const found = findVirtualHost(hosts, hostName(request.host ?? ""));
  return answerFrom(found, viewOf(request, tls), tls);
}

/** A Gateway that Git does not show is taken to have one plain server for every host. */
function fromUnknownGateway(mesh: Mesh, request: RouteRequest, gatewayName: string): ProxyAnswer {
  const server = { port: { number: request.port, protocol: "HTTP" }, hosts: ["*"] };
  const namespace = request.proxy.namespace || (gatewayName.split("/")[0] ?? "");
  const tls = request.scheme === "https" || Boolean(request.sni);
  const proxy = { ...request.proxy, namespace };
  return fromServers(mesh, { ...request, proxy }, [{ gatewayName, server, hosts: ["*"] }], tls);
}
