import type { MeshObject } from "./object.ts";

/** Who may see an object, from its `exportTo`: everybody, or the listed namespaces (none at all for `~`). */
export type Visibility =
  | { readonly kind: "public" }
  | { readonly kind: "namespaces"; readonly owner: string; readonly namespaces: readonly string[] };

const everybody: Visibility = { kind: "public" };

/**
 * The meaning of `exportTo` on an object of namespace `owner`; absent or empty is public, Istio's default.
 * Source: pilot/pkg/model/push_context.go `initVirtualServices`, `initServiceRegistry`.
 */
export function visibility(exportTo: readonly string[] | undefined, owner: string): Visibility {
  if (exportTo === undefined || exportTo.length === 0 || exportTo.includes("*")) return everybody;
  if (exportTo.includes("~")) return { kind: "namespaces", owner, namespaces: [] };
  const namespaces = new Set(exportTo.map((entry) => (entry === "." ? owner : entry)));
  return { kind: "namespaces", owner, namespaces: [...namespaces] };
}

/**
 * When Istio looks at the object for a proxy of `namespace`: 0 private to that namespace, 1 exported to it by name,
 * 2 public, null never (push_context.go `VirtualServicesForGateway`, virtualservice.go `SelectVirtualServices`).
 */
export function lookupRank(visible: Visibility, namespace: string | null): 0 | 1 | 2 | null {
  if (visible.kind === "public") return 2;
  if (namespace === null || !visible.namespaces.includes(namespace)) return null;
  return visible.owner === namespace ? 0 : 1;
}

/**
 * Orders objects as Istio does: by creation time, then name, then namespace; an object without a creation time counts
 * as oldest (pilot/pkg/model/config.go `configCompareByCreationTime`).
 */
export function compareAge(a: MeshObject<unknown>, b: MeshObject<unknown>): number {
  const born = (a.created ?? 0) - (b.created ?? 0);
  return born || compareText(a.name, b.name) || compareText(a.namespace, b.namespace);
}

/** Orders strings by code unit, as Go compares them up to supplementary characters. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Whether every label of `selector` stands on `labels` with the same value; an empty selector always matches. */
export function selects(
  selector: Readonly<Record<string, string>> | undefined,
  labels: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(selector ?? {}).every(([key, value]) => labels[key] === value);
}
