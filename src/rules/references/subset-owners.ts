import type { DestinationRule } from "../../mesh/istio.ts";
import type { Mesh, MeshObject } from "../../mesh/object.ts";

interface Owners {
  readonly rules: readonly MeshObject<DestinationRule>[];
  readonly subsets: ReadonlySet<string>;
}

const owners = new WeakMap<Mesh, ReadonlyMap<string, Owners>>();
const nobody: Owners = { rules: [], subsets: new Set() };

/**
 * The DestinationRules of a host and the subsets that they define, as `istioctl analyze` sees them: a host outside the
 * cluster's domain is known in its own namespace alone, wildcards stand for themselves, and `exportTo` does not count
 * (pkg/config/analysis/analyzers/virtualservice/destinationrules.go).
 */
export function subsetOwners(mesh: Mesh, namespace: string, host: string): Owners {
  return ownersByHost(mesh).get(hostKey(mesh, namespace, host)) ?? nobody;
}

function ownersByHost(mesh: Mesh): ReadonlyMap<string, Owners> {
  const known = owners.get(mesh);
  if (known) return known;
  const byHost = new Map<string, { rules: MeshObject<DestinationRule>[]; subsets: Set<string> }>();
  for (const rule of mesh.destinationRules) {
    const key = hostKey(mesh, rule.namespace, rule.spec.host ?? "");
    const entry = byHost.get(key) ?? { rules: [], subsets: new Set() };
    byHost.set(key, entry);
    entry.rules.push(rule);
    for (const { name } of rule.spec.subsets ?? []) entry.subsets.add(name);
  }
  owners.set(mesh, byHost);
  return byHost;
}

/** `namespace/name` of a service of the cluster; else the host as written, in the namespace of whoever wrote it. */
function hostKey(mesh: Mesh, namespace: string, host: string): string {
  const suffix = `.svc.${mesh.settings.clusterDomain}`;
  const name = host.endsWith(suffix) ? host.slice(0, -suffix.length) : "";
  const dot = name.lastIndexOf(".");
  return dot > 0 && dot < name.length - 1
    ? `${name.slice(dot + 1)}/${name.slice(0, dot)}`
    : `${namespace}/${host}`;
}
