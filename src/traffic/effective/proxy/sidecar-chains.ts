import { hostsOverlap, isWildcard, qualifyGateway } from "../../../mesh/hosts.ts";
import type { L4Match, WeightedDestination } from "../../../mesh/istio.ts";
import type { Mesh } from "../../../mesh/object.ts";
import { isTls, type PortProtocol } from "../../../mesh/port-protocol.ts";
import { type MeshService, unspecifiedAddress } from "../../../mesh/services.ts";
import type { EgressListener, EgressScope } from "../../../mesh/sidecar.ts";
import type { ResolvedVirtualService } from "../../../mesh/virtual-services.ts";
import { selects } from "../../../mesh/visibility.ts";
import { destinationFrom, withDestinations } from "../destination-ports.ts";
import { defaultRoute, translateConnectionAction } from "../translate-action.ts";
import { connectionAnswer, type ProxyAnswer, unrouted } from "./answer.ts";
import type { RequestProxy } from "./connection.ts";
import type { FilterChain } from "./filter-chain.ts";
import { alternativeNames } from "./host-domains.ts";

/** Where a sidecar's filter chain leads: to a connection's destination, or to a table of HTTP routes. */
export type SidecarTarget =
  | { readonly kind: "connection"; readonly answer: ProxyAnswer }
  /** `service` alone answers where the listener is its own; null: every service of the port. */
  | { readonly kind: "http"; readonly service: MeshService | null };

/** The circumstances under which chains for one service and port are built. */
export interface ChainContext {
  readonly mesh: Mesh;
  readonly proxy: RequestProxy;
  readonly scope: EgressScope;
  readonly listener: EgressListener;
  readonly service: MeshService;
  readonly port: { readonly number: number; readonly protocol: PortProtocol };
  /** The address the listener binds to. */
  readonly bind: string;
  /** The ranges of the service, where the listener is shared. */
  readonly cidrs: readonly string[];
  /** The ranges are single pods of a headless service. */
  readonly pods: boolean;
}

type Chain = FilterChain<SidecarTarget>;

/** The chains that carry bytes: by SNI for TLS ports, else by address (pilot/pkg/networking/core/tls.go). */
export function connectionChains(context: ChainContext): readonly Chain[] {
  const speaking = context.listener.virtualServices.filter((service) =>
    service.hosts.some((host) => hostsOverlap(host, context.service.host)),
  );
  return isTls(context.port.protocol) ? tlsChains(context, speaking) : tcpChains(context, speaking);
}

function chain(answer: ProxyAnswer, cidrs: readonly string[], sniHosts: readonly string[] = []): Chain {
  return {
    sniHosts,
    cidrs,
    plaintextHttp: false,
    terminatesTls: false,
    target: { kind: "connection", answer },
  };
}

function tlsChains(context: ChainContext, speaking: readonly ResolvedVirtualService[]): readonly Chain[] {
  const handled = new Set<string>();
  const chains: Chain[] = [];
  // A subnet of one match stays in force for the matches behind it: so it is in Istio.
  let { cidrs } = context;
  for (const service of speaking) {
    for (const [index, { match, route }] of (service.object.spec.tls ?? []).entries()) {
      if (!route?.length) continue;
      for (const condition of match ?? []) {
        if (!matchesProxy(condition, service, context)) continue;
        if (condition.destinationSubnets?.length) cidrs = condition.destinationSubnets;
        const key = JSON.stringify([condition.sniHosts, condition.destinationSubnets]);
        if (handled.has(key)) continue;
        handled.add(key);
        chains.push(chain(routed(context, service, "tls", index, route), cidrs, condition.sniHosts ?? []));
      }
    }
  }
  return chains.length > 0 ? chains : [chain(toService(context), cidrs, serviceNames(context))];
}

/** SNI tells services apart where neither address nor listener does (tls.go, "Use the hostname as the SNI value if"). */
function serviceNames({ mesh, proxy, service, bind, cidrs, pods }: ChainContext): readonly string[] {
  const shared = service.address === unspecifiedAddress && bind === unspecifiedAddress;
  const dynamic = isWildcard(service.host) && service.resolution === "dynamic-dns";
  const needed = cidrs.length > 0 || service.address.includes("/") || shared || dynamic;
  if (pods || !needed) return [];
  const { clusterDomain } = mesh.settings;
  const aliases = service.aliases.flatMap(({ host }) => [
    host,
    ...alternativeNames(host, proxy.namespace, clusterDomain),
  ]);
  return [service.host, ...aliases];
}

function tcpChains(context: ChainContext, speaking: readonly ResolvedVirtualService[]): readonly Chain[] {
  const chains: Chain[] = [];
  for (const service of speaking) {
    for (const [index, { match, route }] of (service.object.spec.tcp ?? []).entries()) {
      if (!route?.length) continue;
      const fitting = (match ?? []).filter((condition) => matchesProxy(condition, service, context));
      const answer = () => routed(context, service, "tcp", index, route);
      if (!match?.length || fitting.some(({ destinationSubnets }) => !destinationSubnets?.length)) {
        return [...chains, chain(answer(), context.cidrs)];
      }
      const subnets = fitting.flatMap(({ destinationSubnets }) => destinationSubnets ?? []);
      if (subnets.length > 0) chains.push(chain(answer(), subnets));
    }
  }
  const covered = chains.some(({ cidrs }) => sameList(cidrs, context.cidrs));
  return covered ? chains : [...chains, chain(toService(context), context.cidrs)];
}

const sameList = (a: readonly string[], b: readonly string[]): boolean =>
  JSON.stringify([...a].sort()) === JSON.stringify([...b].sort());

/** For connections all static conditions count (tls.go `matchTCP`). */
function matchesProxy(
  match: L4Match,
  service: ResolvedVirtualService,
  { proxy, port }: ChainContext,
): boolean {
  const { namespace } = service.object;
  return (
    (!match.gateways?.length || match.gateways.some((name) => qualifyGateway(name, namespace) === "mesh")) &&
    selects(match.sourceLabels, proxy.labels) &&
    (!match.port || match.port === port.number) &&
    (!match.sourceNamespace || match.sourceNamespace === proxy.namespace)
  );
}

function routed(
  { mesh, scope, port }: ChainContext,
  service: ResolvedVirtualService,
  protocol: "tls" | "tcp",
  index: number,
  route: readonly WeightedDestination[],
): ProxyAnswer {
  const { object } = service;
  const path = ["spec", protocol, index];
  const naming = { namespace: object.namespace, clusterDomain: mesh.settings.clusterDomain };
  const action = withDestinations(translateConnectionAction(route, naming, path), (destination) =>
    destinationFrom(destination, scope.services.get(destination.host) ?? null, port.number),
  );
  return connectionAnswer(action, service, { object, path, index });
}

/** Without a rule of its own a connection goes to its service; a listener of another port leads to the service's only one. */
function toService({ service, port }: ChainContext): ProxyAnswer {
  const only = service.ports.length === 1 ? service.ports[0] : undefined;
  return unrouted(defaultRoute(service.host, only?.number ?? port.number, false));
}
