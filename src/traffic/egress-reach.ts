import { hostsOverlap, isSubsetOf } from "../mesh/hosts.ts";
import type { Sidecar } from "../mesh/istio.ts";
import type { Mesh } from "../mesh/object.ts";
import { selectSidecar } from "../mesh/sidecar.ts";

/** What workloads may reach, by whichever Sidecar is for them. */
export interface EgressReach {
  /** `namespace/dnsName`, sorted; exclusions begin with `~`. */
  readonly hosts: readonly string[];
  readonly unknownHosts: "ALLOW_ANY" | "REGISTRY_ONLY";
}

/** What the workloads of a namespace with these labels may reach. */
export function egressReach(
  mesh: Mesh,
  namespace: string,
  labels: Readonly<Record<string, string>>,
): EgressReach {
  const sidecar = selectSidecar(mesh, namespace, labels);
  const listeners = sidecar?.spec.egress?.length ? sidecar.spec.egress : [{ hosts: ["*/*"] }];
  const hosts = listeners.flatMap((listener) => listenerHosts(listener, namespace));
  const policy = sidecar?.spec.outboundTrafficPolicy;
  return {
    hosts: [...new Set(hosts)].sort(),
    // A block without a mode is the proto default, REGISTRY_ONLY.
    unknownHosts: policy ? (policy.mode ?? "REGISTRY_ONLY") : mesh.settings.outboundTrafficPolicy,
  };
}

type Listener = NonNullable<Sidecar["egress"]>[number];

function listenerHosts(listener: Listener, namespace: string): string[] {
  const port = listener.port?.number ? ` on port ${listener.port.number}` : "";
  return (listener.hosts ?? []).map((host) => {
    return `${qualifiedEgressHost(host, namespace)}${port}`;
  });
}

/** An egress host with the name of the namespace where it says `.`. */
export function qualifiedEgressHost(host: string, namespace: string): string {
  return host.startsWith("./") ? `${namespace}${host.slice(1)}` : host.replace(/^~\.\//, `~${namespace}/`);
}

/** What workloads reach under `after` and not under `before`, as egress hosts; an exclusion that is gone counts. */
export function gainedHosts(before: EgressReach, after: EgressReach): string[] {
  const imported = (reach: EgressReach) => reach.hosts.filter((host) => !host.startsWith("~"));
  const excluded = (reach: EgressReach) => reach.hosts.filter((host) => host.startsWith("~"));
  const added = imported(after).filter((host) => !coveredBy(imported(before), host));
  const freed = excluded(before).filter(
    (host) =>
      !coveredBy(
        excluded(after).map((other) => other.slice(1)),
        host.slice(1),
      ) && imported(after).some((other) => meets(other, host.slice(1))),
  );
  return [...added, ...freed.map((host) => host.slice(1))];
}

/** Whether one of several egress hosts includes all that another one does. */
export function coveredBy(hosts: readonly string[], host: string): boolean {
  return hosts.some((other) => covers(other, host));
}

function parts(host: string): { namespace: string; name: string; port: string } {
  const [, namespace = "", name = "", port = ""] = /^([^/]*)\/(\S+)(?: on port (\d+))?$/.exec(host) ?? [];
  return { namespace, name, port };
}

function covers(outer: string, inner: string): boolean {
  const [a, b] = [parts(outer), parts(inner)];
  return (
    (a.namespace === "*" || a.namespace === "" || a.namespace === b.namespace) &&
    isSubsetOf(b.name, a.name) &&
    (a.port === "" || a.port === b.port)
  );
}

function meets(one: string, other: string): boolean {
  const [a, b] = [parts(one), parts(other)];
  const anywhere = ["*", ""];
  return (
    (a.namespace === b.namespace || anywhere.includes(a.namespace) || anywhere.includes(b.namespace)) &&
    hostsOverlap(a.name, b.name)
  );
}
