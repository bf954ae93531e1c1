import type { Gateway, Server } from "./istio.ts";
import type { MeshObject } from "./object.ts";
import { isHttp, parseProtocol } from "./port-protocol.ts";

/** A Gateway as a proxy sees it, and on which ports its servers really listen. */
export interface SelectedGateway {
  readonly object: MeshObject<Gateway>;
  /** The listening ports of a server's port; empty where the Gateway's service does not have it. */
  readonly listeningPorts: (port: number) => readonly number[];
}

/** A server of one Gateway after merging. */
export interface MergedServer {
  readonly gateway: MeshObject<Gateway>;
  /** `namespace/name` of the Gateway. */
  readonly gatewayName: string;
  readonly server: Server;
  readonly index: number;
  /** Hosts with `.` replaced and `*` namespaces removed: `host`, or `namespace/host`. */
  readonly hosts: readonly string[];
}

/** Servers that share a listening port, a protocol and an address to bind to. */
export interface ServerGroup {
  readonly port: number;
  readonly protocol: string;
  readonly bind: string;
  readonly servers: readonly MergedServer[];
}

export interface MergedServers {
  readonly groups: readonly ServerGroup[];
  /** For every HTTP route table, the servers whose hosts it answers for; plain HTTP servers of one port share one. */
  readonly routeTables: ReadonlyMap<string, readonly MergedServer[]>;
  /** The table that a server's requests are answered from; empty where it forwards connections. */
  readonly routeTableOf: ReadonlyMap<MergedServer, string>;
}

const tlsMode = ({ tls }: Server) => tls?.mode ?? "PASSTHROUGH";

/** TLS is forwarded, not terminated (pkg/config/gateway/gateway.go `IsPassThroughServer`). The proto default of `mode` is PASSTHROUGH. */
export function isPassthroughServer(server: Server): boolean {
  return Boolean(server.tls) && ["PASSTHROUGH", "AUTO_PASSTHROUGH"].includes(tlsMode(server));
}

/** HTTP, or HTTPS that is terminated here (`IsHTTPServer`). */
export function isHttpServer(server: Server): boolean {
  const protocol = parseProtocol(server.port?.protocol);
  return isHttp(protocol) || (protocol === "HTTPS" && !isPassthroughServer(server));
}

const isTlsServer = (server: Server): boolean =>
  Boolean(server.tls) && !isHttp(parseProtocol(server.port?.protocol));

type Place = Omit<ServerGroup, "servers">;

class Merge {
  readonly groups = new Map<string, Place & { readonly servers: MergedServer[] }>();
  readonly routeTables = new Map<string, MergedServer[]>();
  readonly routeTableOf = new Map<MergedServer, string>();
  private readonly ports = new Set<number>();
  /** The group of the last plain-text server that opened a listener on a port. */
  private readonly plainText = new Map<number, string>();
  private readonly tlsHosts = new Map<number, Map<string, string>>();

  /** One server at one listening port (pilot/pkg/model/gateway.go `mergeGateways`); what conflicts is dropped. */
  add(merged: MergedServer, port: number): void {
    const { server } = merged;
    const bind = server.bind ?? "";
    if (server.tls && !this.claimTlsHosts(merged.hosts, bind, port)) return;
    const protocol = server.port?.protocol ?? "";
    const key = `${port}\n${protocol}\n${bind}`;
    const table = routeTableName(merged, port);
    this.routeTableOf.set(merged, table);
    const place = { port, protocol, bind };
    const plainKey = this.plainText.get(port) ?? "";
    const plain = this.groups.get(plainKey);
    if (plain && plain.bind === bind) {
      if (canMerge(protocol, plain.protocol) && table !== "") this.join(plainKey, merged, table);
    } else if (plain && this.groups.has(key)) {
      this.join(key, merged, table);
    } else if (plain || !this.ports.has(port) || !isTlsServer(server)) {
      this.open(key, place, merged, table);
    } else {
      this.joinTls(key, place, merged, table);
    }
    this.ports.add(port);
  }

  /** Envoy refuses two filter chains for one host, so a server with a host that is taken is dropped whole. */
  private claimTlsHosts(hosts: readonly string[], bind: string, port: number): boolean {
    const known = this.tlsHosts.get(port) ?? new Map<string, string>();
    this.tlsHosts.set(port, known);
    if (hosts.some((host) => known.get(host) === bind)) return false;
    for (const host of hosts) known.set(host, bind);
    return true;
  }

  private open(key: string, place: Place, merged: MergedServer, table: string): void {
    if (!isTlsServer(merged.server)) this.plainText.set(place.port, key);
    if (isHttpServer(merged.server)) this.routeTables.set(table, [merged]);
    this.groups.set(key, { ...place, servers: [merged] });
  }

  private join(key: string, merged: MergedServer, table: string): void {
    this.groups.get(key)?.servers.push(merged);
    this.routeTables.set(table, [...(this.routeTables.get(table) ?? []), merged]);
  }

  /** Another TLS server on a port that has one: SNI tells them apart; terminated HTTPS needs a route table of its own. */
  private joinTls(key: string, place: Place, merged: MergedServer, table: string): void {
    if (isHttpServer(merged.server)) {
      if (table === "" || this.routeTables.has(table)) return;
      this.routeTables.set(table, [merged]);
    }
    const group = this.groups.get(key);
    if (group) group.servers.push(merged);
    else this.groups.set(key, { ...place, servers: [merged] });
  }
}

/** What a proxy listens on when all these Gateways, oldest first, are put together. */
export function mergeGatewayServers(gateways: readonly SelectedGateway[]): MergedServers {
  const merge = new Merge();
  for (const { object, listeningPorts } of gateways) {
    for (const [index, server] of (object.spec.servers ?? []).entries()) {
      if (server.port?.number === undefined) continue;
      const merged: MergedServer = {
        gateway: object,
        gatewayName: `${object.namespace}/${object.name}`,
        server,
        index,
        hosts: serverHosts(server, object.namespace),
      };
      for (const port of listeningPorts(server.port.number)) merge.add(merged, port);
    }
  }
  return {
    groups: [...merge.groups.values()],
    routeTables: merge.routeTables,
    routeTableOf: merge.routeTableOf,
  };
}

/** gateway.go `sanitizeServerHostNamespace`: `./host` is the Gateway's own namespace, `*` + `/host` any. */
export function serverHosts(server: Server, namespace: string): readonly string[] {
  const hosts = server.hosts ?? [];
  if (hosts.includes("*/*")) return ["*"];
  return hosts.map((host) =>
    host.startsWith("./") ? `${namespace}/${host.slice(2)}` : host.startsWith("*/") ? host.slice(2) : host,
  );
}

function canMerge(protocol: string, current: string): boolean {
  const [a, b] = [parseProtocol(protocol), parseProtocol(current)];
  return (isHttp(a) || a === b) && isHttp(b);
}

/** gateway.go `gatewayRDSRouteName`: one table for all plain HTTP of a port, one for every HTTPS server. */
function routeTableName({ server, gateway }: MergedServer, port: number): string {
  const protocol = parseProtocol(server.port?.protocol);
  const bind = server.bind ? `.${server.bind}` : "";
  if (isHttp(protocol)) return `http.${port}${bind}`;
  if (protocol !== "HTTPS" || isPassthroughServer(server)) return "";
  return `https.${server.port?.number}.${server.port?.name ?? ""}.${gateway.name}.${gateway.namespace}${bind}`;
}
