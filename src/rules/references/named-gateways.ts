import { isObject } from "../../manifest/json.ts";
import { serverHosts } from "../../mesh/gateway-servers.ts";
import { hostsForNamespace, hostsOverlap } from "../../mesh/hosts.ts";
import type { Gateway } from "../../mesh/istio.ts";
import { groupOf } from "../../mesh/kinds.ts";
import type { Mesh, MeshObject } from "../../mesh/object.ts";
import { HostIndex } from "./host-index.ts";

/** A Gateway of Istio's, or one of the Kubernetes Gateway API, which VirtualServices may name as well. */
export interface NamedGateway {
  readonly object: MeshObject<Gateway> | MeshObject;
  /** Whether any of `hosts` can arrive here for VirtualServices of `namespace`. */
  takes(hosts: readonly string[], namespace: string): boolean;
}

const gateways = new WeakMap<Mesh, ReadonlyMap<string, NamedGateway>>();

/** All gateways by `namespace/name`. Of two with one name Istio's own counts. */
export function namedGateways(mesh: Mesh): ReadonlyMap<string, NamedGateway> {
  const known = gateways.get(mesh);
  if (known) return known;
  const named = new Map<string, NamedGateway>();
  const kubernetes = mesh.others.filter(
    ({ kind, apiVersion }) => kind === "Gateway" && groupOf(apiVersion) === "gateway.networking.k8s.io",
  );
  for (const object of kubernetes) named.set(nameOf(object), fromKubernetes(object));
  for (const object of mesh.gateways) named.set(nameOf(object), fromIstio(object));
  gateways.set(mesh, named);
  return named;
}

const nameOf = ({ namespace, name }: MeshObject<unknown>): string => `${namespace}/${name}`;

function fromIstio(object: MeshObject<Gateway>): NamedGateway {
  let index: HostIndex<string> | null = null;
  return {
    object,
    takes(hosts, namespace) {
      index ??= indexed(
        (object.spec.servers ?? []).flatMap((server) => serverHosts(server, object.namespace)),
      );
      return hosts.some((host) => {
        for (const { values } of index!.overlapping(host)) {
          if (hostsForNamespace(values, namespace).length > 0) return true;
        }
        return false;
      });
    },
  };
}

/** Hosts of servers as written, by their part after `namespace/`. */
function indexed(hosts: readonly string[]): HostIndex<string> {
  const index = new HostIndex<string>();
  for (const host of hosts) index.add(host.slice(host.indexOf("/") + 1), host);
  return index;
}

/** A listener without a hostname takes every host. */
function fromKubernetes(object: MeshObject): NamedGateway {
  const { listeners } = object.spec;
  const names = (Array.isArray(listeners) ? listeners : []).map((listener) =>
    isObject(listener) && typeof listener.hostname === "string" ? listener.hostname : "",
  );
  return {
    object,
    takes: (hosts) => names.some((name) => name === "" || hosts.some((host) => hostsOverlap(name, host))),
  };
}
