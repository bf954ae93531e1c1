import { hostsOverlap, isSubsetOf } from "../mesh/hosts.ts";
import type { Sidecar } from "../mesh/istio.ts";
import type { Mesh, MeshObject } from "../mesh/object.ts";
import { selectSidecar } from "../mesh/sidecar.ts";
import type { Change } from "./change.ts";
import { changedObjects, type ObjectPair, objectChange } from "./settings-objects.ts";

/** What changed Sidecars let their workloads reach: egress hosts, and what happens to hosts nobody knows. */
export function sidecarChanges(base: Mesh, head: Mesh): Change[] {
  return changedObjects(base.sidecars, head.sidecars).flatMap((pair) => {
    const object = (pair.head ?? pair.base)!;
    const labels = object.spec.workloadSelector?.labels ?? {};
    const [before, after] = [base, head].map((mesh) => scopeOf(mesh, object, labels)) as [
      EgressScope,
      EgressScope,
    ];
    return [...egressChange(pair, before, after), ...policyChange(pair, before, after)];
  });
}

/** What the workloads that a Sidecar is for may reach on one side, by this Sidecar or by another one. */
interface EgressScope {
  /** `namespace/dnsName`, sorted; exclusions begin with `~`. */
  readonly hosts: readonly string[];
  readonly unknownHosts: "ALLOW_ANY" | "REGISTRY_ONLY";
}

function scopeOf(
  mesh: Mesh,
  { namespace }: MeshObject<Sidecar>,
  labels: Readonly<Record<string, string>>,
): EgressScope {
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
    const own = host.startsWith("./")
      ? `${namespace}${host.slice(1)}`
      : host.replace(/^~\.\//, `~${namespace}/`);
    return `${own}${port}`;
  });
}

function egressChange(pair: ObjectPair<Sidecar>, before: EgressScope, after: EgressScope): Change[] {
  const [from, to] = [before.hosts.join(", "), after.hosts.join(", ")];
  if (from === to) return [];
  const [widened, narrowed] = [!includes(before, after), !includes(after, before)];
  const direction = widened === narrowed ? "other" : widened ? "looser" : "tighter";
  return [
    objectChange(pair, ["spec", "egress"], {
      kind: "egress",
      path: "egress",
      before: from || "nothing",
      after: to || "nothing",
      direction,
    }),
  ];
}

/** Whether everything that `inner` imports is imported by `outer` too; exclusions count against both. */
function includes(outer: EgressScope, inner: EgressScope): boolean {
  const imported = (scope: EgressScope) => scope.hosts.filter((host) => !host.startsWith("~"));
  const excluded = (scope: EgressScope) => scope.hosts.filter((host) => host.startsWith("~"));
  return (
    imported(inner).every((host) => imported(outer).some((other) => covers(other, host))) &&
    excluded(outer).every(
      (host) =>
        excluded(inner).some((other) => covers(other.slice(1), host.slice(1))) ||
        !imported(inner).some((other) => meets(other, host.slice(1))),
    )
  );
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

function policyChange(pair: ObjectPair<Sidecar>, before: EgressScope, after: EgressScope): Change[] {
  if (before.unknownHosts === after.unknownHosts) return [];
  return [
    objectChange(pair, ["spec", "outboundTrafficPolicy"], {
      kind: "outboundTrafficPolicy",
      path: "outboundTrafficPolicy.mode",
      before: before.unknownHosts,
      after: after.unknownHosts,
      direction: after.unknownHosts === "ALLOW_ANY" ? "looser" : "tighter",
    }),
  ];
}
