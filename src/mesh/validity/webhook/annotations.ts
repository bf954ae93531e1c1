import type { Metadata } from "../metadata.ts";
import { error, type Issues } from "./issue.ts";

const refused: Readonly<Record<string, string>> = {
  "istio.io/dry-run": "works on AuthorizationPolicies only",
  "internal.istio.io/webhook-always-reject": "makes Istio refuse the object",
  "internal.istio.io/parent-namespace": "is Istio's own and may not be set",
  "internal.istio.io/parents": "is Istio's own and may not be set",
};

/** Annotations that no user may set on these kinds (validation.go `validateMetadata`); the first one found ends validation. */
export function* refusedAnnotations({ annotations }: Metadata): Issues {
  for (const [name, reason] of Object.entries(refused)) {
    if (!Object.hasOwn(annotations, name)) continue;
    yield error(
      "refused-annotation",
      ["metadata", "annotations", name],
      `the annotation \`${name}\` ${reason}`,
      "remove it",
    );
    return;
  }
}

/** Whether the object says that it was made from the Kubernetes Gateway API, for which Istio skips some rules. */
export function hasGatewaySemantics({ annotations }: Metadata, of: "gateway" | "route"): boolean {
  return annotations[`internal.istio.io/${of}-semantics`] === "gateway";
}
