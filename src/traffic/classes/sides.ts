import type { Mesh } from "../../mesh/object.ts";
import { meshServices } from "../../mesh/services.ts";
import type { Destination } from "../change.ts";
import type { RouteAction } from "../effective/action.ts";
import { routesFor } from "../effective/proxy-routes.ts";
import { resolvesAlike } from "../effective/same-table.ts";
import type { ContextPair, ProxyContext, RouteList } from "../effective/table.ts";
import { defaultRoute, notFound, passthrough } from "../effective/translate-action.ts";
import { registryOf } from "../registry.ts";

export type Side = "base" | "head";

/** Both sides of one context, also where a side has no VirtualService that speaks of it. */
export class Sides {
  readonly pair: ContextPair;
  private readonly meshes: Readonly<Record<Side, Mesh>>;

  /** @param base the world of the context on each side. */
  constructor(pair: ContextPair, base: Mesh, head: Mesh) {
    this.pair = pair;
    this.meshes = { base, head };
  }

  /**
   * The port of a service that has only one: an explicit port that changes nothing must not look like a change. Head's
   * services count for both sides: that a service changes its port is not a shift of its requests either.
   */
  readonly onlyPort = (host: string): number | null =>
    onlyPorts(this.meshes.head).get(host) ?? onlyPorts(this.meshes.base).get(host) ?? null;

  /** Why requests to a destination fail on one side; null: as far as Git tells they do not. */
  failure(side: Side, { host, subset }: Destination): string | null {
    const { base, head } = this.meshes;
    const other = registryOf(side === "base" ? head : base);
    const missing = registryOf(this.meshes[side]).missing(host, subset, other.hosts);
    return missing && `503: no such ${missing}`;
  }

  /** Whether Git shows the service behind a host of the mesh; a gateway answers by itself. */
  get isShown(): boolean {
    const { gateway, host } = this.pair.context;
    return gateway !== "mesh" || hostsOf(this.meshes.base).has(host) || hostsOf(this.meshes.head).has(host);
  }

  /** Whether hosts resolve alike on both sides. */
  get resolveAlike(): boolean {
    const { base, head } = this.pair;
    return base === null || head === null || resolvesAlike(base, head);
  }

  /** The routes that a proxy has on one side. */
  list(side: Side, proxy: ProxyContext): RouteList {
    const table = this.pair[side];
    if (table !== null) return routesFor(table, proxy);
    return { routes: [], otherwise: this.unspoken(side), orderUnknown: false };
  }

  /**
   * What answers where no VirtualService speaks of the host: in the mesh the service itself. A cluster's host that Git
   * shows on neither side has a service somewhere else; one that Git shows on the other side alone is new, or gone.
   */
  private unspoken(side: Side): RouteAction {
    const { gateway, host, protocol } = this.pair.context;
    if (gateway !== "mesh") return notFound;
    const inCluster = host.endsWith(`.svc.${this.meshes.head.settings.clusterDomain}`);
    const exists = this.isShown ? hostsOf(this.meshes[side]).has(host) : inCluster;
    return exists ? defaultRoute(host, null, protocol === "http") : inCluster ? notFound : passthrough;
  }
}

const ports = new WeakMap<Mesh, ReadonlyMap<string, number>>();

function onlyPorts(mesh: Mesh): ReadonlyMap<string, number> {
  let known = ports.get(mesh);
  if (known === undefined) {
    const single = meshServices(mesh).filter((service) => service.ports.length === 1);
    known = new Map(single.map(({ host, ports: [port] }) => [host, port!.number]));
    ports.set(mesh, known);
  }
  return known;
}

const hosts = new WeakMap<Mesh, ReadonlySet<string>>();

function hostsOf(mesh: Mesh): ReadonlySet<string> {
  let known = hosts.get(mesh);
  if (known === undefined) {
    known = new Set(meshServices(mesh).map(({ host }) => host.toLowerCase()));
    hosts.set(mesh, known);
  }
  return known;
}
