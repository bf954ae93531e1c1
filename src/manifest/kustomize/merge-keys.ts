/**
 * Which lists of Kubernetes' own kinds a strategic merge patch merges, and by which fields their items are told apart:
 * `x-kubernetes-patch-strategy`, `-patch-merge-key` and `-list-map-keys` of the schema that kustomize carries (1.21).
 * Lists that are not here, all lists of custom resources among them, are replaced.
 */

/** What is known of a field: how its list merges, and what is known of the fields of its value or of its items. */
export interface MergeSchema {
  /** Of a list that merges: the fields that tell items apart; none where items are scalars. */
  readonly keys?: readonly string[];
  readonly fields?: Readonly<Record<string, MergeSchema>>;
}

const by = (...keys: readonly string[]): MergeSchema => ({ keys });
const of = (fields: Readonly<Record<string, MergeSchema>>): MergeSchema => ({ fields });
const listOf = (item: MergeSchema, ...keys: readonly string[]): MergeSchema => ({ ...item, keys });

const metadata = of({ finalizers: by(), ownerReferences: by("uid") });
const conditions = by("type");
const status = of({ conditions });

const probeless = { env: by("name"), volumeDevices: by("devicePath"), volumeMounts: by("mountPath") };
const container = of({ ...probeless, ports: by("containerPort", "protocol") });
const claim = of({ metadata, status });
const podSpec = of({
  containers: listOf(container, "name"),
  ephemeralContainers: listOf(of(probeless), "name"),
  hostAliases: by("ip"),
  imagePullSecrets: by("name"),
  initContainers: listOf(container, "name"),
  topologySpreadConstraints: by("topologyKey", "whenUnsatisfiable"),
  volumes: listOf(of({ ephemeral: of({ volumeClaimTemplate: of({ metadata }) }) }), "name"),
});
const podTemplate = of({ metadata, spec: podSpec });
const workload = of({ metadata, spec: of({ template: podTemplate }), status });
const object = of({ metadata });
const objectWithStatus = of({ metadata, status });
const webhooks = of({ metadata, webhooks: by("name") });
const job = of({ metadata, spec: of({ template: podTemplate }), status });
const cronJob = of({
  metadata,
  spec: of({ jobTemplate: of({ metadata, spec: of({ template: podTemplate }) }) }),
});

const kinds: ReadonlyMap<string, MergeSchema> = new Map([
  ...named("v1", {
    ComponentStatus: of({ metadata, conditions }),
    Namespace: objectWithStatus,
    Node: of({
      metadata,
      spec: of({ podCIDRs: by() }),
      status: of({ addresses: by("type"), conditions }),
    }),
    PersistentVolumeClaim: claim,
    Pod: of({ metadata, spec: podSpec, status: of({ conditions, podIPs: by("ip") }) }),
    PodTemplate: of({ metadata, template: podTemplate }),
    ReplicationController: workload,
    Service: of({ metadata, spec: of({ ports: by("port", "protocol") }), status }),
    ServiceAccount: of({ metadata, secrets: by("name") }),
  }),
  ...named("apps/v1", {
    DaemonSet: workload,
    Deployment: workload,
    ReplicaSet: workload,
    StatefulSet: of({
      metadata,
      spec: of({ template: podTemplate, volumeClaimTemplates: claim }),
      status,
    }),
  }),
  ...named("batch/v1", { CronJob: cronJob, Job: job }),
  ...named("batch/v1beta1", { CronJob: cronJob }),
  ...["admissionregistration.k8s.io/v1", "admissionregistration.k8s.io/v1beta1"].flatMap((version) =>
    named(version, { MutatingWebhookConfiguration: webhooks, ValidatingWebhookConfiguration: webhooks }),
  ),
  ...["apiregistration.k8s.io/v1", "apiregistration.k8s.io/v1beta1"].flatMap((version) =>
    named(version, { APIService: objectWithStatus }),
  ),
  ...["storage.k8s.io/v1", "storage.k8s.io/v1beta1"].flatMap((version) =>
    named(version, { CSINode: of({ metadata, spec: of({ drivers: by("name") }) }) }),
  ),
  ...["policy/v1", "policy/v1beta1"].flatMap((version) =>
    named(version, { PodDisruptionBudget: objectWithStatus }),
  ),
]);

/** The API versions that the schema knows: of their other kinds it merges metadata alone. */
const known = new Set(
  [
    "v1 apps/v1 autoscaling/v1 autoscaling/v2beta1 autoscaling/v2beta2 batch/v1 batch/v1beta1 events.k8s.io/v1",
    "events.k8s.io/v1beta1 extensions/v1beta1 policy/v1 policy/v1beta1 admissionregistration.k8s.io/v1",
    "admissionregistration.k8s.io/v1beta1 apiextensions.k8s.io/v1 apiextensions.k8s.io/v1beta1",
    "apiregistration.k8s.io/v1 apiregistration.k8s.io/v1beta1 authentication.k8s.io/v1",
    "authentication.k8s.io/v1beta1 authorization.k8s.io/v1 authorization.k8s.io/v1beta1 certificates.k8s.io/v1",
    "certificates.k8s.io/v1beta1 coordination.k8s.io/v1 coordination.k8s.io/v1beta1 discovery.k8s.io/v1",
    "discovery.k8s.io/v1beta1 flowcontrol.apiserver.k8s.io/v1beta1 networking.k8s.io/v1 networking.k8s.io/v1beta1",
    "node.k8s.io/v1 node.k8s.io/v1beta1 rbac.authorization.k8s.io/v1 rbac.authorization.k8s.io/v1beta1",
    "scheduling.k8s.io/v1 scheduling.k8s.io/v1beta1 storage.k8s.io/v1 storage.k8s.io/v1beta1",
  ].flatMap((line) => line.split(" ")),
);

function named(apiVersion: string, schemas: Readonly<Record<string, MergeSchema>>): [string, MergeSchema][] {
  return Object.entries(schemas).map(([kind, schema]) => [`${apiVersion} ${kind}`, schema]);
}

/** What is known of a kind; undefined for custom resources. */
export function mergeSchemaOf(apiVersion: string, kind: string): MergeSchema | undefined {
  return kinds.get(`${apiVersion} ${kind}`) ?? (known.has(apiVersion) ? object : undefined);
}
