/**
 * The five kinds of networking.istio.io as the API server stores them; the same in v1, v1beta1 and v1alpha3.
 * Source: istio/api `networking/v1alpha3/*.proto`. Objects that break the schema never reach these types.
 */

export type * from "./istio/destination-rule.ts";
export type * from "./istio/edge.ts";
export type { Duration, StringMatch } from "./istio/primitives.ts";
export type * from "./istio/virtual-service.ts";
