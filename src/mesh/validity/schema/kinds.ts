import { object } from "./builders.ts";
import { destinationRule } from "./destination-rule.ts";
import { gateway } from "./gateway.ts";
import type { ObjectNode, SchemaNode } from "./node.ts";
import { serviceEntry } from "./service-entry.ts";
import { status } from "./shared.ts";
import { sidecar } from "./sidecar.ts";
import { virtualService } from "./virtual-service.ts";

/** The kinds whose manifests Sluice judges. */
export type Kind = "VirtualService" | "DestinationRule" | "Gateway" | "ServiceEntry" | "Sidecar";

/**
 * The schema of each kind, from the root of the manifest. The same in all served versions.
 * Source: Istio 1.32 `manifests/charts/base/files/crd-all.gen.yaml`.
 */
export const schemas: Readonly<Record<Kind, ObjectNode & SchemaNode>> = {
  VirtualService: object("a VirtualService manifest", { spec: virtualService, status }),
  DestinationRule: object("a DestinationRule manifest", { spec: destinationRule, status }),
  Gateway: object("a Gateway manifest", { spec: gateway, status }),
  ServiceEntry: object("a ServiceEntry manifest", { spec: serviceEntry, status }, { required: ["spec"] }),
  Sidecar: object("a Sidecar manifest", { spec: sidecar, status }),
};

/** The versions that the API server serves, the stored one first. */
export const servedVersions = ["v1", "v1beta1", "v1alpha3"];
/** Kinds of the same group that Sluice leaves alone. */
export const otherKinds = ["WorkloadEntry", "WorkloadGroup", "EnvoyFilter", "ProxyConfig"];

/** Whether a kind is one that Sluice judges. */
export function isKind(kind: unknown): kind is Kind {
  return typeof kind === "string" && Object.hasOwn(schemas, kind);
}
