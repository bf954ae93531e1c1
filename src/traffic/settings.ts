import type { Mesh } from "../mesh/object.ts";
import type { Change } from "./change.ts";
import { destinationChanges } from "./settings-destinations.ts";
import { gatewayChanges } from "./settings-gateways.ts";
import { serviceEntryChanges } from "./settings-service-entries.ts";
import { sidecarChanges } from "./settings-sidecars.ts";

/** What changed objects other than VirtualServices mean to callers. */
export function objectChanges(base: Mesh, head: Mesh): Change[] {
  return [
    ...destinationChanges(base, head),
    ...sidecarChanges(base, head),
    ...gatewayChanges(base, head),
    ...serviceEntryChanges(base, head),
  ];
}
