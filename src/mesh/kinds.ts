import type { Path } from "../manifest/source.ts";

/** Which list of the mesh an object belongs to. */
export type MeshList =
  | "virtualServices"
  | "destinationRules"
  | "gateways"
  | "serviceEntries"
  | "sidecars"
  | "services"
  | "workloads"
  | "others";

/** A kind that Sluice reads. */
export interface Kind {
  readonly list: MeshList;
  /** Shifts traffic while it rolls out, so that rules lean on it as well. */
  readonly steersTraffic?: true;
  /** Has no namespace. */
  readonly clusterWide?: true;
  /** Where the labels of its pods stand. Of several places the later wins. */
  readonly podLabels?: readonly Path[];
}

export const networkingGroup = "networking.istio.io";
const podTemplate: Kind = { list: "workloads", podLabels: [["spec", "template", "metadata", "labels"]] };
const other: Kind = { list: "others" };

/** By `group/Kind`; the core group is the empty string. A kind of the same name in another group is another thing. */
const kinds: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  [`${networkingGroup}/VirtualService`, { list: "virtualServices" }],
  [`${networkingGroup}/DestinationRule`, { list: "destinationRules" }],
  [`${networkingGroup}/Gateway`, { list: "gateways" }],
  [`${networkingGroup}/ServiceEntry`, { list: "serviceEntries" }],
  [`${networkingGroup}/Sidecar`, { list: "sidecars" }],
  // Metadata labels win: pilot/pkg/serviceregistry/serviceentry/controller.go convertWorkloadEntry.
  [
    `${networkingGroup}/WorkloadEntry`,
    {
      list: "workloads",
      podLabels: [
        ["spec", "labels"],
        ["metadata", "labels"],
      ],
    },
  ],
  [`${networkingGroup}/WorkloadGroup`, { list: "workloads", podLabels: [["spec", "metadata", "labels"]] }],
  [`${networkingGroup}/EnvoyFilter`, other],
  [`${networkingGroup}/ProxyConfig`, other],
  ["security.istio.io/PeerAuthentication", other],
  ["security.istio.io/RequestAuthentication", other],
  ["security.istio.io/AuthorizationPolicy", other],
  ["gateway.networking.k8s.io/Gateway", other],
  ["gateway.networking.k8s.io/HTTPRoute", other],
  ["gateway.networking.k8s.io/GRPCRoute", other],
  ["/Service", { list: "services" }],
  ["/Namespace", { list: "others", clusterWide: true }],
  ["/Secret", other],
  ["/Pod", { list: "workloads", podLabels: [["metadata", "labels"]] }],
  ["apps/Deployment", podTemplate],
  ["apps/StatefulSet", podTemplate],
  ["apps/DaemonSet", podTemplate],
  ["apps/ReplicaSet", podTemplate],
  ["argoproj.io/Rollout", { ...podTemplate, steersTraffic: true }],
  ["flagger.app/Canary", other],
]);

/** The API group of an `apiVersion`; the core group is the empty string. */
export function groupOf(apiVersion: string): string {
  return apiVersion.slice(0, Math.max(apiVersion.indexOf("/"), 0));
}

/** What Sluice does with `group/Kind`; undefined for everything it does not read. */
export function kindOf(group: string, kind: string): Kind | undefined {
  return kinds.get(`${group}/${kind}`);
}
