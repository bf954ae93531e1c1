import type { Sidecar } from "../../istio.ts";
import type { Metadata } from "../metadata.ts";
import { quote } from "../schema/wording.ts";
import { connectionPool } from "./connection-pool.ts";
import { destination } from "./destinations.ts";
import { error, type Issues, warning } from "./issue.ts";
import { flawOfName } from "./names.ts";
import { egressListeners } from "./sidecar-egress.ts";
import { ingressListeners } from "./sidecar-ingress.ts";
import { selectorLabels } from "./workload-selector.ts";

/** A Sidecar (validation.go `ValidateSidecar`). */
export function* sidecar(spec: Sidecar, { namespace }: Metadata): Issues {
  const wrongLabels = [
    ...selectorLabels(spec.workloadSelector?.labels, ["spec", "workloadSelector", "labels"]),
  ];
  yield* wrongLabels;
  if (wrongLabels.length > 0) return;
  if (!spec.egress && !spec.ingress && !spec.outboundTrafficPolicy && !spec.inboundConnectionPool) {
    const message = "a Sidecar needs `egress`, `ingress`, `outboundTrafficPolicy` or `inboundConnectionPool`";
    yield error("required", ["spec"], message);
    return;
  }
  if (spec.workloadSelector && !spec.workloadSelector.labels) {
    const message = "a workload selector without labels selects every workload of the namespace";
    yield warning("selects-all", ["spec", "workloadSelector"], message, "add `labels`, or remove it");
  }
  yield* ingressListeners(spec.ingress ?? []);
  yield* connectionPool(spec.inboundConnectionPool, ["spec", "inboundConnectionPool"]);
  yield* egressListeners(spec.egress ?? [], namespace);
  if (spec.outboundTrafficPolicy) yield* outboundTrafficPolicy(spec.outboundTrafficPolicy);
}

/** The number of ALLOW_ANY_DYNAMIC_DNS, a mode that only the whole mesh may have. */
const meshWideMode = "3";

function* outboundTrafficPolicy(policy: NonNullable<Sidecar["outboundTrafficPolicy"]>): Issues {
  const path = ["spec", "outboundTrafficPolicy"];
  const mode: string = policy.mode ?? "REGISTRY_ONLY";
  const { egressProxy } = policy;
  if (mode === meshWideMode) {
    yield error(
      "unknown-value",
      [...path, "mode"],
      "ALLOW_ANY_DYNAMIC_DNS can be set for the whole mesh only",
      "write `ALLOW_ANY`",
    );
  } else if (egressProxy && mode !== "ALLOW_ANY") {
    const message = `\`egressProxy\` works with mode ALLOW_ANY only${policy.mode ? "" : "; without a mode, the block means REGISTRY_ONLY"}`;
    yield error("conflict", [...path, "egressProxy"], message, "write `mode: ALLOW_ANY`");
  } else if (egressProxy) {
    const at = [...path, "egressProxy"];
    const host = egressProxy.host ?? "";
    const flaw = flawOfName(host);
    if (flaw !== null)
      yield error("invalid-host", [...at, "host"], `${quote(host)} is not a host name: ${flaw}`);
    if (!egressProxy.port)
      yield error("required", [...at, "port"], "`egressProxy` needs `port`", "add `port: { number: … }`");
    else if (flaw === null) yield* destination(egressProxy, at);
  }
}
