import { isObject } from "../../manifest/json.ts";
import { stringEntries } from "../../mesh/identity.ts";
import type { Mesh, MeshObject } from "../../mesh/object.ts";

/** What servers accept, as the PeerAuthentication in charge says. */
export interface Authentication {
  readonly object: MeshObject;
  readonly mode: string;
}

/**
 * The PeerAuthentication for all workloads of a namespace: its own, else the root namespace's; null where Git shows none,
 * or only such as select workloads (pilot/pkg/security/authn/policy_applier.go).
 */
export function peerAuthentication(mesh: Mesh, namespace: string): Authentication | null {
  const byNamespace = authentications(mesh);
  for (const owner of [namespace, mesh.settings.rootNamespace]) {
    const object = byNamespace.get(owner);
    const mode = object && isObject(object.spec.mtls) ? object.spec.mtls.mode : undefined;
    if (object && typeof mode === "string" && mode !== "UNSET") return { object, mode };
  }
  return null;
}

const known = new WeakMap<Mesh, ReadonlyMap<string, MeshObject>>();

function authentications(mesh: Mesh): ReadonlyMap<string, MeshObject> {
  const found =
    known.get(mesh) ?? new Map(mesh.others.filter(isForAll).map((object) => [object.namespace, object]));
  known.set(mesh, found);
  return found;
}

function isForAll({ kind, spec }: MeshObject): boolean {
  if (kind !== "PeerAuthentication") return false;
  const labels = isObject(spec.selector) ? stringEntries(spec.selector.matchLabels) : {};
  return Object.keys(labels).length === 0;
}
