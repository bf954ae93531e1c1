/** The part of Istio's MeshConfig that decides routing and that Git rarely shows; policy's `mesh:` states it. */
export interface MeshSettings {
  readonly rootNamespace: string;
  readonly clusterDomain: string;
  readonly outboundTrafficPolicy: "ALLOW_ANY" | "REGISTRY_ONLY";
  /** Whether Istio gives addresses to ServiceEntries that have none. */
  readonly allocatesAddresses?: boolean;
}

/** Istio's own defaults (istio.io/v1alpha1 MeshConfig). */
export const defaultMeshSettings: MeshSettings = {
  rootNamespace: "istio-system",
  clusterDomain: "cluster.local",
  outboundTrafficPolicy: "ALLOW_ANY",
};
