/** Which fields refer to other objects by name: api `internal/konfig/builtinpluginconsts/namereference.go`. */
import {
  at,
  inContainers,
  inGroup,
  inPods,
  onPodsOfVersion1,
  podSpecs,
  replicationController,
  v1,
} from "./field-places.ts";
import type { FieldSpec } from "./field-spec.ts";
import type { KindSelector } from "./identity.ts";

/** A kind whose name may change, and the fields that refer to it by name. */
export interface NameReference extends KindSelector {
  readonly fieldSpecs: readonly FieldSpec[];
}

const ingressAnnotations = (...names: readonly string[]): FieldSpec[] =>
  at("Ingress", ...names.map((name) => `metadata/annotations/${name.replace("/", "\\/")}`));
const ruleNames = [...at("Role", "rules/resourceNames"), ...at("ClusterRole", "rules/resourceNames")];
const podOwners = podSpecs.filter(([kind]) => kind !== "PodTemplate" && kind !== "ReplicaSet");
const rbac = "rbac.authorization.k8s.io";

export const nameReference: readonly NameReference[] = [
  ...["Deployment", "ReplicationController", "ReplicaSet", "StatefulSet"].map((kind) => ({
    kind,
    fieldSpecs: at("HorizontalPodAutoscaler", "spec/scaleTargetRef/name"),
  })),
  {
    kind: "ConfigMap",
    version: "v1",
    fieldSpecs: [
      ...onPodsOfVersion1(
        inPods([
          "volumes/configMap/name",
          "volumes/projected/sources/configMap/name",
          ...inContainers("env/valueFrom/configMapKeyRef/name", "envFrom/configMapRef/name"),
        ]),
      ),
      ...at("Node", "spec/configSource/configMap"),
      ...ruleNames,
      ...ingressAnnotations("nginx.ingress.kubernetes.io/fastcgi-params-configmap"),
    ],
  },
  {
    kind: "Secret",
    version: "v1",
    fieldSpecs: [
      ...onPodsOfVersion1(
        inPods([
          "volumes/secret/secretName",
          "volumes/projected/sources/secret/name",
          "imagePullSecrets/name",
          ...inContainers("env/valueFrom/secretKeyRef/name", "envFrom/secretRef/name"),
        ]),
      ),
      ...at("Ingress", "spec/tls/secretName"),
      ...ingressAnnotations(
        "ingress.kubernetes.io/auth-secret",
        "nginx.ingress.kubernetes.io/auth-secret",
        "nginx.ingress.kubernetes.io/auth-tls-secret",
      ),
      ...at("ServiceAccount", "imagePullSecrets/name"),
      ...at(
        "StorageClass",
        "parameters/secretName",
        "parameters/adminSecretName",
        "parameters/userSecretName",
        "parameters/secretRef",
      ),
      ...ruleNames,
      ...inGroup(
        "serving.knative.dev",
        v1(at("Service", "spec/template/spec/containers/env/valueFrom/secretKeyRef/name")),
      ),
      ...at("PersistentVolume", "spec/azureFile/secretName"),
    ],
  },
  {
    kind: "Service",
    version: "v1",
    fieldSpecs: [
      ...inGroup("apps", at("StatefulSet", "spec/serviceName")),
      ...at(
        "Ingress",
        "spec/rules/http/paths/backend/serviceName",
        "spec/backend/serviceName",
        "spec/rules/http/paths/backend/service/name",
        "spec/defaultBackend/service/name",
      ),
      ...inGroup("apiregistration.k8s.io", at("APIService", "spec/service/name")),
      ...inGroup("admissionregistration.k8s.io", [
        ...at("ValidatingWebhookConfiguration", "webhooks/clientConfig/service"),
        ...at("MutatingWebhookConfiguration", "webhooks/clientConfig/service"),
      ]),
    ],
  },
  { kind: "Role", group: rbac, fieldSpecs: inGroup(rbac, at("RoleBinding", "roleRef/name")) },
  {
    kind: "ClusterRole",
    group: rbac,
    fieldSpecs: inGroup(rbac, [
      ...at("RoleBinding", "roleRef/name"),
      ...at("ClusterRoleBinding", "roleRef/name"),
    ]),
  },
  {
    kind: "ServiceAccount",
    version: "v1",
    fieldSpecs: [
      ...inGroup(rbac, [...at("RoleBinding", "subjects"), ...at("ClusterRoleBinding", "subjects")]),
      ...inPods(["serviceAccountName"], [...podOwners, replicationController]),
    ],
  },
  {
    kind: "PersistentVolumeClaim",
    version: "v1",
    fieldSpecs: inPods(["volumes/persistentVolumeClaim/claimName"], [...podOwners, replicationController]),
  },
  {
    kind: "PersistentVolume",
    version: "v1",
    fieldSpecs: [
      ...at("PersistentVolumeClaim", "spec/volumeName"),
      ...at("ClusterRole", "rules/resourceNames"),
    ],
  },
  {
    kind: "StorageClass",
    version: "v1",
    group: "storage.k8s.io",
    fieldSpecs: [
      ...at("PersistentVolume", "spec/storageClassName"),
      ...at("PersistentVolumeClaim", "spec/storageClassName"),
      ...at("StatefulSet", "spec/volumeClaimTemplates/spec/storageClassName"),
    ],
  },
  {
    kind: "PriorityClass",
    version: "v1",
    group: "scheduling.k8s.io",
    fieldSpecs: inPods(["priorityClassName"], [...podOwners, replicationController]),
  },
  // The group is written with a version in kustomize too, so that nothing ever matches it.
  {
    kind: "IngressClass",
    version: "v1",
    group: "networking.k8s.io/v1",
    fieldSpecs: at("Ingress", "spec/ingressClassName"),
  },
  {
    kind: "ValidatingAdmissionPolicy",
    group: "admissionregistration.k8s.io",
    fieldSpecs: inGroup(
      "admissionregistration.k8s.io",
      at("ValidatingAdmissionPolicyBinding", "spec/policyName"),
    ),
  },
];
