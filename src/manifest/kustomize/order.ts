/** The order in which objects are applied: api `internal/builtins/SortOrderTransformer.go`. */
import { byCodePoint } from "./hash.ts";
import { type GroupVersionKind, type Identity, sameKind } from "./identity.ts";
import { identityOf, type Resource } from "./resource.ts";

export interface LegacyOrder {
  readonly orderFirst: readonly string[];
  readonly orderLast: readonly string[];
}

const legacy: LegacyOrder = {
  orderFirst: [
    "Namespace",
    "ResourceQuota",
    "StorageClass",
    "CustomResourceDefinition",
    "ServiceAccount",
    "PodSecurityPolicy",
    "Role",
    "ClusterRole",
    "RoleBinding",
    "ClusterRoleBinding",
    "ConfigMap",
    "Secret",
    "Endpoints",
    "Service",
    "LimitRange",
    "PriorityClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "Deployment",
    "StatefulSet",
    "CronJob",
    "PodDisruptionBudget",
  ],
  orderLast: ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"],
};

const legacyRanks = ranksOf(legacy);

function ranksOf({ orderFirst, orderLast }: LegacyOrder): ReadonlyMap<string, number> {
  return new Map([
    ...orderFirst.map((kind, index) => [kind, index - orderFirst.length] as const),
    ...orderLast.map((kind, index) => [kind, index + 1] as const),
  ]);
}

/** Where a kind stands in the legacy order: before everything else below zero, behind it above. */
export function rankOf(kind: string): number {
  return legacyRanks.get(kind) ?? 0;
}

/** Resources by the rank of their kind, then by type, namespace and name. */
export function ordered(resources: readonly Resource[], order: LegacyOrder | null): Resource[] {
  const ranks = order === null ? legacyRanks : ranksOf(order);
  const keyed = resources.map((resource) => {
    const identity = identityOf(resource);
    return {
      resource,
      identity,
      rank: ranks.get(identity.kind) ?? 0,
      type: typeText(identity),
      id: idText(identity),
    };
  });
  keyed.sort((a, b) => {
    if (sameKind(a.identity, b.identity)) return byCodePoint(a.id, b.id);
    if (a.rank !== b.rank) return a.rank - b.rank;
    const backwards =
      a.identity.kind === "Namespace" &&
      b.identity.kind === "Namespace" &&
      (!a.identity.group || !b.identity.group);
    return backwards ? byCodePoint(b.type, a.type) : byCodePoint(a.type, b.type);
  });
  return keyed.map(({ resource }) => resource);
}

/** A type as its place in the legacy order is found. */
export function typeText({ group, version, kind }: GroupVersionKind): string {
  return [group || "~G", version || "~V", kind || "~K"].join("_");
}

function idText({ group, version, kind, namespace, name }: Identity): string {
  const type = [kind || "[noKind]", version || "[noVer]", group || "[noGrp]"].join(".");
  return [type, namespace || "~X", name || "~N"].join("|");
}
