import { defineAnalysis } from "./analysis.ts";

export const outboundPolicyWithoutMode = defineAnalysis({
  id: "outbound-policy-without-mode",
  title: "An outboundTrafficPolicy does not say what it means",
  level: "warning",
  docs: {
    what: "finds Sidecars with an `outboundTrafficPolicy` that has no mode",
    why: "without a mode it means REGISTRY_ONLY, whatever the mesh allows: requests to hosts that Istio does not know fail with 502",
    do: "Write `mode: REGISTRY_ONLY` or `mode: ALLOW_ANY`.",
    example: {
      base: "",
      head: `
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: { name: default, namespace: prod }
spec:
  outboundTrafficPolicy: {}
  egress: [{ hosts: ["./*"] }]
`,
    },
  },
  *check({ mesh, touched }) {
    for (const sidecar of mesh.sidecars) {
      const policy = sidecar.spec.outboundTrafficPolicy;
      if (!touched.has(sidecar.id) || !policy || policy.mode) continue;
      yield {
        object: sidecar,
        path: ["spec", "outboundTrafficPolicy"],
        part: "key",
        subject: "outboundTrafficPolicy",
        message: "outboundTrafficPolicy without a mode means REGISTRY_ONLY: requests to unknown hosts fail",
        fix: "write mode: REGISTRY_ONLY or mode: ALLOW_ANY",
      };
    }
  },
});
