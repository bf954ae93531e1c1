import type { Mesh } from "../../../mesh/object.ts";
import { isHttp, isTcp, type PortProtocol } from "../../../mesh/port-protocol.ts";
import { type MeshService, unspecifiedAddress } from "../../../mesh/services.ts";
import type { EgressListener, EgressScope } from "../../../mesh/sidecar.ts";
import type { RequestProxy } from "./connection.ts";
import { type FilterChain, sameConditions } from "./filter-chain.ts";
import { type ChainContext, connectionChains, type SidecarTarget } from "./sidecar-chains.ts";

type Chain = FilterChain<SidecarTarget>;

/** A listener of a sidecar for one port. */
export interface SidecarListener {
  readonly bind: string;
  readonly egress: EgressListener;
  readonly chains: readonly Chain[];
}

interface Entry {
  readonly bind: string;
  readonly egress: EgressListener;
  chains: readonly Chain[];
  protocol: PortProtocol;
}

type Port = { readonly number: number; readonly protocol: PortProtocol };

/** An address that stands for any pod of a headless service: Git shows no pods. */
export const podAddress = (service: MeshService): string => `pod of ${service.host}`;

/** Whether an address is one that `podAddress` made. */
export const isPodAddress = (address: string | null): boolean => address?.startsWith("pod of ") ?? false;

/**
 * The listeners that a sidecar has on one port, by the address they bind to. What the services of a port speak decides:
 * all HTTP shares one, bytes get one for each address, and where both meet the proxy looks at the first bytes
 * (pilot/pkg/networking/core/listener.go `buildSidecarOutboundListeners`).
 */
export function sidecarListeners(
  mesh: Mesh,
  proxy: RequestProxy,
  scope: EgressScope,
  port: number,
): readonly SidecarListener[] {
  const entries = new Map<string, Entry>();
  const common = { mesh, proxy, scope, cidrs: [], pods: false };
  for (const listener of scope.listeners) {
    const bind = listener.bind ?? (listener.captured ? "" : "127.0.0.1");
    if (listener.port !== null) {
      if (listener.port.number !== port) continue;
      for (const service of listener.services) {
        add(entries, { ...common, listener, service, port: listener.port, bind });
      }
      continue;
    }
    // Ports that an earlier listener names are not added to.
    const locked = new Set(entries.keys());
    for (const service of listener.services) {
      for (const own of service.ports.filter(({ number }) => number === port)) {
        addService(entries, { ...common, listener, service, port: own, bind }, locked);
      }
    }
  }
  return [...entries.values()];
}

/** Bytes for a headless service go to the pod the client chose, so each pod has a place of its own. */
function addService(entries: Map<string, Entry>, context: ChainContext, locked: ReadonlySet<string>): void {
  const { service, port, bind } = context;
  const headless =
    bind === "" &&
    service.resolution === "passthrough" &&
    service.address === unspecifiedAddress &&
    (isTcp(port.protocol) || port.protocol === "auto");
  const pods = headless ? podAddresses(service) : null;
  if (pods === null) add(entries, context, locked);
  for (const pod of pods ?? []) add(entries, { ...context, bind: pod }, locked);
}

/** Null: an outside service of which no address is known; it gets the wildcard listener. */
function podAddresses(service: MeshService): readonly string[] | null {
  const { spec } = service.object;
  const endpoints = "endpoints" in spec ? (spec.endpoints ?? []) : [];
  const addresses = endpoints.flatMap(({ address }) => address ?? []);
  const selected = "workloadSelector" in spec && Boolean(spec.workloadSelector);
  if (addresses.length > 0) return addresses;
  return service.registry === "kubernetes" || selected ? [podAddress(service)] : null;
}

type Family = "http" | "tcp" | "auto";

function familyOf(protocol: PortProtocol): Family | null {
  if (isHttp(protocol)) return "http";
  if (isTcp(protocol)) return "tcp";
  return protocol === "auto" ? "auto" : null;
}

/** listener.go `buildSidecarOutboundListener`: adds a service to the listener it belongs to, and settles conflicts. */
function add(entries: Map<string, Entry>, given: ChainContext, locked?: ReadonlySet<string>): void {
  const family = familyOf(given.port.protocol);
  if (given.service.resolution === "alias" || family === null) return;
  const context = placed(given, family);
  const { bind, listener, port } = context;
  if (locked?.has(bind)) return;
  const current = entries.get(bind);
  if (current && clashes(port, current)) return;
  const existing = current && familyOf(current.protocol);
  const shared = bind === unspecifiedAddress;
  const replace = (chains: readonly Chain[], protocol: PortProtocol): void => {
    entries.set(bind, { bind, egress: listener, chains, protocol });
  };
  if (port.protocol === "HTTP_PROXY") {
    replace([httpChain(context, false)], port.protocol);
  } else if (family === "http") {
    if (existing === "http" || existing === "auto") return;
    const chains = [httpChain(context, shared)];
    if (current) join(current, chains, "auto");
    else replace(chains, shared ? "auto" : port.protocol);
  } else if (family === "tcp") {
    const chains = connectionChains(context);
    if (current) join(current, chains, existing === "http" ? "auto" : current.protocol);
    else replace(chains, port.protocol);
  } else if (existing === "auto" && current) {
    join(current, connectionChains(context), "auto");
  } else {
    const chains = [...connectionChains(context), httpChain(context, true)];
    if (current && existing === "tcp") join(current, chains, "auto");
    else replace(chains, port.protocol);
  }
}

/** Where the service listens: HTTP on the shared address, bytes on the service's own, ranges on the shared one by match. */
function placed(context: ChainContext, family: Family): ChainContext {
  if (context.bind !== "") return context;
  const { address } = context.service;
  if (family === "http") return { ...context, bind: unspecifiedAddress };
  return address.includes("/")
    ? { ...context, bind: unspecifiedAddress, cidrs: [address] }
    : { ...context, bind: address };
}

/** Servers of MongoDB and MySQL speak first: looking at the client's first bytes would break them. */
function clashes(port: Port, current: Entry): boolean {
  const silent: readonly PortProtocol[] = ["Mongo", "MySQL"];
  return (
    port.protocol !== current.protocol &&
    (silent.includes(port.protocol) || silent.includes(current.protocol))
  );
}

function join(entry: Entry, incoming: readonly Chain[], protocol: PortProtocol): void {
  for (const chain of incoming) {
    if (!entry.chains.some((known) => sameConditions(known, chain))) {
      entry.chains = [...entry.chains, chain];
    }
  }
  entry.protocol = protocol;
}

/** A service whose protocol is found out has its own table on its own address; else all services of the port share one. */
function httpChain({ port, bind, service }: ChainContext, plaintextHttp: boolean): Chain {
  const own = port.protocol === "auto" && bind !== unspecifiedAddress;
  return {
    sniHosts: [],
    cidrs: [],
    plaintextHttp,
    terminatesTls: false,
    target: { kind: "http", service: own ? service : null },
  };
}
