/** How kustomize tells resources apart: kyaml `resid/gvk.go`, `resid/resid.go`. */

export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** Selects by what it states; an empty part selects everything. */
export type KindSelector = Partial<GroupVersionKind>;

export interface Identity extends GroupVersionKind {
  readonly name: string;
  /** As the manifest states it; empty where it states none. */
  readonly namespace: string;
}

/** What stands in the place of a namespace for what has none. */
const noNamespace = "_non_namespaceable_";

/**
 * The kinds that kustomize's built-in schema knows to have no namespace (kyaml `openapi/openapi.go`
 * precomputedIsNamespaceScoped). A custom resource counts as namespaced even where its definition says otherwise.
 */
const clusterScoped: ReadonlyMap<string, readonly string[]> = new Map([
  [
    "MutatingWebhookConfiguration",
    ["admissionregistration.k8s.io/v1", "admissionregistration.k8s.io/v1beta1"],
  ],
  [
    "ValidatingWebhookConfiguration",
    ["admissionregistration.k8s.io/v1", "admissionregistration.k8s.io/v1beta1"],
  ],
  ["CustomResourceDefinition", ["apiextensions.k8s.io/v1", "apiextensions.k8s.io/v1beta1"]],
  ["APIService", ["apiregistration.k8s.io/v1", "apiregistration.k8s.io/v1beta1"]],
  ["CertificateSigningRequest", ["certificates.k8s.io/v1", "certificates.k8s.io/v1beta1"]],
  ["FlowSchema", ["flowcontrol.apiserver.k8s.io/v1beta1"]],
  ["PriorityLevelConfiguration", ["flowcontrol.apiserver.k8s.io/v1beta1"]],
  ["IngressClass", ["networking.k8s.io/v1", "networking.k8s.io/v1beta1"]],
  ["RuntimeClass", ["node.k8s.io/v1", "node.k8s.io/v1beta1"]],
  ["PodSecurityPolicy", ["policy/v1beta1"]],
  ["ClusterRole", ["rbac.authorization.k8s.io/v1", "rbac.authorization.k8s.io/v1beta1"]],
  ["ClusterRoleBinding", ["rbac.authorization.k8s.io/v1", "rbac.authorization.k8s.io/v1beta1"]],
  ["PriorityClass", ["scheduling.k8s.io/v1", "scheduling.k8s.io/v1beta1"]],
  ["CSIDriver", ["storage.k8s.io/v1", "storage.k8s.io/v1beta1"]],
  ["CSINode", ["storage.k8s.io/v1", "storage.k8s.io/v1beta1"]],
  ["StorageClass", ["storage.k8s.io/v1", "storage.k8s.io/v1beta1"]],
  ["VolumeAttachment", ["storage.k8s.io/v1", "storage.k8s.io/v1beta1"]],
  ["ComponentStatus", ["v1"]],
  ["Namespace", ["v1"]],
  ["Node", ["v1"]],
  ["NodeProxyOptions", ["v1"]],
  ["PersistentVolume", ["v1"]],
]);

export function groupVersionOf(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf("/");
  return slash < 0
    ? { group: "", version: apiVersion }
    : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}

export function apiVersionOf({ group, version }: GroupVersionKind): string {
  return group === "" ? version : `${group}/${version}`;
}

export function isClusterScoped(of: GroupVersionKind): boolean {
  return clusterScoped.get(of.kind)?.includes(apiVersionOf(of)) ?? false;
}

/** The namespace an identity counts as having. */
export function effectiveNamespace(identity: Identity): string {
  if (isClusterScoped(identity)) return noNamespace;
  return identity.namespace === "" ? "default" : identity.namespace;
}

export function sameKind(a: GroupVersionKind, b: GroupVersionKind): boolean {
  return a.kind === b.kind && a.group === b.group && a.version === b.version;
}

export function sameIdentity(a: Identity, b: Identity): boolean {
  return a.name === b.name && sameKind(a, b) && effectiveNamespace(a) === effectiveNamespace(b);
}

/** Whether a selector of kinds, whose parts are matched to the letter, selects a kind. */
export function isSelected(of: GroupVersionKind, { group, version, kind }: KindSelector): boolean {
  return (
    (!kind || kind === of.kind) && (!group || group === of.group) && (!version || version === of.version)
  );
}

/** As kustomize's messages and its legacy order write it. */
export function identityText({ group, version, kind, name, namespace }: Identity): string {
  const type = [kind || "[noKind]", version || "[noVer]", group || "[noGrp]"].join(".");
  return `${type}/${name || "[noName]"}.${namespace || "[noNs]"}`;
}
