/** Where kustomize's transformations work unless a kustomization configures more: api `internal/konfig/builtinpluginconsts`. */

import { type NameReference, nameReference } from "./default-references.ts";
import { at, creating, inContainers, inGroup, inPods, podSpecs, v1 } from "./field-places.ts";
import type { FieldSpec } from "./field-spec.ts";

export interface TransformerConfig {
  readonly namePrefix: readonly FieldSpec[];
  readonly nameSuffix: readonly FieldSpec[];
  readonly namespace: readonly FieldSpec[];
  readonly commonLabels: readonly FieldSpec[];
  readonly labels: readonly FieldSpec[];
  readonly templateLabels: readonly FieldSpec[];
  readonly commonAnnotations: readonly FieldSpec[];
  readonly nameReference: readonly NameReference[];
  readonly varReference: readonly FieldSpec[];
  readonly images: readonly FieldSpec[];
  readonly replicas: readonly FieldSpec[];
}

const templates = (what: "labels" | "annotations"): FieldSpec[] => {
  const stateful = at("StatefulSet", `spec/template/metadata/${what}`);
  return creating([
    { path: `metadata/${what}` },
    ...v1(at("ReplicationController", `spec/template/metadata/${what}`)),
    ...["Deployment", "ReplicaSet", "DaemonSet"].flatMap((kind) =>
      at(kind, `spec/template/metadata/${what}`),
    ),
    ...(what === "labels" ? inGroup("apps", stateful) : stateful),
    ...(what === "labels"
      ? inGroup("apps", at("StatefulSet", "spec/volumeClaimTemplates[]/metadata/labels"))
      : []),
    ...inGroup("batch", at("Job", `spec/template/metadata/${what}`)),
    ...inGroup(
      "batch",
      at("CronJob", `spec/jobTemplate/metadata/${what}`, `spec/jobTemplate/spec/template/metadata/${what}`),
    ),
  ]);
};

const affinities = ["podAffinity", "podAntiAffinity"].flatMap((affinity) => [
  `spec/template/spec/affinity/${affinity}/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/matchLabels`,
  `spec/template/spec/affinity/${affinity}/requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels`,
]);
const spread = "spec/template/spec/topologySpreadConstraints/labelSelector/matchLabels";

const selectors: readonly FieldSpec[] = [
  ...creating([
    ...v1(at("Service", "spec/selector")),
    ...v1(at("ReplicationController", "spec/selector")),
    ...["Deployment", "ReplicaSet", "DaemonSet"].flatMap((kind) => at(kind, "spec/selector/matchLabels")),
    ...inGroup("apps", at("StatefulSet", "spec/selector/matchLabels")),
  ]),
  ...inGroup("apps", [
    ...at("Deployment", ...affinities, spread),
    ...at("StatefulSet", ...affinities, spread),
  ]),
  ...inGroup("batch", at("Job", "spec/selector/matchLabels")),
  ...inGroup("batch", at("CronJob", "spec/jobTemplate/spec/selector/matchLabels")),
  ...inGroup("policy", at("PodDisruptionBudget", "spec/selector/matchLabels")),
  ...inGroup(
    "networking.k8s.io",
    at(
      "NetworkPolicy",
      "spec/podSelector/matchLabels",
      "spec/ingress/from/podSelector/matchLabels",
      "spec/egress/to/podSelector/matchLabels",
    ),
  ),
];

const podsWithVariables = podSpecs.filter(([kind]) => kind !== "PodTemplate");

export const defaultConfig: TransformerConfig = {
  namePrefix: [{ path: "metadata/name" }],
  nameSuffix: [{ path: "metadata/name" }],
  namespace: [
    { path: "metadata/name", kind: "Namespace", create: true },
    { path: "spec/service/namespace", group: "apiregistration.k8s.io", kind: "APIService", create: true },
    {
      path: "spec/conversion/webhook/clientConfig/service/namespace",
      group: "apiextensions.k8s.io",
      kind: "CustomResourceDefinition",
    },
  ],
  commonLabels: [...selectors, ...templates("labels")],
  labels: [],
  templateLabels: templates("labels"),
  commonAnnotations: templates("annotations"),
  nameReference,
  varReference: [
    ...inPods(inContainers("args", "command", "env/value", "volumeMounts/mountPath"), podsWithVariables),
    ...inPods(
      ["volumes/nfs/server"],
      podsWithVariables.filter(([kind]) => kind !== "CronJob" && kind !== "StatefulSet"),
    ),
    ...at("CronJob", "spec/jobTemplate/spec/template/volumes/nfs/server"),
    ...at("StatefulSet", "spec/volumeClaimTemplates/spec/nfs/server"),
    ...at("Deployment", "spec/template/metadata/annotations"),
    ...at("Ingress", "spec/rules/host", "spec/tls/hosts", "spec/tls/secretName"),
    ...at("Service", "spec/ports/port", "spec/ports/targetPort"),
    ...at("PersistentVolume", "spec/nfs/server"),
    { path: "metadata/labels" },
    { path: "metadata/annotations" },
  ],
  images: ["spec", "spec/template/spec"].flatMap((spec) =>
    ["containers[]", "initContainers[]"].map((list) => ({ path: `${spec}/${list}/image`, create: true })),
  ),
  replicas: creating(
    ["Deployment", "ReplicationController", "ReplicaSet", "StatefulSet"].flatMap((kind) =>
      at(kind, "spec/replicas"),
    ),
  ),
};
