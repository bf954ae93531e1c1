import type { JsonObject, ManifestDocument, NotRendered, Path, Problem, Range } from "../manifest/source.ts";
import type { DestinationRule, Gateway, ServiceEntry, Sidecar, VirtualService } from "./istio.ts";
import type { MeshSettings } from "./settings.ts";

/** Where an object's namespace came from. `default` means nothing told us: what depends on it needs the inventory. */
export type NamespaceOrigin = "manifest" | "kustomization" | "destination" | "environment" | "default";

/** One object of the mesh, known by scope, kind, namespace and name. */
export interface MeshObject<Spec = JsonObject> {
  /** `Kind/namespace/name`, as reports and contracts write it. */
  readonly id: string;
  /** What is applied together with it: the repository (`""`, or `owner/name:` of another), or the directory that sets it apart. */
  readonly scope: string;
  /** Other scopes that apply the very same, for which it stands in its world. */
  readonly copies?: readonly string[];
  /** The clusters it goes to, as Argo CD or Flux objects in Git call them; none where nothing tells. */
  readonly clusters: readonly string[];
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly namespaceOrigin: NamespaceOrigin;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Milliseconds since 1970 where the manifest states `creationTimestamp`; Git seldom knows. */
  readonly created?: number;
  readonly spec: Spec;
  readonly document: ManifestDocument;
  /** Where `path` stands, counted from the root of the manifest (`["spec", "http", 0]`). */
  locate(path: Path, part?: "key" | "value"): Range;
}

/** Every scope that an object stands for in its world, its own first. */
export function scopesOf({ scope, copies = [] }: Pick<MeshObject, "scope" | "copies">): readonly string[] {
  return [scope, ...copies];
}

/** Pod labels that Git shows: the template of a Deployment, StatefulSet, DaemonSet, Rollout; a Pod; a WorkloadEntry. */
export interface Workload extends MeshObject {
  readonly podLabels: Readonly<Record<string, string>>;
}

/** A Kubernetes Service, or what of it routing needs. */
export interface ServiceSpec {
  readonly type?: string;
  readonly clusterIP?: string;
  readonly externalName?: string;
  readonly selector?: Readonly<Record<string, string>>;
  readonly ports?: readonly {
    readonly name?: string;
    readonly port: number;
    readonly protocol?: string;
    readonly appProtocol?: string;
    readonly targetPort?: number | string;
  }[];
}

/** An object that does not count, because a repository that goes before has one of that identity. */
export interface Outranked {
  readonly object: Omit<MeshObject, "scope">;
  /** The repository that goes before; null for the one that is judged. */
  readonly by: string | null;
}

/** An object that the cluster would not take, and why. */
export interface Refused {
  readonly object: MeshObject;
  readonly problems: readonly Problem[];
}

/**
 * Everything Git shows of a mesh at one state. Objects that Kubernetes would refuse stand apart in `refused`.
 * Lists keep the order in which files (by path) and documents appear.
 */
export interface Mesh {
  readonly settings: MeshSettings;
  readonly virtualServices: readonly MeshObject<VirtualService>[];
  readonly destinationRules: readonly MeshObject<DestinationRule>[];
  readonly gateways: readonly MeshObject<Gateway>[];
  readonly serviceEntries: readonly MeshObject<ServiceEntry>[];
  readonly sidecars: readonly MeshObject<Sidecar>[];
  readonly services: readonly MeshObject<ServiceSpec>[];
  readonly workloads: readonly Workload[];
  /** Every other object that a rule may lean on: Namespace, Secret, PeerAuthentication, Canary, Rollout, … */
  readonly others: readonly MeshObject[];
  readonly refused: readonly Refused[];
  /** What other repositories hold of objects that a repository before them defines. */
  readonly outranked: readonly Outranked[];
  readonly problems: readonly Problem[];
  readonly notRendered: readonly NotRendered[];
}

/** The lists of a mesh, those that decide routing first. */
export const meshLists = [
  "virtualServices",
  "destinationRules",
  "gateways",
  "serviceEntries",
  "sidecars",
  "services",
  "workloads",
  "others",
] as const satisfies readonly (keyof Mesh)[];
