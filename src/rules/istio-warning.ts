import type { MeshObject } from "../mesh/object.ts";
import { pathText } from "../mesh/validity/violation.ts";
import { defineAnalysis } from "./analysis.ts";
import { validityOf } from "./references/validity-of.ts";

/** The rule `deprecated-field` speaks of it. */
const deprecatedField = "consecutiveErrors";

export const istioWarning = defineAnalysis({
  id: "istio-warning",
  title: "Istio takes this object with a warning",
  level: "warning",
  istio: ["IST0133"],
  docs: {
    what: "says what Istio's validating webhook warns of",
    why: "the object is applied, but part of it is ignored or will be refused by a later Istio; `kubectl apply` shows such warnings once, and deployment tools show them to nobody",
    do: "Write what the warning asks for.",
    example: {
      base: "",
      head: `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: reviews, namespace: prod }
spec:
  host: reviews
  workloadSelector: {}
`,
    },
  },
  *check({ mesh, touched }) {
    const objects: readonly (readonly MeshObject<unknown>[])[] = [
      mesh.virtualServices,
      mesh.destinationRules,
      mesh.gateways,
      mesh.serviceEntries,
      mesh.sidecars,
    ];
    for (const object of objects.flat()) {
      if (!touched.has(object.id)) continue;
      for (const { code, path, message, fix } of validityOf(object).webhook.settingWarnings) {
        if (path.at(-1) === deprecatedField) continue;
        const fields = path.filter((part) => typeof part === "string");
        yield {
          object,
          path,
          subject: `${code} ${pathText(fields)} ${message}`,
          message,
          fix: fix ?? "correct it, or leave it out",
          istio: ["IST0133"],
        };
      }
    }
  },
});
